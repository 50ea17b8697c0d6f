"""Make the stored reference cases anew, with pandapower and simbench; no test runs this.

    python -m venv reference-venv
    reference-venv/bin/pip install pandapower==3.5.6 simbench==1.6.3 numba==0.68.1
    reference-venv/bin/python tests/reference/make_cases.py

Every case becomes plain tables: nodes, cables, transformers, sources and demands under `input`,
voltages and losses under `expected`. What pandapower knows and these tables do not is resolved
here: closed switches between nodes join them, a cable that is open at one end gets a node of its
own there, demands and feed-in of a node are added up.
"""

import random
import warnings
from pathlib import Path

import numpy as np
import pandapower
import pandapower.networks
import pandas as pd
import simbench

HERE = Path(__file__).parent
SEED = 1
MAKE = {
    "cigre_mv": pandapower.networks.create_cigre_network_mv,
    "cigre_lv": pandapower.networks.create_cigre_network_lv,
    "ieee_33": pandapower.networks.case33bw,
    "kerber_vorstadtnetz_kabel_1": pandapower.networks.create_kerber_vorstadtnetz_kabel_1,
    "simbench_1_lv_rural1": lambda: simbench.get_simbench_net("1-LV-rural1--0-no_sw"),
}


def main():
    warnings.simplefilter("ignore")
    for name, make in MAKE.items():
        random.seed(SEED)  # pandapower draws the house cables of the Kerber network
        net = make()
        # Tap positions count only when the kind of tap changer is told; simbench leaves it out.
        net.trafo["tap_changer_type"] = net.trafo["tap_changer_type"].where(
            net.trafo["tap_pos"].isna(), "Ratio"
        )
        pandapower.runpp(net, trafo_model="pi", tolerance_mva=1e-10, numba=False)
        write(HERE / name, net)
        lowest = net.res_bus.vm_pu.min()
        print(f"{name}: {len(net.bus)} nodes, lowest {lowest:.6f} pu, losses {losses_w(net):.3f} W")


def write(folder, net):
    joined = join_nodes(net)
    nodes = [(node, net.bus.at[node, "vn_kv"] * 1e3) for node in sorted(set(joined.values()))]
    cables, ends = cable_rows(net, joined)
    tables = {
        "input/nodes": pd.DataFrame(nodes + ends, columns=["node", "voltage_v"]),
        "input/cables": cables,
        "input/transformers": transformer_rows(net, joined),
        "input/sources": pd.DataFrame(
            {"node": net.ext_grid.bus.map(joined), "voltage_pu": net.ext_grid.vm_pu}
        ),
        "input/demands": demand_rows(net, joined),
        "expected/nodes": expected_rows(net, joined),
        "expected/totals": pd.DataFrame({"losses_w": [losses_w(net)]}),
    }
    for name, rows in tables.items():
        path = folder / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows.to_csv(path, index=False, lineterminator="\n")


def join_nodes(net):
    """The node that stands for each of pandapower's buses; closed switches join some."""
    joined = {bus: bus for bus in net.bus.index}
    between = net.switch[(net.switch.et == "b") & net.switch.closed]
    for one, other in zip(between.bus, between.element, strict=True):
        keep, drop = sorted((joined[one], joined[other]))
        joined = {bus: keep if node == drop else node for bus, node in joined.items()}
    return joined


def cable_rows(net, joined):
    open_switches = net.switch[(net.switch.et == "l") & ~net.switch.closed]
    open_at = set(zip(open_switches.element, open_switches.bus, strict=True))
    rows, ends = [], []
    new = int(net.bus.index.max()) + 1
    for cable, line in net.line[net.line.in_service].iterrows():
        assert line.g_us_per_km == 0
        nodes = []
        for bus in (line.from_bus, line.to_bus):
            if (cable, bus) in open_at:
                ends.append((new, net.bus.at[bus, "vn_kv"] * 1e3))
                nodes.append(new)
                new += 1
            else:
                nodes.append(joined[bus])
        if len(set(nodes) & {node for node, _ in ends}) < 2:
            length = line.length_km
            rows.append(
                (cable, *nodes, line.r_ohm_per_km * length / line.parallel,
                 line.x_ohm_per_km * length / line.parallel,
                 line.c_nf_per_km * 1e-9 * length * line.parallel)
            )  # fmt: skip
    columns = ["cable", "from_node", "to_node", "r_ohm", "x_ohm", "c_farad"]
    return pd.DataFrame(rows, columns=columns), ends


def transformer_rows(net, joined):
    trafo = net.trafo[net.trafo.in_service]
    assert (trafo.get("parallel", pd.Series(1, trafo.index)) == 1).all()
    steps = (trafo.tap_pos - trafo.tap_neutral).fillna(0.0) * trafo.tap_step_percent.fillna(0.0)
    ratio = 1.0 + steps / 100.0
    assert (trafo.tap_side.isin(["hv", None]) | (ratio == 1.0)).all()
    # A current below what the no-load loss alone asks is taken for a purely resistive one.
    no_load_current = np.maximum(trafo.i0_percent / 100.0, trafo.pfe_kw / (trafo.sn_mva * 1e3))
    return pd.DataFrame(
        {
            "transformer": trafo.index,
            "from_node": trafo.hv_bus.map(joined),
            "to_node": trafo.lv_bus.map(joined),
            "from_voltage_v": trafo.vn_hv_kv * 1e3 * ratio,
            "to_voltage_v": trafo.vn_lv_kv * 1e3,
            "rating_va": trafo.sn_mva * 1e6,
            "short_circuit_voltage_fraction": trafo.vk_percent / 100.0,
            "copper_loss_w": trafo.vkr_percent / 100.0 * trafo.sn_mva * 1e6,
            "no_load_current_fraction": no_load_current,
            "no_load_loss_w": trafo.pfe_kw * 1e3,
        }
    )


def demand_rows(net, joined):
    parts = []
    for table, sign in ((net.load, 1e6), (net.sgen, -1e6)):
        rows = table[table.in_service]
        factor = sign * rows.scaling.astype(float)
        parts.append(
            pd.DataFrame(
                {
                    "node": rows.bus.map(joined),
                    "active_w": rows.p_mw * factor,
                    "reactive_var": rows.q_mvar * factor,
                }
            )
        )
    for column in net.load.filter(like="const_"):
        assert (net.load[column] == 0).all()
    return pd.concat(parts).astype({"node": int}).groupby("node", as_index=False).sum()


def expected_rows(net, joined):
    voltage = net.res_bus.vm_pu
    for bus, node in joined.items():
        assert np.isclose(voltage[bus], voltage[node], rtol=0, atol=1e-12)
    nodes = sorted(set(joined.values()))
    return pd.DataFrame({"node": nodes, "voltage_pu": voltage[nodes].to_numpy()})


def losses_w(net):
    return float(net.res_line.pl_mw.sum() + net.res_trafo.pl_mw.sum()) * 1e6


if __name__ == "__main__":
    main()
