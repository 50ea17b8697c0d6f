"""From a city folder to a checked city: read everything, tell every fault, then put it together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from stroomstad.errors import Issue, raise_faults
from stroomstad.sources import addresses as address_source
from stroomstad.sources import areas as area_source
from stroomstad.sources import places as place_source
from stroomstad.sources.balance import (
    SECTOR_COLUMNS,
    full_load_hours,
    home_issues,
    lost_energy_issues,
    read_balance,
    read_sectors,
    year_issues,
)
from stroomstad.sources.city_file import CityFile, read_city_file, read_national_files
from stroomstad.sources.connections import (
    gas_share,
    range_cover_issues,
    read_connections,
    with_ranges,
)
from stroomstad.sources.coordinates import area_of
from stroomstad.sources.dwellings import draw_dwellings, read_dwellings
from stroomstad.sources.energy import (
    Places,
    add_energy,
    charger_points,
    finish_points,
    firm_points,
    group_points,
    name_points,
    single_points,
    spread_road,
    sums_per_sector,
    with_solar_power,
)
from stroomstad.sources.files import SourceFile, fingerprints
from stroomstad.sources.grid_file import read_grid
from stroomstad.sources.heating import heat_homes, read_heat_net, read_heating
from stroomstad.sources.lent import lent_notes, lent_values, mark_lent, read_owners
from stroomstad.sources.national import (
    base_year_issues,
    design_year_issues,
    read_national,
    read_parameters,
)
from stroomstad.sources.notes import SHALLOW_HEAT_KEY, Published, write_notes
from stroomstad.sources.stand_ins import middle_of, rural_areas, solar_field_area, stand_in
from stroomstad.sources.stock import Stock, split_stock
from stroomstad.sources.supply_areas import (
    place_supply_areas,
    read_supply_areas,
    unused_beside_grid,
)
from stroomstad.tables.city import ADDRESSES, City, no_supply_areas
from stroomstad.tables.given import GivenGrid
from stroomstad.tables.limits import LimitChoice
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.plan import Catalogue
from stroomstad.tables.profiles import HourlyShapes


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a run starts from, read and checked.

    Attributes
    ----------
    city
        The city as tables.
    parameters
        As declared in `PARAMETERS`, with the city's own values in place.
    cable_types, transformer_types
        As declared in `CABLE_TYPES` and `TRANSFORMER_TYPES`.
    shapes
        Hourly shapes of the base year and the design year.
    catalogue
        Kinds of measure, kinds of home, and the outlook.
    grid
        The city's own grid; nothing where it is to be drawn up.
    warnings
        What a reader should know, but does not stop a run.
    files
        ``file, sha256, bytes, licence, vintage`` of every file that was read.
    limits
        Which limits hold, unless a run asks otherwise.
    sources
        The city's own files, by kind.
    assumed
        Kinds of file, and choices, that the city does without; and ``parameters.NAME`` for each
        value that is taken over from another municipality.
    published
        What others have published of the city, as `CityFile` holds it.
    """

    city: City
    parameters: pd.DataFrame
    cable_types: pd.DataFrame
    transformer_types: pd.DataFrame
    shapes: HourlyShapes
    catalogue: Catalogue
    grid: GivenGrid | None
    warnings: list[Issue]
    files: pd.DataFrame
    limits: LimitChoice
    sources: dict[str, SourceFile]
    assumed: tuple[str, ...]
    published: dict[str, object]


def read_inputs(city_folder: Path, national_folder: Path, seed: int = 1) -> Inputs:
    """Read a city and what it shares with the country.

    Parameters
    ----------
    city_folder
        Folder with ``city.toml`` and the files it names.
    national_folder
        Folder with ``national.toml`` and the files it names.
    seed
        Seed of the firms and dwelling types that are drawn; the same seed gives the same city.

    Raises
    ------
    InvalidData
        With every fault of every file.
    """
    city, issues = read_city_file(Path(city_folder))
    national, found = read_national_files(Path(national_folder))
    issues += found
    shared, found = read_national(national)
    issues += found
    if city:
        city = replace(city, files=_with_sectors(city, national))
    if "parameters" in national:
        shared["parameters"], found = read_parameters(national["parameters"], city)
        issues += found
    owners, found = read_owners(Path(national_folder))
    issues += found
    read: dict[str, Any] = {}
    if city:
        read, found = _read_city_files(city)
        parameters = _parameters(shared.get("parameters"), city)
        issues += [*found, *_cross_issues(read, city, parameters)]
        if parameters and "weather_design" in national:
            issues += design_year_issues(national["weather_design"], parameters)
        if "base_year" not in city.unread:
            issues += base_year_issues(national, city.base_year)
    raise_faults(issues)
    if city is None:  # pragma: no cover - a city that cannot be read always has a fault
        raise AssertionError
    lent = lent_values(owners, city)
    rows = mark_lent(shared["parameters"], lent)
    parameters = Parameters(rows, dt.date(city.base_year, 1, 1))
    made = _assemble(city, read, parameters, np.random.default_rng(seed))
    made = replace(made, notes=pd.concat([made.notes, lent_notes(lent)], ignore_index=True))
    raise_faults(_outcome_issues(made, city))
    return Inputs(
        made,
        rows,
        shared["cable_types"],
        shared["transformer_types"],
        shared["shapes"],
        Catalogue(shared["measures"], shared["home_types"], shared["outlook"]),
        read["grid"],
        [issue for issue in issues if issue.severity == "warning"],
        fingerprints([*city.files.values(), *_without_sectors(national).values()]),
        city.limits,
        city.files,
        (*sorted(city.absent), *(f"parameters.{name}" for name in lent)),
        city.published,
    )


