"""Result tables of a made-up city: areas on a lattice, stations and cables by a seeded draw."""

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Polygon
from tiny import make_parameters

FACTS = {
    "city": "Proefstad",
    "base_year": 2023,
    "version": "0.0.0",
    "created_at": "2024-05-01T10:00:00Z",
    "seed": 1,
    "seconds": {"read": 2.0, "solve": 10.4},
    "published": {"stations": 800, "stations_source": "Proefstadse Courant"},
    "sources": {
        "addresses": ["Proefregister", "2031-04"],
        "areas": ["Proefbureau", "2029-01-01"],
        "chargers": ["", "2030"],
    },
}
PARTS = ("Noord", "Zuid", "Oost", "West", "Haven", "Duin", "Veld", "Bos")
WORDS = ("wijk", "kwartier", "park", "hoek", "oord", "dijk", "hout", "meer", "zoom")


def make_tables(areas=12, stations=60, seed=1):
    """Every table that a report may show; about as many stations and cables as asked."""
    rng = np.random.default_rng(seed)
    city = _areas(areas, rng)
    grid = _grid(city, stations, rng)
    return {
        "areas": city,
        "boundary": gpd.GeoDataFrame(geometry=[city.union_all().buffer(400)], crs=28992),
        "room": _room(city, rng),
        "city_room": _city_room(),
        "regional_curve": _regional_curve(),
        **grid,
        "load_duration": _load_duration(grid["stations"], rng),
        **_checks(city, rng),
        "parameters": make_parameters().rows,
        "year": _year(grid["links"]),
    }


def _areas(count, rng):
    side = int(np.ceil(np.sqrt(count)))
    corner = rng.normal(0, 130, (side + 1, side + 1, 2))
    at = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij"), -1) * 1000.0
    at = at + corner + np.array([140000.0, 480000.0])
    cells = [(i, j) for j in range(side) for i in range(side)][:count]
    shapes = [Polygon([at[i, j], at[i + 1, j], at[i + 1, j + 1], at[i, j + 1]]) for i, j in cells]
    names = [f"{PARTS[n % 8]}{WORDS[n // 8 % 9]}" for n in range(count)]
    rows = {
        "area_code": [f"WK0001{n:02d}" for n in range(count)],
        "area_name": names,
        "dwellings": 1000.0,
    }
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=28992)


