"""Make the stored three-phase case anew, with pandapower and OpenDSS; no test runs this.

    python -m venv reference-venv
    reference-venv/bin/pip install pandapower==3.5.6 OpenDSSDirect.py==0.9.4 numba==0.68.1
    reference-venv/bin/python tests/reference/make_ieee_european_lv.py

The grid and the loads of three moments come from pandapower; OpenDSS gets the same numbers. What
each program adds of its own accord is taken out where it can be, and told in `ORIGIN.md`.
"""

import copy
import gzip
import io
import warnings
from pathlib import Path

import numpy as np
import pandapower
import pandapower.networks
import pandas as pd
from opendssdirect import dss

FOLDER = Path(__file__).parent / "ieee_european_lv"
MOMENTS = ("on_peak_566", "off_peak_1", "off_peak_1440")
# pandapower divides the short-circuit power of its external grid by this voltage factor.
VOLTAGE_FACTOR = 1.1
# Nominal voltage of every node; pandapower has 416 V rounded to 32 bits.
NOMINAL_KV = np.where(np.arange(907) == 0, 11.0, 0.416)
# Zero-sequence magnetising impedance of the transformer over its short-circuit impedance. [%]
NO_MAGNETISING = 1e8


def main():
    warnings.simplefilter("ignore")
    for moment in MOMENTS:
        net = pandapower.networks.ieee_european_lv_asymmetric(moment)
        if moment == MOMENTS[0]:
            write("input/cables", cables_of(net))
            write("input/transformers", transformers_of(net))
            write("input/sources", sources_of(net))
        write(f"input/{moment}", demands_of(net))
        answers = {
            "pandapower": by_pandapower(net),
            "pandapower_bare": by_pandapower(net, NO_MAGNETISING),
            "opendss": by_opendss(net),
        }
        columns = {
            f"{program}_{phase}_pu": voltage_pu[:, number].round(12)
            for program, voltage_pu in answers.items()
            for number, phase in enumerate("abc")
        }
        write(f"expected/{moment}", pd.DataFrame({"node": net.bus.index, **columns}))
        told = {name: f"{v.min():.6f} to {v.max():.6f} pu" for name, v in answers.items()}
        print(moment, told)


def write(name, rows):
    path = FOLDER / f"{name}.csv.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    rows.to_csv(text, index=False, lineterminator="\n")
    path.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


def cables_of(net):
    line = net.line
    assert (line.in_service & (line.parallel == 1) & (line.c_nf_per_km == 0)).all()
    assert net.bus.index.tolist() == list(range(len(net.bus)))
    assert np.allclose(net.bus.vn_kv, NOMINAL_KV[net.bus.index], rtol=1e-6, atol=0)
    names = {"r_ohm": "r", "x_ohm": "x", "r0_ohm": "r0", "x0_ohm": "x0"}
    ohm = {
        name: line[f"{kind}_ohm_per_km"].astype(float) * line.length_km
        for name, kind in names.items()
    }
    return pd.DataFrame({"from_node": line.from_bus, "to_node": line.to_bus, **ohm})


def transformers_of(net):
    trafo = net.trafo
    assert (trafo.tap_pos == 0).all()
    assert (trafo.vk0_percent == trafo.vk_percent).all()
    return pd.DataFrame(
        {
            "from_node": trafo.hv_bus,
            "to_node": trafo.lv_bus,
            "from_voltage_v": trafo.vn_hv_kv * 1e3,
            "to_voltage_v": (trafo.vn_lv_kv * 1e3).round(3),
            "rating_va": trafo.sn_mva * 1e6,
            "short_circuit_voltage_fraction": trafo.vk_percent / 100.0,
            "copper_loss_w": trafo.vkr_percent / 100.0 * trafo.sn_mva * 1e6,
            "no_load_current_fraction": trafo.i0_percent / 100.0,
            "no_load_loss_w": trafo.pfe_kw * 1e3,
        }
    )


def sources_of(net):
    grid = net.ext_grid
    return pd.DataFrame(
        {
            "node": grid.bus,
            "voltage_pu": grid.vm_pu,
            "short_circuit_va": grid.s_sc_max_mva / VOLTAGE_FACTOR * 1e6,
            "rx_fraction": grid.rx_max,
        }
    )


def demands_of(net):
    load = net.asymmetric_load
    assert (load.in_service & (load.scaling == 1) & (load.type == "wye")).all()
    active = {f"active_{phase}_w": load[f"p_{phase}_mw"] * 1e6 for phase in "abc"}
    reactive = {f"reactive_{phase}_var": load[f"q_{phase}_mvar"] * 1e6 for phase in "abc"}
    return pd.DataFrame({"node": load.bus, **active, **reactive})


def by_pandapower(net, magnetising_percent=None):
    if magnetising_percent is not None:
        net = copy.deepcopy(net)
        net.trafo["mag0_percent"] = magnetising_percent
    pandapower.runpp_3ph(net, tolerance_mva=1e-12, max_iteration=100)
    voltage_pu = net.res_bus_3ph[["vm_a_pu", "vm_b_pu", "vm_c_pu"]].to_numpy()
    return voltage_pu * (net.bus.vn_kv.to_numpy() / NOMINAL_KV)[:, None]


def by_opendss(net):
    """Constant power whatever the voltage, no capacitance, no antifloating reactance."""
    dss("clear")
    source = sources_of(net).iloc[0]
    mva = source.short_circuit_va / 1e6
    dss(
        f"new circuit.feeder bus1=b0 phases=3 basekv=11 pu={source.voltage_pu} "
        f"mvasc3={mva:.17g} mvasc1={mva:.17g} x1r1=10 x0r0=10"
    )
    dss(
        "new transformer.station phases=3 windings=2 buses=[b0 b1] conns=[delta wye] "
        "kvs=[11 0.416] kvas=[800 800] xhl=4 %rs=[0.2 0.2] ppm_antifloat=0"
    )
    for name, row in cables_of(net).iterrows():
        dss(
            f"new line.c{name} bus1=b{row.from_node:.0f} bus2=b{row.to_node:.0f} phases=3 "
            f"r1={row.r_ohm:.17g} x1={row.x_ohm:.17g} r0={row.r0_ohm:.17g} x0={row.x0_ohm:.17g} "
            "c1=0 c0=0"
        )
    for name, row in demands_of(net).iterrows():
        for number, phase in enumerate("abc", start=1):
            kw, kvar = row[f"active_{phase}_w"] / 1e3, row[f"reactive_{phase}_var"] / 1e3
            if kw or kvar:
                dss(
                    f"new load.d{name}{phase} bus1=b{row.node:.0f}.{number} phases=1 kv=0.24 "
                    f"kw={kw:.17g} kvar={kvar:.17g} model=1 vminpu=0.3 vmaxpu=2"
                )
    dss("set voltagebases=[11 0.416]")
    dss("calcvoltagebases")
    dss("set tolerance=1e-12 maxiterations=200")
    dss("solve")
    assert dss.Solution.Converged()
    voltage_pu = np.full((len(net.bus), 3), np.nan)
    for node in net.bus.index:
        dss.Circuit.SetActiveBus(f"b{node}")
        magnitudes = np.array(dss.Bus.puVmagAngle())[::2]
        voltage_pu[node, np.array(dss.Bus.Nodes()) - 1] = magnitudes
    assert np.isfinite(voltage_pu).all()
    return voltage_pu


if __name__ == "__main__":
    main()
