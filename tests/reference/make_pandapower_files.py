"""Make the stored files of pandapower anew, with pandapower and simbench; no test runs this.

    python -m venv reference-venv
    reference-venv/bin/pip install "pandapower==3.5.6" "simbench==1.6.3" "pandas<3"
    reference-venv/bin/python tests/reference/make_pandapower_files.py

Each file is written by pandapower itself after its own power flow, so that it holds the answer
(`res_bus`) beside the network. Two networks are changed first, to have what none has of itself;
`pandapower_files/ORIGIN.md` tells what. The places of all buses are made up, since none lies in
the Netherlands: along a line through the made-up city of the tests.
"""

import copy
import gzip
import json
import random
import warnings
from pathlib import Path

import numpy as np
import pandapower
import pandapower.networks
import simbench

FOLDER = Path(__file__).parent / "pandapower_files"
SEED = 1
WEST, EAST, SOUTH, NORTH = 5.387, 5.412, 52.309, 52.313


def main():
    warnings.simplefilter("ignore")
    for name, make in MAKE.items():
        random.seed(SEED)  # pandapower draws the house cables of the Kerber network
        net = make()
        net.bus["geo"] = places(len(net.bus))
        net.line["geo"] = None
        pandapower.runpp(net, trafo_model="pi", tolerance_mva=1e-10, numba=False)
        pi = net.res_bus.vm_pu.copy()
        pandapower.runpp(net, tolerance_mva=1e-10, numba=False)
        apart = np.abs(net.res_bus.vm_pu - pi).max()
        pandapower.runpp(net, trafo_model="pi", tolerance_mva=1e-10, numba=False)
        text = pandapower.to_json(net, None, indent=None)
        (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
        without_open_ends(net, FOLDER / f"{name}.csv")
        print(f"{name}: {len(net.bus)} buses, {len(net.switch)} switches, lowest "
              f"{net.res_bus.vm_pu.min():.6f} pu, T-circuit {apart:.1e} pu away")  # fmt: skip


def without_open_ends(net, path):
    """The answer for the same network, what has an open switch at one end wholly off."""
    is_open = net.switch[~net.switch.closed]
    if not is_open.et.isin(["l", "t"]).any():
        return
    net = copy.deepcopy(net)
    net.line.loc[is_open[is_open.et == "l"].element.unique(), "in_service"] = False
    net.trafo.loc[is_open[is_open.et == "t"].element.unique(), "in_service"] = False
    pandapower.runpp(net, trafo_model="pi", tolerance_mva=1e-10, numba=False)
    rows = net.res_bus.vm_pu.rename("voltage_pu").rename_axis("bus").reset_index()
    rows.to_csv(path, index=False, lineterminator="\n")


def places(count):
    ways = np.linspace(0.0, 1.0, count)
    points = zip(WEST + (EAST - WEST) * ways, SOUTH + (NORTH - SOUTH) * ways, strict=True)
    return [json.dumps({"type": "Point", "coordinates": [x, y]}) for x, y in points]


def simbench_net(code):
    net = simbench.get_simbench_net(code)
    # Tap positions count only when the kind of tap changer is told; simbench leaves it out.
    net.trafo["tap_changer_type"] = "Ratio"
    for key in ("profiles", "loadcases"):
        net.pop(key, None)
    return net


def low_voltage_with_taps():
    """A tap at the low side, transformers and cables side by side, and a derated one."""
    net = simbench_net("1-LV-urban6--0-sw")
    net.trafo["tap_side"] = "lv"
    net.trafo["tap_pos"] = net.trafo["tap_neutral"] + 1
    net.trafo["parallel"] = 2
    first = net.line.index[:6]
    net.line.loc[first, "parallel"] = 2
    net.line.loc[first, "df"] = 0.9
    return net


def suburb_with_tap():
    """A tap at the high side that is off neutral."""
    net = pandapower.networks.create_kerber_vorstadtnetz_kabel_1()
    net.trafo["tap_pos"] = -2
    return net


MAKE = {
    "cigre_mv": pandapower.networks.create_cigre_network_mv,
    "cigre_lv": pandapower.networks.create_cigre_network_lv,
    "ieee_33": pandapower.networks.case33bw,
    "mv_oberrhein": pandapower.networks.mv_oberrhein,
    "kerber_tap": suburb_with_tap,
    "simbench_1_mv_urban_sw": lambda: simbench_net("1-MV-urban--0-sw"),
    "simbench_1_lv_urban6_sw": low_voltage_with_taps,
}

if __name__ == "__main__":
    main()