def _with_sectors(city: CityFile, national: dict[str, SourceFile]) -> dict[str, SourceFile]:
    """Files of the city, with the bundled table of sectors where it has none of its own."""
    bundled = {"energy": national["sectors"]} if "sectors" in national else {}
    return (bundled if "energy" in city.absent else {}) | city.files


def _without_sectors(national: dict[str, SourceFile]) -> dict[str, SourceFile]:
    return {key: file for key, file in national.items() if key != "sectors"}


def _parameters(rows: pd.DataFrame | None, city: CityFile) -> Parameters | None:
    if rows is None or "base_year" in city.unread:
        return None
    return Parameters(rows, dt.date(city.base_year, 1, 1))


def _readers(city: CityFile) -> dict[str, tuple[set[str], Callable[[SourceFile], Any]]]:
    """Per table of the city: the keys of ``city.toml`` it cannot do without, and its reader."""
    code, year = city.municipality_code, city.base_year
    of_city, of_year = {"municipality_code"}, {"municipality_code", "base_year"}
    return {
        "addresses": (set(), lambda file: address_source.read_addresses(file, city)),
        "areas": (of_city, lambda file: area_source.read_areas(file, code)),
        "boundary": (set(), area_source.read_boundary),
        "connections": (set(), read_connections),
        "balance": (of_city, lambda file: read_balance(file, code)),
        "heating": (of_year, lambda file: read_heating(file, code, year)),
        "heat_net": (of_year, lambda file: read_heat_net(file, code, year)),
        "solar_areas": (of_city, lambda file: area_source.read_solar(file, code)),
        "solar_municipality": (
            of_year,
            lambda file: area_source.read_solar_municipality(file, code, year),
        ),
        "chargers": (set(), place_source.read_chargers),
        "grid_places": (set(), place_source.read_grid_places),
        "railway_stations": (
            {"traction_station"},
            lambda file: _traction(file, city.traction_station),
        ),
        "supply_areas": (set(), read_supply_areas),
        "known": (set(), place_source.read_known),
        "grid": (set(), read_grid),
    }


def _traction(file: SourceFile, station: str) -> tuple[Any, list[Issue]]:
    return place_source.read_traction(file, station) if station else (None, [])


def _read_city_files(city: CityFile) -> tuple[dict[str, Any], list[Issue]]:
    read: dict[str, Any] = {}
    issues: list[Issue] = []
    for key, (needed, reader) in _readers(city).items():
        read[key] = None
        if key in city.files and not needed & city.unread:
            read[key], found = reader(city.files[key])
            issues += found
    balance = read["balance"]
    name = city.files["balance"].path.name if "balance" in city.files else ""
    if "energy" in city.files:
        read["sectors"], found = read_sectors(city.files["energy"], balance, name)
        issues += found
    if balance is not None:
        read["full_load_hours"], found = full_load_hours(balance, name)
        issues += found
        read["dwellings"], found = read_dwellings(balance, name)
        issues += found
        if "base_year" not in city.unread:
            issues += year_issues(balance, city.files["balance"], city.base_year)
    read, found = stand_in(read, city)
    return read, [*issues, *found]


