"""Write the figures of SimBench's urban networks in data/national/grid_figures.csv.

    python -m venv figures-venv
    figures-venv/bin/pip install "pandapower==3.5.6" "simbench==1.6.3" "pandas<3"
    figures-venv/bin/python docs/make_simbench_figures.py

The published figures in that table are typed, each with its source, and stay as they are.
"""

import warnings
from pathlib import Path

import networkx as nx
import numpy as np
import pandapower
import pandas as pd
import simbench

PATH = Path(__file__).parents[1] / "data" / "national" / "grid_figures.csv"
CODE = "1-MVLV-urban-all-0-no_sw"
SOURCE = f"SimBench {CODE}, ODbL 1.0 (Meinecke et al., Energies 13 (12), 3290, 2020)"
# Of fewer things than this no percentile is told, as in the fact sheet.
PERCENTILES_MIN = 10
NOTE = {
    "voltage at low voltage, lowest": "pandapower at the loads of the data set, taps as Ratio",
    "low-voltage cable per address": "per low-voltage load",
    "addresses per public station": "low-voltage loads",
    "homes per public station": "loads with a household profile (H0)",
    "homes per low-voltage feeder": "loads with a household profile (H0)",
    "transformer capacity per address": "per low-voltage load",
    "stations per half ring or single feeder": "lowest, middle and highest of nine",
    "longest way from substation to station": "lowest, middle and highest of nine",
}


def main():
    warnings.simplefilter("ignore")
    net = simbench.get_simbench_net(CODE)
    net.trafo["tap_changer_type"] = "Ratio"
    pandapower.runpp(net, numba=False)
    made = pd.DataFrame(figures(net), columns=["quantity", "low", "mid", "high", "unit"])
    made = made.assign(of="simbench", status="derived", year=2020, source=SOURCE)
    made["note"] = made["quantity"].map(NOTE).fillna("")
    made[["low", "mid", "high"]] = made[["low", "mid", "high"]].map(
        lambda value: f"{value:.4g}" if np.isfinite(value) else ""
    )
    standing = pd.read_csv(PATH, dtype=str, keep_default_na=False)
    standing = standing[standing["of"] != "simbench"]
    pd.concat([standing, made[standing.columns]]).to_csv(PATH, index=False, lineterminator="\n")
    print(made[["quantity", "low", "mid", "high", "unit"]].to_string())


def figures(net):
    """Figures of a network, each as quantity, low, mid, high and unit."""
    graph = nx.Graph()
    is_open = set(net.switch[(net.switch.et == "l") & ~net.switch.closed].element)
    for line in net.line.itertuples():
        if line.Index not in is_open:
            graph.add_edge(line.from_bus, line.to_bus, m=line.length_km * 1e3)
    stations = net.trafo[net.trafo.vn_lv_kv < 1]
    high = net.line[net.line.from_bus.map(net.bus.vn_kv) > 1]
    yield from low_voltage(net, graph, stations, net.line.drop(high.index))
    yield from medium_voltage(net, graph, stations, high)
    yield total("transformers per substation", (net.trafo.vn_lv_kv > 1).sum(), "1")
    yield total("voltage at low voltage, lowest", net.res_bus.vm_pu[net.bus.vn_kv < 1].min(), "pu")


def low_voltage(net, graph, stations, lines):
    loads = net.load[net.load.bus.map(net.bus.vn_kv) < 1]
    homes = loads[loads.profile.str.startswith("H0")].groupby("bus").size()
    addresses = loads.groupby("bus").size()
    parts = {root: nx.node_connected_component(graph, root) for root in stations.lv_bus}
    feeders = {root: branches(graph, part, root) for root, part in parts.items()}
    every = [each for found in feeders.values() for each in found]
    farthest = [max(ways(graph, root).values()) for root in parts]
    capacity_kva = stations.sn_mva.sum() * 1e3
    metres = lines.length_km.sum() * 1e3
    yield spread("homes per public station", [behind(homes, each) for each in parts.values()], "1")
    found = [behind(addresses, each) for each in parts.values()]
    yield spread("addresses per public station", found, "1")
    yield spread("transformer of a public station", stations.sn_mva * 1e3, "kVA")
    yield total("transformer capacity per address", capacity_kva / len(loads), "kVA")
    yield total("low-voltage cable per address", metres / len(loads), "m")
    yield spread("low-voltage feeders per public station", list(map(len, feeders.values())), "1")
    yield spread("homes per low-voltage feeder", [behind(homes, each) for each in every], "1")
    yield spread("longest way from station to address", farthest, "m")


def medium_voltage(net, graph, stations, lines):
    at = stations.groupby("hv_bus").size()
    per_feeder, farthest = [], []
    for root in net.trafo[net.trafo.vn_lv_kv > 1].lv_bus.unique():
        part, way = nx.node_connected_component(graph, root), ways(graph, root)
        for each in branches(graph, part, root):
            per_feeder.append(behind(at, each))
            farthest.append(max(way[node] for node in each))
    metres = lines.length_km.sum() * 1e3
    yield total("medium-voltage cable per station", metres / len(stations), "m")
    yield spread("stations per half ring or single feeder", per_feeder, "1")
    yield spread("longest way from substation to station", farthest, "m")
    yield total("half rings and single feeders per substation", len(per_feeder), "1")
    yield total("stations per substation", len(stations), "1")


def behind(counted, nodes):
    return counted.reindex(list(nodes)).sum()


def branches(graph, part, root):
    return list(nx.connected_components(graph.subgraph(part - {root})))


def ways(graph, root):
    return nx.single_source_dijkstra_path_length(graph, root, weight="m")


def spread(quantity, values, unit):
    values = np.nan_to_num(values)
    ends = (0, 100) if len(values) < PERCENTILES_MIN else (2, 98)
    return (quantity, *np.percentile(values, [ends[0], 50, ends[1]]), unit)


def total(quantity, value, unit):
    return (quantity, np.nan, float(value), np.nan, unit)


if __name__ == "__main__":
    main()
