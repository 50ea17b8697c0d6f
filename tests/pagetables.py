"""Tables and facts of a made-up town, Lindewaard, as pages get them; no number here is real."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Polygon, box

from stroomstad.tables.plan import PAYERS, PLAN_MEASURES, SHARE_COLUMNS
from stroomstad.tables.projects import CLAIM, FITS, PROJECTS

NONE = float("nan")
YEARS = list(range(2026, 2037))


def make_facts(**changed):
    return {
        "city": "Lindewaard",
        "plan": "Plan Dijkzicht",
        "outlook": "mid",
        "first_year": 2026,
        "last_year": 2036,
        "version": "0.2.0",
        "created_at": "2026-03-01T09:00:00Z",
        "price_year": 2026,
        "discount_rate": 0.0225,
        "present_value_eur": 9_600_000.0,
        "draws": 200,
        **changed,
    }


def make_other_facts():
    return make_facts(plan="Plan Weidezoom", present_value_eur=4_900_000.0)


def make_projects():
    rows = [
        # name, kind, place, first, last, homes, type, heating, kw, profile, category, day, jobs, A
        ("Kade-Noord", "homes", "kade-noord", 2028, 2031, 800, "apartment", "heat_net", 0, "home",
         3, "2025-03-01", NONE, False),
        ("Dijkzicht", "homes", "dijkzicht", 2029, 2036, 3000, "terraced", "heat_pump", 0, "home",
         3, "2025-06-12", NONE, True),
        ("Weidezoom", "homes", "BU99990104", 2027, 2033, 1200, "any", "unknown", 0, "home",
         3, "", NONE, True),
        ("Basisschool De Kring", "connection", "1399AB", 2027, 2027, 0, "", "", 160, "office",
         3, "2024-11-02", 45, False),
        ("Zorgcentrum De Linde", "connection", "1399CD", 2028, 2028, 0, "", "", 420, "office",
         3, "2025-01-20", 130, False),
        ("Transport Van Veen", "connection", "de-hoeven", 2028, 2028, 0, "", "", 1800, "charging",
         4, "2023-09-09", 85, False),
        ("Koelhuis Noord", "connection", "de-hoeven", 2029, 2029, 0, "", "", 2500, "flat",
         4, "2024-02-14", NONE, True),
    ]  # fmt: skip
    names = ["name", "kind", "place", "first_year", "last_year", "homes", "home_type", "heating",
             "connection_kw", "profile", "category", "requested_on", "jobs", "assumed"]  # fmt: skip
    table = pd.DataFrame(rows, columns=names)
    return table.assign(
        project_id=table["name"],
        row=np.arange(2, 2 + len(table)),
        segment="",
        kw_promised=NONE,
        homes=table["homes"].astype(float),
        connection_kw=table["connection_kw"].astype(float),
        source="",
    )[list(PROJECTS.columns)]


def make_fits():
    cable, station = "mv_cable", "station"
    rows = [
        # fits, alone, asked, low, mid, high, first, kw low mid high, region mw, region, binding,
        # kind, at, short, remedy, size, eur, payer, flexible, year, place in the queue
        ("partly", "yes", 800, 410, 520, 640, 2032, 960, 1280, 1840, 1.2, "yes", "K-0417", cable,
         "2023-01-17T17:15Z", 310, "mv_cable", 1, 640_000, "grid_operator", "", NONE, 3),
        ("partly", "partly", 3000, 900, 1450, 2100, NONE, 5400, 7800, 10500, 7.4, "no", "OS Zuid",
         "substation", "2023-01-17T17:30Z", 2900, "substation_transformer", 1, 24_000_000,
         "grid_operator", "", NONE, 4),
        ("yes", "yes", 1200, 1010, 1200, 1200, 2027, 1440, 2640, 4200, 2.5, "yes", None, None,
         None, 0, None, NONE, NONE, None, None, NONE, 5),
        ("yes", "yes", 160, 160, 160, 160, 2027, 150, 160, 160, 0.2, "yes", None, None, None, 0,
         None, NONE, NONE, None, None, NONE, 1),
        ("yes", "yes", 420, 380, 420, 420, 2028, 400, 420, 420, 0.4, "yes", None, None, None, 0,
         None, NONE, NONE, None, None, NONE, 2),
        ("no", "no", 1800, 0, 0, 350, 2034, 1600, 1800, 1800, 1.7, "yes", "S-0912", station,
         "2023-01-18T16:45Z", 1800, "smart_charging", 900, 180_000, "developer", "time_block",
         2028, 6),
        ("no", "no", 2500, 0, 0, 0, NONE, 2500, 2500, 2500, 2.4, "no", "K-0388", cable,
         "2023-01-17T17:15Z", 2500, None, NONE, NONE, None, "hub", 2030, 7),
    ]  # fmt: skip
    later = ("remedy_year", "why_no_remedy", "homes_per_mw", "jobs_per_mw")
    names = [name for name in FITS.columns if name not in ("project_id", "row", *later)]
    projects = make_projects()
    table = pd.DataFrame(rows, columns=names).assign(
        project_id=projects["project_id"], row=projects["row"]
    )
    table = table.assign(**dict.fromkeys(later))
    floats = [name for name, column in FITS.columns.items() if str(column.dtype) == "float64"]
    return table.astype(dict.fromkeys(floats, float))[list(FITS.columns)]


def make_kinds():
    rows = [
        ("mv_cable", "cable", "kabel; een streng erbij", "cable; one more feeder"),
        ("substation_transformer", "transformer", "transformator", "transformer"),
        ("new_station", "station", "station", "station"),
        ("neighbourhood_battery", "kW", "batterij", "battery"),
        ("smart_charging", "charge point", "laden", "charging"),
        ("energy_hub", "hub", "hub", "hub"),
        ("ice_store", "kW", "ijskelder; koelt overdag", "ice store; cools by day"),
    ]
    return pd.DataFrame(rows, columns=["kind", "unit", "about_nl", "about"])


def make_measures():
    rows = [
        # id, name, kind, place, size, in service, early, late, owner, decides, status, shares, A
        ("m1", "Veertig wijkstations", "new_station", "city", 40, "2029-07-01", "2028-07-01",
         "2031-07-01", "netbeheerder", "netbeheerder", "decided", (0.1, 0.9, 0, 0, 0), False),
        ("m2", "Kabel naar de kade", "mv_cable", "kade-noord", 1, "2031-10-01", "2031-10-01",
         "2031-10-01", "netbeheerder", "netbeheerder", "planned", (0, 1, 0, 0, 0), True),
        ("m3", "Batterij bij Weidezoom", "neighbourhood_battery", "BU99990104", 1400,
         "2027-03-01", "2027-03-01", "2028-03-01", "energiegemeenschap", "college", "planned",
         (0.5, 0, 0, 0.25, 0.25), True),
        ("m4", "Slim laden in de hele stad", "smart_charging", "city", 900, "2028-01-01",
         "2028-01-01", "2028-01-01", "gemeente", "raad", "planned", (1, 0, 0, 0, 0), True),
        ("m5", "Hub De Hoeven", "energy_hub", "de-hoeven", 1, "2030-01-01", "2029-01-01",
         "2032-01-01", "bedrijvenvereniging", "bedrijven", "idea", (0.2, 0, 0.8, 0, 0), True),
    ]  # fmt: skip
    names = ["measure_id", "name", "kind", "place", "size", "in_service", "in_service_early",
             "in_service_late", "owner", "decides", "status", "shares", "assumed"]  # fmt: skip
    table = pd.DataFrame(rows, columns=names)
    shares = pd.DataFrame(table.pop("shares").tolist(), columns=list(SHARE_COLUMNS), dtype=float)
    return pd.concat([table, shares], axis=1).assign(
        size=table["size"].astype(float), size_max=table["size"].astype(float), until="",
        decided_on="", depends_on="", budget_line="", kw_per_unit=NONE, limit_kw=NONE,
        lead_time_years=NONE, investment_eur=NONE, yearly_eur=NONE, source="",
    )[list(PLAN_MEASURES.columns)]  # fmt: skip


def make_costs(scale=1.0):
    spent = {"m1": (2029, 3_600_000), "m2": (2031, 640_000), "m3": (2027, 2_200_000),
             "m4": (2028, 1_900_000)}  # fmt: skip
    yearly = {"m1": 90_000, "m2": 5_000, "m3": 60_000, "m4": 140_000}
    co2 = {"m1": 0.0, "m2": 0.0, "m3": 4_000.0, "m4": -310_000.0}
    rows = []
    for measure in make_measures().to_dict("records"):
        name = measure["measure_id"]
        if name not in spent:
            continue
        for year in YEARS:
            if year < spent[name][0]:
                continue
            for payer in PAYERS:
                share = measure[f"share_{payer}"]
                if share:
                    rows.append((name, year, payer, "", share * scale * spent[name][1]
                                 * (year == spent[name][0]), share * scale * yearly[name],
                                 share * co2[name]))  # fmt: skip
    return pd.DataFrame(rows, columns=["measure_id", "year", "payer", "budget_line",
                                       "investment_eur", "yearly_eur", "co2_kg"])  # fmt: skip


def make_staircase(share=1.0):
    asked = np.array([0, 171, 542, 1288, 2034, 2780, 3326, 3872, 4247, 4622, 5000], dtype=float)
    promised = np.array([0, 171, 450, 820, 1130, 1420, 2000, 2250, 2580, 2900, 3170]) * share
    return pd.DataFrame(
        {
            "year": YEARS,
            "asked": asked,
            "promised": np.round(promised),
            "confirmed": np.round(promised * np.linspace(1.0, 0.965, 11)),
            "p10": np.round(promised * 0.74),
            "p50": np.round(promised * 0.99),
            "p90": np.round(np.minimum(promised * 1.31, asked)),
            "with_region_p10": np.round(promised * 0.7),
            "with_region_p90": np.round(promised * 0.8),
            "region_homes": np.linspace(900, 2700, 11).round(),
        }
    )


def make_curve():
    budgets = np.array([0, 2, 4, 8, 16, 32]) * 1e6
    homes = np.array([1450, 2100, 2500, 2900, 3170, 3240], dtype=float)
    own = pd.DataFrame({
        "budget_eur": budgets, "payer": "municipality", "homes": homes,
        "connections_kw": homes * 0.4, "eur_municipality": budgets * 0.98,
        "eur_society": 2e6 + budgets * 3.1, "co2_kg": -homes * 400.0, "gap": 0.004,
    })  # fmt: skip
    society = own.assign(payer="society", budget_eur=budgets * 3, homes=homes * 1.03,
                         eur_society=budgets * 2.9, eur_municipality=budgets * 1.2)  # fmt: skip
    return pd.concat([own, society], ignore_index=True)


def make_tornado():
    rows = [
        ("new_home_peak_kw", 1.2, 3.5, 4650, 1850, "kW/home", "peak per new home",
         "piek per nieuwe woning"),
        ("regional_mw", 8.0, 40.0, 2900, 3250, "MW", "what the region leaves",
         "wat de regio overlaat"),
        ("limit_mv_cable", 0.45, 0.6, 2500, 3800, "1", "how full a medium-voltage cable may be",
         "hoe vol een middenspanningskabel mag zijn"),
        ("share_to_homes", 0.5, 0.9, 2950, 3350, "1",
         "share of relieved power that goes to homes", "deel van de ontlasting voor woningen"),
    ]  # fmt: skip
    names = ["input", "low_value", "high_value", "homes_low", "homes_high", "unit", "about",
             "about_nl"]  # fmt: skip
    return pd.DataFrame(rows, columns=names).assign(homes_mid=3170.0)


def make_room():
    return pd.DataFrame({
        "year": YEARS,
        "room": [1450, 1420, 1380, 1900, 1850, 1800, 2600, 2560, 2700, 2900, 3170],
        "binding": ["K-0417"] * 6 + ["S-0912"] * 3 + ["OS Zuid"] * 2,
        "binding_kind": ["mv_cable"] * 6 + ["station"] * 3 + ["substation"] * 2,
        "binding_at": "2023-01-17T17:15Z",
    })  # fmt: skip


def make_full():
    names = [f"S-{number:04d}" for number in range(40)]
    return pd.DataFrame({
        "year": np.repeat(YEARS, 40),
        "station_id": names * len(YEARS),
        "probability_full_modelled": np.tile(np.linspace(0.0, 0.9, 40), len(YEARS))
        * np.repeat(np.linspace(0.3, 1.0, len(YEARS)), 40),
    })  # fmt: skip


def make_evidence():
    homes = make_staircase()
    return pd.DataFrame({
        "year": [*YEARS, 2036], "direction": ["load"] * 11 + ["feed_in"],
        "homes_promised": [*homes["promised"], 3170.0],
        "homes_confirmed": [*homes["confirmed"], 3059.0],
        "worst_link": ["K-0417"] * 6 + ["S-0912"] * 5 + [None],
        "loading_max": [*np.linspace(0.9, 1.0, 11), NONE], "holds": True,
    })  # fmt: skip


def make_confirmation():
    """Of what is promised: one project falls short throughout, one connection, and one later."""
    rows = []
    for year in YEARS:
        homes = {
            "Kade-Noord": (min(max(200 * (year - 2027), 0), 800), 1.0),
            "Dijkzicht": (1170 * (year - 2028) / 8 if year > 2028 else 0, 1059 / 1170),
            "Weidezoom": (min(max(round(1200 / 7 * (year - 2026)), 0), 1200),
                          0.1 if year < 2034 else 1.0),
            "Basisschool De Kring": (160 if year > 2026 else 0, 1.0),
            "Zorgcentrum De Linde": (420 if year > 2027 else 0, 1.0),
            "Transport Van Veen": (1800 if year > 2027 else 0, 1500 / 1800),
        }  # fmt: skip
        rows += [(name, year, float(size), float(round(size * share)))
                 for name, (size, share) in homes.items()]  # fmt: skip
    table = pd.DataFrame(rows, columns=["project_id", "year", "promised", "confirmed"])
    short = table["confirmed"] < table["promised"]
    return table.assign(limit=np.where(short, "K-0417", None),
                        limit_kind=np.where(short, "mv_cable", None), limit_at=None)  # fmt: skip


def make_tables(**changed):
    """Everything that the page of a plan can show; give a name ``None`` to leave it out."""
    return {
        "projects": make_projects(),
        "fits": make_fits(),
        "measures": make_measures(),
        "kinds": make_kinds(),
        "costs": make_costs(),
        "staircase": make_staircase(),
        "curve": make_curve(),
        "tornado": make_tornado(),
        "room": make_room(),
        "full": make_full(),
        "evidence": make_evidence(),
        "confirmation": make_confirmation(),
        **changed,
    }


def make_other_tables():
    """A plan with fewer homes for less money: no battery, later stations, a second cable."""
    measures = make_measures()
    measures = measures[measures["measure_id"] != "m3"]
    later = measures["measure_id"] == "m1"
    measures = measures.assign(
        in_service=measures["in_service"].mask(later, "2031-07-01"),
        size=measures["size"].mask(later, 30.0),
    )
    second = measures[measures["measure_id"] == "m2"].assign(
        measure_id="m6", name="Tweede kabel naar de kade"
    )
    costs = make_costs(0.7)
    return make_tables(
        measures=pd.concat([measures, second], ignore_index=True),
        costs=costs[costs["measure_id"] != "m3"],
        staircase=make_staircase(0.8),
        fits=make_fits().assign(fits=["partly", "partly", "partly", "yes", "no", "no", "no"]),
    )


def make_project_facts(**changed):
    own = {
        "place": "kade-noord",
        "area_name": "Kade",
        "substation_name": "OS Zuid",
        "kw_per_home_low": 1.2,
        "kw_per_home_mid": 1.6,
        "kw_per_home_high": 2.3,
        "kw_per_home_fits": 1.04,
    }
    return make_facts(**{**own, **changed})


def make_project_tables(*, built=True, **changed):
    """What the page of one project shows; ``built`` tells whether stations stand there."""
    projects, fits = make_projects().head(1), make_fits().head(1)
    outline = gpd.GeoDataFrame(
        {"place": ["kade-noord"], "assumed": [True], "source": ["drawn by hand"]},
        geometry=[Polygon([(1000, 1000), (1900, 1100), (2000, 1700), (1300, 1900)])],
        crs="EPSG:28992",
    )
    areas = gpd.GeoDataFrame(
        {"area_code": ["a", "b"]}, geometry=[box(0, 0, 1500, 3000), box(1500, 0, 3500, 3000)],
        crs="EPSG:28992",
    )  # fmt: skip
    stations = pd.DataFrame({
        "station_id": ["S-0900", "S-0912", "S-0913"], "x_m": [1250.0, 1600.0, 1850.0],
        "y_m": [1300.0, 1500.0, 1250.0], "synthetic": True,
    })  # fmt: skip
    substations = pd.DataFrame({
        "substation_id": ["zuid"], "substation_name": ["OS Zuid"], "x_m": [2900.0], "y_m": [500.0],
    })  # fmt: skip
    contracts = pd.DataFrame({
        "year": [2028, 2028, 2028], "contract": ["firm", "time_block", "non_firm"],
        "fits": ["no", "yes", "no"], "kw": [830.0, 1280.0, 1010.0],
        "first_year": [2032.0, 2028.0, NONE],
    })  # fmt: skip
    claim = pd.DataFrame({
        "project": "Kade-Noord", "place": "kade-noord", "area_code": "a", "substation": "zuid",
        "x_m": 1550.0, "y_m": 1450.0, "year": [2028, 2029, 2030, 2031], "homes": 200.0,
        "kw": 320.0, "kw_cumulative": [320.0, 640.0, 960.0, 1280.0], "category": 3,
        "assumed": True, "row": 2, "home_type": "appartement", "heating": "warmtepomp",
        "kw_low": 240.0, "kw_high": 360.0, "kw_project": [320.0, 640.0, 960.0, 1280.0],
        "fits": "partly", "first_year_fits": NONE,
    })[list(CLAIM.columns)]  # fmt: skip
    room = make_room().assign(room=[560, 550, 540, 530, 525, 520, 840, 835, 830, 825, 820])
    return {
        "projects": projects,
        "fits": fits,
        "kinds": make_kinds(),
        "room": room,
        "contracts": contracts,
        "claim": claim,
        "outline": outline,
        "areas": areas,
        "stations": stations if built else stations.head(0),
        "substations": substations,
        **changed,
    }
