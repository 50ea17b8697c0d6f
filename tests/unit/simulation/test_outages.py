import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from power_grid_model import PowerGridModel
from power_grid_model.utils import json_deserialize
from ringtown import AXIS, CUSTOMER, PARAMETERS, asked, build, line_of, table_of

from stroomstad.exchange import grid_json
from stroomstad.powerflow import solved_cables
from stroomstad.tables.results import OUTAGES
from stroomstad.tables.schema import check


@pytest.fixture(scope="module")
def ring():
    return build([*line_of(6), CUSTOMER, {"x_m": 2900, "y_m": 0, "level": "mv"}])


@pytest.fixture(scope="module")
def found(ring):
    return table_of(ring)


def test_every_cable_and_substation_is_taken_out_once(ring, found):
    cables = ring.cables[ring.cables["kind"] == "mv_cable"]["cable_id"]
    assert sorted(found.index) == sorted([*cables, "OS-A"])
    assert check(found.reset_index(), OUTAGES) == []


def test_the_worst_outage_of_a_ring_carries_what_both_halves_do(ring, found):
    mine = asked(ring)
    link = int(np.flatnonzero(mine.network.tree.link_ids == "OS-A-R01")[0])
    both = mine.week.flows.apparent_kva[link].max() / mine.state.limit_kva[link]
    worst = found[found["feeder_id"] == "OS-A-R01"]["loading_max"].max()
    # Longer ways and a lower voltage take some more.
    assert both < worst < 1.05 * both


def test_all_have_supply_again_in_a_ring_and_none_behind_a_cable_of_its_own(found):
    ringed = found[(found["feeder_id"] == "OS-A-R01") & (found["kind"] == "mv_cable")]
    assert (ringed["stations_without"] == 0).all()
    alone = found.loc["MS-KLANT-0001-001"]
    assert (alone["stations_out"], alone["stations_without"], alone["holds"]) == (1, 1, False)
    assert np.isnan(alone["loading_max"])


def test_the_first_cables_of_both_halves_leave_the_whole_ring_dark(ring, found):
    first = ring.cables.query("from_node == 'OS-A-R01-start'")["cable_id"]
    assert found.loc[first, "stations_out"].sum() == 7
    assert found.loc[first, "homes_out"].sum() == 600


def switched(grid, cable_id):
    """The whole grid with a cable out and the open cable closed, as a tree again."""
    node_of = grid.nodes.set_index("node_id")
    open_ = grid.open_cables.iloc[[0]].drop(columns="feeder_id").assign(kind="mv_cable")
    cables = pd.concat([grid.cables[grid.cables["cable_id"] != cable_id], open_])
    mv = cables[cables["kind"] != "lv_cable"]
    reached, rows = ["OS-A"], []
    left = mv.to_dict("records")
    while reached:
        node = reached.pop()
        for row in [row for row in left if node in (row["from_node"], row["to_node"])]:
            far = row["to_node"] if row["from_node"] == node else row["from_node"]
            rows.append(row | {"from_node": node, "to_node": far})
            left.remove(row)
            reached.append(far)
    low = cables[cables["kind"] == "lv_cable"]
    assert set(pd.DataFrame(rows)["to_node"]) <= set(node_of.index)
    return replace(grid, cables=pd.concat([pd.DataFrame(rows), low], ignore_index=True))


def test_a_ring_after_switching_is_solved_as_the_whole_grid_would_be(ring, found):
    first = ring.cables.query("from_node == 'OS-A-R01-start'")["cable_id"].iloc[0]
    mine = asked(switched(ring, first))
    row = found.loc[first]
    link = int(np.flatnonzero(mine.network.tree.link_ids == row["loading_max_link"])[0])
    loading = mine.week.flows.apparent_kva[link].max() / mine.state.limit_kva[link]
    assert row["loading_max"] == pytest.approx(float(loading), rel=2e-3)
    mv = (ring.nodes["kind"] == "station_mv").to_numpy()
    assert row["voltage_min_pu"] == pytest.approx(mine.week.flows.voltage_pu[mv].min(), abs=2e-4)


def test_the_worst_quarter_is_the_one_with_most_load(found):
    worst = found[found["loading_max"].notna()]["loading_max_at"]
    assert set(worst) == {AXIS.names(np.array([0])).iloc[0]}


def test_feed_in_raises_the_voltage_after_switching(ring):
    table = table_of(ring, direction="feed_in", kw_per_home=0.0, kwp_per_home=3.0)
    ringed = table[table["feeder_id"] == "OS-A-R01"]
    assert (ringed["voltage_max_pu"].dropna() > 1.02).all()
    assert (ringed["loading_max"].dropna() > 0).all()


def test_a_ring_that_is_too_full_after_switching_does_not_hold(ring):
    table = table_of(ring, kw_per_home=12.0)
    ringed = table[(table["feeder_id"] == "OS-A-R01") & (table["kind"] == "mv_cable")]
    assert ringed["solved"].all()
    assert not ringed["holds"].all()
    assert ringed.loc[~ringed["holds"], "loading_max"].min() > 1.0


def test_voltage_that_collapses_after_switching_is_told(ring):
    far = [{"x_m": 9000 + 400 * i, "y_m": 0, "homes": 100} for i in range(6)]
    grid = build(far)
    thin = grid.cables.assign(r_ohm_per_km=grid.cables["r_ohm_per_km"] * 6.0)
    lv = thin["kind"] == "lv_cable"
    thin.loc[lv, "r_ohm_per_km"] = grid.cables.loc[lv, "r_ohm_per_km"]
    table = table_of(replace(grid, cables=thin), kw_per_home=4.0)
    unsolved = table[~table["solved"]]
    assert len(unsolved) > 0
    assert not unsolved["holds"].any()