def _cross_issues(
    read: dict[str, Any], city: CityFile, parameters: Parameters | None
) -> list[Issue]:
    # What only shows when two files lie beside each other; a file that could not be read has
    # had its own fault told already.
    issues: list[Issue] = []
    areas, boundary = read["areas"], read["boundary"]
    if areas is not None:
        issues += area_source.named_area_issues(city, areas)
        issues += area_source.overlap_issues(areas, city.files["areas"].path.name)
    if read["addresses"] is not None:
        issues += _address_issues(read, city, parameters)
    if boundary is not None and read["railway_stations"] is not None:
        issues += place_source.traction_issues(read["railway_stations"], boundary)
    if boundary is not None and parameters and _read_here("chargers", read, city):
        tolerance_m = _tolerance_m(city, parameters)
        where = city.files["chargers"].path.name
        issues += place_source.charger_place_issues(read["chargers"], boundary, tolerance_m, where)
    sited = read["grid_places"] is not None or "grid_places" in city.absent
    sited = sited and boundary is not None and read["known"] is not None
    if sited and "substations" not in city.unread:
        read["sites"], found = place_source.substation_sites(
            read["grid_places"], boundary, city, read["known"]
        )
        issues += found
        issues += _supply_issues(read, city)
    return issues


def _supply_issues(read: dict[str, Any], city: CityFile) -> list[Issue]:
    if not _read_here("supply_areas", read, city):
        return []
    areas, where = read["supply_areas"], city.files["supply_areas"].path.name
    if "grid" in city.files:
        read["supply_areas"] = no_supply_areas()
        return [unused_beside_grid(where)]
    placed = place_supply_areas(areas, read["sites"], read["known"], where)
    read["supply_areas"], issues = placed
    return issues


def _tolerance_m(city: CityFile, parameters: Parameters) -> float:
    """How far outside the municipality a place may lie; further where its water is not known."""
    wider = address_source.AREA_TOLERANCES if "boundary" in city.absent else 1.0
    return wider * parameters.value("address_outside_tolerance_m")


def _read_here(key: str, read: dict[str, Any], city: CityFile) -> bool:
    """Whether a file was named and could be read, so that no stand-in took its place."""
    return key in city.files and read[key] is not None


def _address_issues(
    read: dict[str, Any], city: CityFile, parameters: Parameters | None
) -> list[Issue]:
    issues: list[Issue] = []
    areas, addresses, boundary = read["areas"], read["addresses"], read["boundary"]
    where = city.files["addresses"].path.name
    if parameters:
        share_max = parameters.value("duplicate_addresses_share_max")
        tolerance_m = parameters.value("address_outside_tolerance_m")
        issues += address_source.duplicate_address_issues(addresses, share_max, where)
        if boundary is not None:
            widened_m = _tolerance_m(city, parameters)
            issues += address_source.place_issues(addresses, boundary, widened_m, where)
        if areas is not None:
            issues += address_source.outside_area_issues(addresses, areas, tolerance_m, where)
    if "connections" in city.files and read["connections"]:
        name = city.files["connections"].path.name
        electricity = read["connections"]["electricity"]
        issues += range_cover_issues(addresses, electricity, name)
    if areas is not None and not areas["area_code"].duplicated().any():
        issues += _place_in_areas(read, where)
    return issues


def _place_in_areas(read: dict[str, Any], where: str) -> list[Issue]:
    areas, addresses = read["areas"], read["addresses"]
    codes = area_of(addresses["x_m"].to_numpy(), addresses["y_m"].to_numpy(), areas)
    columns = ["postcode", "area_code", *addresses.columns.drop("postcode")]
    told = addresses.assign(area_code=codes)
    read["addresses"] = told.sort_values(columns, ignore_index=True)[columns]
    few = area_source.few_address_issues(areas, codes, where)
    return [*area_source.empty_area_warnings(areas, codes), *few]


def _outcome_issues(made: City, city: CityFile) -> list[Issue]:
    homes = made.sectors.set_index("sector").loc["households"].to_dict()
    where = f"{city.files['balance'].path.name}.{homes['balance_key']}"
    issues = home_issues(
        int(made.points["homes"].sum()),
        float(homes["balance_kwh"]),
        where,
        city.files["areas"].path.name,
    )
    name = city.files["energy"].path.name
    return issues or lost_energy_issues(made.sectors, name)