def _room(city, rng):
    parts = []
    typical = np.where(rng.random(len(city)) < 0.15, 0, rng.gamma(1.4, 320, len(city)).round())
    for direction in ("load", "feed_in"):
        for case, factor in (("low", 0.35), ("mid", 1.0), ("high", 2.1)):
            parts.append(
                pd.DataFrame(
                    {
                        "area_code": city["area_code"],
                        "area_name": city["area_name"],
                        "case": case,
                        "direction": direction,
                        "room": (typical * factor * (1 if direction == "load" else 4.2)).round(),
                        "binding": [
                            f"MSR-{n:04d}-003" if n % 3 else f"MS-{n:04d}" for n in range(len(city))
                        ],
                        "binding_kind": np.where(np.arange(len(city)) % 3, "station", "mv_cable"),
                        "binding_count": 1 + np.arange(len(city)) % 4,
                        "binding_at": "2023-01-17 17:15:00+00:00",
                        "next_binding": "OS-A",
                        "next_binding_kind": "substation",
                        "stations": 8,
                        "room_with_new_stations": 9000.0,
                        "new_stations_needed": 0,
                        "checked": "not checked"
                        if case != "mid"
                        else np.where(np.arange(len(city)) % 5, "confirmed", "lowered"),
                        "room_existing_cables": (typical * factor * 0.4).round(),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _city_room():
    homes = (("low", 4210.0), ("mid", 11385.0), ("high", 23904.0))
    return pd.DataFrame(
        [
            {
                "area_code": "GM0001",
                "area_name": "Proefstad",
                "case": case,
                "direction": direction,
                "room": room * (1 if direction == "load" else 4),
                "binding": "OS-A",
                "binding_kind": "substation",
                "binding_count": 3,
                "binding_at": "2023-01-17 17:15:00+00:00",
                "next_binding": "MS-0001",
                "next_binding_kind": "mv_cable",
                "stations": 53,
                "room_with_new_stations": 90000.0,
                "new_stations_needed": 0,
                "checked": "lowered" if case == "mid" else "not checked",
                "room_existing_cables": room * 0.4,
            }
            for direction in ("load", "feed_in")
            for case, room in homes
        ]
    )


def _year(links):
    return pd.DataFrame(
        {
            "node_id": links["link_id"],
            "link_id": links["link_id"],
            "load_max_kva": links["load_max_kva"] * 0.9,
            "load_max_at": "2023-12-01T17:15Z",
            "feed_in_max_kva": links["feed_in_max_kva"],
            "feed_in_max_at": "2023-05-27T11:30Z",
            "voltage_min_pu": np.linspace(0.95, 1.0, len(links)),
            "voltage_min_at": "2023-12-01T17:15Z",
            "voltage_max_pu": np.linspace(1.0, 1.08, len(links)),
            "voltage_max_at": "2023-05-27T11:30Z",
            "above_80_h": 12.0,
            "above_100_h": 3.25,
            "above_120_h": 0.0,
            "above_80_kvah": 96.0,
            "above_100_kvah": 7.5,
            "above_120_kvah": 0.0,
        }
    )


def _regional_curve():
    mw = np.linspace(0, 150, 31)
    parts = []
    for case, kw, most in (("low", 3.5, 4210.0), ("mid", 2.2, 11385.0), ("high", 1.2, 23904.0)):
        parts.append(
            pd.DataFrame(
                {"case": case, "regional_mw": mw, "homes": np.minimum(most, mw * 1000 / kw)}
            )
        )
    return pd.concat(parts, ignore_index=True)


def _grid(city, count, rng):
    west, south, east, north = city.total_bounds
    x_m, y_m = rng.uniform(west, east, count), rng.uniform(south, north, count)
    loading = rng.gamma(6, 0.11, count)
    names = [f"MSR-{n // 30:04d}-{n % 30:03d}" for n in range(count)]
    stations = pd.DataFrame(
        {
            "station_id": names,
            "owner": np.where(np.arange(count) % 9, "public", "customer"),
            "x_m": x_m,
            "y_m": y_m,
            "rating_kva": rng.choice([250.0, 400.0, 630.0], count),
            "synthetic": np.arange(count) % 50 != 7,
            "addresses": 90,
            "rating_known": np.arange(count) % 50 == 7,
            "loading_max": loading,
            "load_max_at": "2023-01-17 17:15:00+00:00",
        }
    )
    places = np.array([[0.25, 0.4], [0.7, 0.75]]) * [east - west, north - south] + [west, south]
    substations = pd.DataFrame(
        {
            "substation_id": ["OS-A", "OS-B"],
            "substation_name": ["Proefstad Zuid", "Proefstad Haven"],
            "x_m": places[:, 0],
            "y_m": places[:, 1],
            "rating_known": False,
            "loading_max": [0.61, 0.83],
        }
    )
    return {"stations": stations, "substations": substations, **_cables(stations, substations, rng)}


def _cables(stations, substations, rng):
    nodes = pd.concat(
        [
            stations[["station_id", "x_m", "y_m"]].set_axis(["node_id", "x_m", "y_m"], axis=1),
            substations[["substation_id", "x_m", "y_m"]].set_axis(
                ["node_id", "x_m", "y_m"], axis=1
            ),
        ],
        ignore_index=True,
    )
    at = nodes[["x_m", "y_m"]].to_numpy()
    near = np.linalg.norm(at[:, None] - at[None], axis=2)
    near[np.tri(len(at), dtype=bool)] = np.inf
    nearest = near[:-1].argmin(axis=1)
    count = len(nearest)
    cables = pd.DataFrame(
        {
            "cable_id": [f"MS-{n:04d}" for n in range(count)],
            "kind": "mv_cable",
            "from_node": nodes["node_id"].to_numpy()[nearest],
            "to_node": nodes["node_id"].to_numpy()[:-1],
            "synthetic": True,
        }
    )
    loading = np.concatenate([rng.gamma(4, 0.12, count), stations["loading_max"], [0.61, 0.83]])
    links = pd.DataFrame(
        {
            "link_id": [
                *cables["cable_id"],
                *stations["station_id"],
                *substations["substation_id"],
            ],
            "kind": ["mv_cable"] * count + ["station"] * len(stations) + ["substation"] * 2,
            "limit_kva": 1000.0,
            "level_factor": 1.0,
            "load_max_kva": loading * 1000,
            "load_max_at": "2023-01-17 17:15:00+00:00",
            "loading_max": loading,
            "feed_in_max_kva": loading * 310,
            "feed_in_max_at": "2023-06-13 11:00:00+00:00",
        }
    )
    return {"nodes": nodes, "cables": cables, "links": links}


def _load_duration(stations, rng):
    top = stations.nlargest(10, "loading_max")
    rank = np.arange(1344)
    parts = []
    for row in top.itertuples():
        share = row.loading_max * (0.25 + 0.75 * np.exp(-rank / rng.uniform(150, 700)))
        parts.append(
            pd.DataFrame(
                {
                    "station_id": row.station_id,
                    "rank": rank,
                    "load_kva": share * row.rating_kva,
                    "share_of_limit": share,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _checks(city, rng):
    count = len(city)
    cbs = np.where(np.arange(count) % 11 == 10, np.nan, rng.integers(300, 2400, count)).astype(
        float
    )
    homes = np.nan_to_num(cbs * rng.normal(1, 0.03, count)).round().astype(int)
    return {
        "reconciliation": pd.DataFrame(
            {
                "area_code": city["area_code"],
                "area_name": city["area_name"],
                "addresses": homes + 90,
                "connections_2010": homes + 60.0,
                "stable": np.arange(count) % 3 > 0,
                "dwellings_cbs": cbs,
                "homes": homes,
                "new_homes": 40,
                "other_uses": 50,
                "homes_predicted": homes * 1.002,
                "difference": homes - cbs,
            }
        ),
        "sectors": pd.DataFrame(
            {
                "sector": ["households", "buildings", "solar_homes"],
                "direction": ["load", "load", "feed_in"],
                "balance_key": "key",
                "balance_kwh": [257.4e6, 252.0e6, 106.9e6],
                "points_kwh": [257.4e6, 252.1e6, 106.9e6],
                "about": ["homes", "offices and shops", "roofs of homes"],
                "about_nl": ["woningen", "kantoren en winkels", "daken van woningen"],
            }
        ),
        "notes": pd.DataFrame(
            {
                "topic": ["Basisjaar", "Verdeling"],
                "nl": ["De energie is van 2023.", "Bedrijven zijn geloot."],
                "en": ["The energy is of 2023.", "Firms were drawn."],
                "status": ["sourced", "assumed"],
            }
        ),
        "station_counts": pd.DataFrame(
            {
                "homes_per_station": [141, 224, 411],
                "distance_max_m": [150.0, 200.0, 200.0],
                "stations_public": [1204, 871, 790],
                "stations_customer": [402, 402, 402],
            }
        ),
        "distances": pd.DataFrame(
            {
                "area_code": city["area_code"],
                "area_name": city["area_name"],
                "distance_p50_m": 84.0,
                "distance_p98_m": 171.0,
                "walk_p50_m": 109.0,
                "walk_p98_m": 222.0,
            }
        ),
        "files": pd.DataFrame(
            {
                "file": ["adressen.csv.gz", "wijken.csv"],
                "sha256": ["0f" * 32, "a1" * 32],
                "bytes": [1285936, 6911],
                "licence": ["BAG (Kadaster), CC0, https://www.kadaster.nl", "CBS, CC BY 4.0"],
                "vintage": ["2026-06", "2022-01-01"],
            }
        ),
        "calibration": pd.DataFrame(
            {
                "quantity": ["sharpening_exponent", "winter_week"],
                "value": [1.734, 42.0],
                "unit": ["1", "1"],
                "about": ["exponent on the household shape", "number of the week"],
                "about_nl": ["macht op het profiel van huishoudens", "nummer van de week"],
            }
        ),
        "flow_facts": pd.DataFrame(
            {
                "quantity": [
                    "winter_losses_fraction",
                    "winter_balance_mismatch_kw",
                    "winter_voltage_min_pu",
                ],
                "value": [1.84, 3.1e-6, 0.951],
                "unit": ["%", "kW", "1"],
                "about": ["share of the energy", "largest balance error", "lowest voltage"],
                "about_nl": ["deel van de energie", "grootste fout", "laagste spanning"],
            }
        ),
        "evidence": pd.DataFrame(
            {
                "area_code": city["area_code"],
                "direction": "load",
                "room_linear": 412.0,
                "room": 409.0,
                "factor": 0.993,
                "rounds": 2,
                "worst_link": "MSR-0001-003",
                "loading_at_answer": 0.997,
                "limit": "MSR-0001-003",
                "used_at_answer": 0.997,
                "used_above": 1.006,
                "voltage_min_pu": 0.951,
                "voltage_max_pu": 1.02,
                "holds": True,
            }
        ),
    }