def test_a_station_off_the_ring_stays_without_when_its_own_cable_fails(ring):
    spur = ring.cables[ring.cables["cable_id"] == "MS-MSR-0001-003"].iloc[0]
    node = ring.nodes[ring.nodes["node_id"] == spur["to_node"]].iloc[0]
    more = ring.stations[ring.stations["station_id"] == "MSR-0001-003"].iloc[0]
    grid = replace(
        ring,
        nodes=pd.concat(
            [ring.nodes, pd.DataFrame([{**node, "node_id": "N-mv"}, {**node, "node_id": "N-lv"}])],
            ignore_index=True,
        ),
        cables=pd.concat(
            [ring.cables, pd.DataFrame([{**spur, "cable_id": "S", "from_node": spur["to_node"],
                                         "to_node": "N-mv"}])], ignore_index=True),
        stations=pd.concat(
            [ring.stations, pd.DataFrame([{**more, "station_id": "N", "node_mv": "N-mv",
                                           "node_lv": "N-lv"}])], ignore_index=True),
    )  # fmt: skip
    table = table_of(grid)
    assert table.loc["S", "stations_without"] == 1
    through = table.loc["MS-MSR-0001-003"]
    assert through["stations_without"] == 0
    assert through["stations_out"] >= 2


def test_a_substation_with_one_transformer_leaves_all_without(ring):
    one = replace(ring, substations=ring.substations.assign(transformers=1))
    row = table_of(one).loc["OS-A"]
    assert row["stations_without"] == len(ring.stations)
    assert np.isnan(row["loading_max"])
    assert not row["holds"]


def test_a_substation_with_more_is_judged_with_one_out(ring, found):
    mine = asked(ring)
    row = found.loc["OS-A"]
    # Two of three transformers of 60 MVA are left.
    left_kva = 120_000.0 * PARAMETERS.value("limit_substation") - 1000.0 / 0.98 * sum(
        PARAMETERS.value(f"{name}_mw") for name in ("contracted_unused", "reserved", "queue")
    )
    assert row["loading_max"] == pytest.approx(mine.state.base_kva[0].max() / left_kva, rel=1e-6)
    assert row["stations_without"] == 0


def test_a_grid_without_rings_has_no_backup():
    table = table_of(build([CUSTOMER]))
    assert table.loc["MS-KLANT-0001-001", "stations_without"] == 1


# --- cables that are charged


def charged(ring):
    """The grid with the charge of its cables, and a long cable that hangs open at the ring."""
    spare = ring.open_cables.iloc[[0]].assign(
        cable_id="spare", feeder_id="", from_node="MSR-0001-003-mv", to_node="OS-A", length_m=2e4
    )
    high = ring.cables["kind"] == "mv_cable"
    return replace(
        ring,
        cables=ring.cables.assign(c_nf_per_km=np.where(high, 400.0, 0.0)),
        open_cables=pd.concat([ring.open_cables, spare], ignore_index=True).assign(
            c_nf_per_km=400.0
        ),
    )


def solved_by_the_peer(mine, out):
    """Voltages at medium voltage with a cable out and the ring closed, from the file we write."""
    grid, network = mine.grid, mine.network
    arrays = network.arrays
    names = ("r_ohm", "x_ohm", "c_farad")
    electrical = {
        "cables": {name: getattr(arrays.cables, name) for name in names},
        "open_cables": dict(zip(names, solved_cables(grid.open_cables), strict=True)),
        "stations": {
            name: getattr(arrays.transformers, name) for name in arrays.transformers.__slots__
        },
        "substations": {"voltage_pu": arrays.source_voltage_pu},
    }
    content = json.loads(grid_json(grid, network.tree, electrical))
    for row in content["data"]["line"]:
        if row["name"] == out:
            row["from_status"] = row["to_status"] = 0
        if row["name"] == grid.open_cables["cable_id"].iloc[0]:
            row["to_status"] = 1
    content["data"]["source"][0]["sk"] = 1e18
    solved = PowerGridModel(json_deserialize(json.dumps(content).encode()))
    found = solved.calculate_power_flow(error_tolerance=1e-12)
    high = grid.nodes["kind"].isin(["station_mv", "ring"]).to_numpy()
    by_name = pd.Series(found["node"]["u_pu"], network.tree.node_ids[found["node"]["id"]])
    return by_name.loc[grid.nodes["node_id"][high]]


def test_outages_count_what_charges_every_cable_as_the_peer_does():
    grid = charged(build(line_of(6)))
    table = table_of(grid, kw_per_home=0.0)
    ringed = table[table["kind"] == "mv_cable"]
    assert len(ringed) == 6
    # Stations draw what they did before the outage, at a voltage that was another by a thousandth.
    for cable_id, row in ringed.iterrows():
        theirs = solved_by_the_peer(asked(grid, kw_per_home=0.0), cable_id)
        assert row["voltage_min_pu"] == pytest.approx(theirs.min(), abs=2e-7)
        assert row["voltage_max_pu"] == pytest.approx(theirs.max(), abs=2e-7)
    bare = table_of(replace(grid, open_cables=grid.open_cables.assign(c_nf_per_km=0.0)),
                    kw_per_home=0.0)  # fmt: skip
    raised = ringed["voltage_max_pu"] - bare.loc[ringed.index, "voltage_max_pu"]
    assert raised.min() > 1e-5