def _assemble(
    city: CityFile, read: dict[str, Any], parameters: Parameters, rng: np.random.Generator
) -> City:
    areas = _with_solar(read["areas"], read["solar_areas"])
    addresses = with_ranges(read["addresses"], read["connections"]["electricity"], parameters)
    addresses = addresses.assign(gas_share=gas_share(addresses, read["connections"]["gas"]))
    stock = split_stock(addresses, areas, city.new_home_areas, parameters)
    addresses = _describe(addresses, stock, rural_areas(city, areas, addresses, parameters), areas)
    heated = heat_homes(addresses, (stock.home, stock.new_home), read["heating"], parameters)
    addresses = pd.concat([addresses, heated], axis=1)
    addresses["group"] = address_source.group_numbers(addresses, parameters)
    sectors = read["sectors"]
    energy_kwh = dict(zip(sectors["sector"], sectors["balance_kwh"], strict=True))
    types = draw_dwellings(addresses, read["dwellings"], parameters, rng.spawn(1)[0])
    addresses = pd.concat([addresses, types], axis=1)
    addresses = name_points(add_energy(addresses, energy_kwh, parameters, rng))
    inside = areas["area_code"] == solar_field_area(city, areas, addresses)
    field = areas.geometry[inside].iloc[0].representative_point()
    points, chargers = _points(addresses, areas, (field.x, field.y), read, parameters)
    table = sums_per_sector(points, sectors, SECTOR_COLUMNS)
    notes = write_notes(city, points, stock, _published(read), parameters)
    return City(
        city.name, city.municipality_code, city.base_year, areas, read["boundary"], points,
        _places_of(addresses), table, chargers, read["sites"], stock.reconciliation, read["known"],
        notes, read["supply_areas"],
    )  # fmt: skip


def _places_of(addresses: pd.DataFrame) -> pd.DataFrame:
    addition = addresses["addition"].astype(str)
    number = addresses["number"].astype(int).astype(str) + addresses["letter"].astype(str)
    told = addresses.assign(house_number=number + np.where(addition == "", "", "-" + addition))
    texts = ("point_id", "postcode", "street", "house_number")
    return told[list(ADDRESSES.columns)].astype(dict.fromkeys(texts, "str"))


def _published(read: dict[str, Any]) -> Published:
    shallow = pd.to_numeric(read["balance"].get(SHALLOW_HEAT_KEY, 0.0), errors="coerce")
    return Published(
        read["heating"], read["heat_net"], read["solar_municipality"], float(np.nan_to_num(shallow))
    )


def _points(
    addresses: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    field_m: tuple[float, float],
    read: dict[str, Any],
    parameters: Parameters,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    sectors = read["sectors"]
    energy_kwh = dict(zip(sectors["sector"], sectors["balance_kwh"], strict=True))
    wind = place_source.wind_sites(read["grid_places"], read["boundary"])
    middle_m = middle_of(addresses)
    feeding = read["sites"][read["sites"]["feeds_mv"]][["x_m", "y_m"]]
    own_m = (feeding["x_m"].iloc[0], feeding["y_m"].iloc[0]) if len(feeding) else middle_m
    traction_m = read["railway_stations"] or middle_m
    places = Places(read["chargers"], own_m, wind, traction_m, field_m)
    chargers, fast = charger_points(places.chargers, parameters.value("fast_charger_min_kw"))
    singles = single_points(places, energy_kwh)
    parts = [group_points(addresses), firm_points(addresses), fast, singles]
    points = finish_points(parts, areas)
    public_share = parameters.value("road_public_share")
    points, chargers = spread_road(points, chargers, energy_kwh["road"], public_share)
    return with_solar_power(points, read["full_load_hours"]), chargers


def _with_solar(areas: gpd.GeoDataFrame, solar: pd.Series) -> gpd.GeoDataFrame:
    power_kwp = solar.reindex(areas["area_code"]).to_numpy(dtype=float)
    return areas.assign(solar_homes_kwp=power_kwp)


def _describe(
    addresses: pd.DataFrame, stock: Stock, rural: tuple[str, ...], areas: gpd.GeoDataFrame
) -> pd.DataFrame:
    told = addresses.assign(
        home=stock.home,
        new_home=stock.new_home,
        business_area=addresses["area_code"].isin(stock.business_areas),
        rural_area=addresses["area_code"].isin(rural),
    )
    homes = told.groupby("area_code")["home"].sum()
    power_kwp = areas.set_index("area_code")["solar_homes_kwp"]
    return told.assign(solar_weight=_solar_weight(told, homes, power_kwp))


def _solar_weight(
    addresses: pd.DataFrame, homes: pd.Series, power_kwp: pd.Series
) -> np.ndarray[Any, Any]:
    # Areas without a figure get the average of the others: missing is not zero.
    homes = homes.reindex(power_kwp.index).fillna(0)
    known = power_kwp.notna() & (homes > 0)
    average = power_kwp[known].sum() / homes[known].sum() if known.any() else 1.0
    per_home = (power_kwp / homes.where(homes > 0)).fillna(average)
    weight = per_home.reindex(addresses["area_code"]).to_numpy(dtype=float)
    return np.where(addresses["home"].to_numpy(dtype=bool), weight, 0.0)
