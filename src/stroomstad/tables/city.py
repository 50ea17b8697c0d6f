"""The city as tables: areas, the points that connect to the grid, and what was measured of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from stroomstad.tables.schema import count, flag, number, table, text
from stroomstad.tables.schema import key as key_

LOAD_COLUMNS = {
    "households_kwh": "electricity of homes of the base year, vehicles charged at home excluded",
    "new_homes_kwh": "electricity of homes built since the base year",
    "buildings_kwh": "electricity of services: offices, shops, schools, care",
    "ict_kwh": "electricity of information and communication firms, data centres included",
    "industry_kwh": "electricity of industry",
    "agriculture_kwh": "electricity of agriculture, greenhouses included",
    "road_home_kwh": "electricity of road vehicles charged at homes",
    "road_public_kwh": "electricity of road vehicles charged in public or at depots",
    "rail_kwh": "electricity of trains and trams",
    "own_use_kwh": "electricity that the energy sector itself uses",
}
FEED_IN_COLUMNS = {
    "solar_homes_kwh": "solar electricity made on roofs of homes",
    "solar_firms_kwh": "solar electricity made on roofs of firms",
    "solar_field_kwh": "solar electricity made in fields",
    "wind_kwh": "electricity made by wind turbines",
}

DWELLING_COLUMNS = {
    "homes_apartment": "apartments",
    "homes_terraced": "terraced homes",
    "homes_semi_detached": "semi-detached homes",
    "homes_detached": "detached homes",
}

AREAS = table(
    "areas",
    "Neighbourhoods: CBS wijken in the division of the base year; geometry in EPSG:28992.",
    {
        "area_code": key_("CBS code of the wijk"),
        "area_name": text("name of the neighbourhood"),
        "dwellings": number(
            "dwellings according to CBS on 1 January of the areas' year", "1", nullable=True
        ),
        "population": number("inhabitants according to CBS", "1", nullable=True),
        "solar_homes_kwp": number(
            "panels on dwellings, CBS, end of its year", "kWp", nullable=True
        ),
    },
)

POINTS = table(
    "points",
    "Everything that connects to the grid: address groups, large firms, fast chargers, producers.",
    {
        "point_id": key_("identifier"),
        "kind": text(
            "what connects",
            isin=("group", "firm", "charger", "traction", "own_use", "producer"),
        ),
        "level": text("where it connects", isin=("lv", "mv", "substation")),
        "area_code": text("area it lies in"),
        "postcode": text("postcode of the addresses; empty for what has none"),
        "x_m": number("easting, EPSG:28992", "m", lowest=None),
        "y_m": number("northing, EPSG:28992", "m", lowest=None),
        "radius_m": number("largest distance from the point to one of its addresses", "m"),
        "addresses": count("addresses of the register"),
        "homes": count("homes of the base year"),
        "new_homes": count("homes built since the base year"),
        "other_uses": count("addresses that are not homes"),
        "homes_gas": number("homes heated with gas, new homes included", "1"),
        "homes_heat_net": number("homes heated by the heat net, new homes included", "1"),
        "homes_neither": number("homes heated with neither, new homes included", "1"),
        **{
            name: count(f"{about} among the homes, new homes included; drawn")
            for name, about in DWELLING_COLUMNS.items()
        },
        "era": text(
            "whether the postcode stood in 2010", isin=("before_2010", "after_2010", "unknown")
        ),
        "synthetic": flag("whether the point was drawn instead of read from a register"),
        **{name: number(about, "kWh/year") for name, about in LOAD_COLUMNS.items()},
        **{name: number(about, "kWh/year") for name, about in FEED_IN_COLUMNS.items()},
        "solar_kwp": number("panels behind the point", "kWp"),
    },
)

ADDRESSES = table(
    "addresses",
    "Where every address of the register lies, and the point it belongs to.",
    {
        "point_id": text("point of the address"),
        "postcode": text("postcode"),
        "street": text("street"),
        "house_number": text("house number with its letter and addition, as in 12B-3"),
        "x_m": number("easting, EPSG:28992", "m", lowest=None),
        "y_m": number("northing, EPSG:28992", "m", lowest=None),
    },
)

SECTORS = table(
    "sectors",
    "Yearly energy per sector: the municipal balance and what the points add up to.",
    {
        "sector": key_("name of the sector"),
        "direction": text("what it does", isin=("load", "feed_in")),
        "balance_key": text("key or keys in the municipal balance"),
        "balance_kwh": number("energy according to the balance", "kWh/year"),
        "points_kwh": number("sum over the points, of the base year's stock", "kWh/year"),
        "about": text("what is counted in it"),
        "about_nl": text("the same in Dutch"),
    },
)

CHARGERS = table(
    "chargers",
    "Publicly accessible charging locations.",
    {
        "charger_id": text("identifier of the location"),
        "x_m": number("easting, EPSG:28992", "m", lowest=None),
        "y_m": number("northing, EPSG:28992", "m", lowest=None),
        "power_max_kw": number(
            "highest power of a socket; missing when unknown", "kW", nullable=True
        ),
        "point_id": text("point of the grid it belongs to"),
    },
)

SUBSTATION_SITES = table(
    "substation_sites",
    "High-voltage stations in the municipality.",
    {
        "substation_id": key_("identifier"),
        "substation_name": text("name"),
        "x_m": number("easting, EPSG:28992", "m", lowest=None),
        "y_m": number("northing, EPSG:28992", "m", lowest=None),
        "feeds_mv": flag("whether it feeds the distribution grid; assumed unless known"),
        "place_known": flag("whether its place is known; else assumed"),
    },
)

SUPPLY_STATUS = ("known", "assumed")
SUPPLY_AREAS = table(
    "supply_areas",
    "Which substation feeds which part of the city; geometry in EPSG:28992.",
    {
        "substation_id": text("substation that feeds what lies within"),
        "status": text("whether that is known or assumed", isin=SUPPLY_STATUS),
        "source": text("who says so"),
    },
)

RECONCILIATION = table(
    "reconciliation",
    "Per area: what the vintages say beside each other, and what the split rule makes of it.",
    {
        "area_code": key_("CBS code"),
        "area_name": text("name"),
        "addresses": count("addresses of the register"),
        "connections_2010": number(
            "electricity connections of the small-consumption file (in Almere 1-1-2010); 0 without",
            "1",
        ),
        "stable": flag("addresses within stable_area_tolerance of these connections"),
        "dwellings_cbs": number("CBS dwellings in the areas' year", "1", nullable=True),
        "homes": count("homes of the base year by the split rule"),
        "new_homes": count("homes built since, by the split rule"),
        "other_uses": count("addresses that are not homes, by the split rule"),
        "homes_predicted": number("homes by the rule fitted without this area", "1"),
        "difference": number("homes minus CBS dwellings", "1", lowest=None, nullable=True),
    },
)

KNOWN = table(
    "known",
    "Known facts that win over synthesis.",
    {
        "asset": text("identifier or name of the asset"),
        "attribute": text(
            "what is known",
            isin=(
                "rating_mva",
                "rating_kva",
                "rated_current_a",
                "load_max_mw",
                "contracted_unused_mw",
                "feeds_mv",
                "connections",
            ),
        ),
        "value": number("value", "as stated", lowest=None),
        "unit": text("unit of the value"),
        "date": text("date of the fact, ISO 8601"),
        "source": text("who says so"),
        "public": text("whether it may be shown", isin=("yes", "no")),
    },
)


def no_supply_areas() -> gpd.GeoDataFrame:
    """Make an empty table of supply areas."""
    columns = {name: pd.Series(dtype=str) for name in SUPPLY_AREAS.columns}
    return gpd.GeoDataFrame(columns, geometry=[], crs=28992)


@dataclass(frozen=True, slots=True)
class City:
    """A city as read and checked; nothing in it is ever changed in place.

    Attributes
    ----------
    name, municipality_code, base_year
        Which city, and the year that its energy describes.
    areas
        `AREAS` with geometry.
    boundary
        The municipality, one row, EPSG:28992.
    points, addresses, sectors, chargers, substation_sites, reconciliation, known
        As declared above under these names.
    notes
        Statements a reader must see beside the numbers: ``topic, nl, en, status``.
    supply_areas
        `SUPPLY_AREAS` with geometry; empty where none are given.
    """

    name: str
    municipality_code: str
    base_year: int
    areas: gpd.GeoDataFrame
    boundary: gpd.GeoDataFrame
    points: pd.DataFrame
    addresses: pd.DataFrame
    sectors: pd.DataFrame
    chargers: pd.DataFrame
    substation_sites: pd.DataFrame
    reconciliation: pd.DataFrame
    known: pd.DataFrame
    notes: pd.DataFrame
    supply_areas: gpd.GeoDataFrame = field(default_factory=no_supply_areas)
