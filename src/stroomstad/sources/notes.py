"""What must a reader know beside the numbers? Every assumption, in Dutch and in English."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from stroomstad.sources.city_file import CityFile
from stroomstad.sources.file_kinds import CHOICES, FILE_KINDS
from stroomstad.sources.heating import HeatingShares
from stroomstad.sources.stock import Stock
from stroomstad.tables.city import DWELLING_COLUMNS, FEED_IN_COLUMNS
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.words import Language, Words

# A run says by itself that its grid is drawn up, and the texts below tell of places.
_CBS_TABLE = Words("de CBS-tabel", "the CBS table")
_BALANCE = Words("de balans", "the balance")
# Lacks where no area is stable enough to fit the split rule on.
_RULE = "split rule"
_TOLD_ABOVE = ("grid", "grid_places")
# Written by hand, so without a date of their own.
_BY_HAND = ("energy", "sectors", "known", "grid")
SHALLOW_HEAT_KEY = "input_energy_heat_heatpump_water_water_ht_electricity_production"


@dataclass(frozen=True, slots=True)
class Published:
    """What other tables say of the same municipality, to set beside the outcome.

    Attributes
    ----------
    heating
        Main heating of dwellings.
    heat_net_share
        Share of dwellings on the heat net according to another table. [1]
    solar_kwp
        Panels on dwellings and in all at the end of the base year. [kWp]
    shallow_heat_tj
        Heat from shallow ground in the balance. [TJ/year]
    """

    heating: HeatingShares
    heat_net_share: float
    solar_kwp: tuple[float, float]
    shallow_heat_tj: float


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement; told where a city has the files of ``given`` and lacks those of ``lacking``."""

    topic: str
    status: str
    nl: str
    en: str
    given: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


def write_notes(
    city: CityFile,
    points: pd.DataFrame,
    stock: Stock,
    published: Published,
    parameters: Parameters,
) -> pd.DataFrame:
    """Write down what was assumed, drawn and derived, with the figures it led to.

    Returns
    -------
    Columns ``topic, nl, en, status``
    """
    figures = (
        _stock_figures(stock, parameters)
        | _point_figures(points, parameters)
        | _published_figures(published, parameters)
    )
    words = {"year": str(city.base_year), "heating_year": str(published.heating.year)} | {
        f"{key}_vintage": file.vintage for key, file in city.files.items()
    }
    connections = city.files.get("connections")
    words["connections_year"] = connections.vintage[:4] if connections else ""
    english = words | {name: f"{value:,.{digits}f}" for name, (value, digits) in figures.items()}
    dutch = words | {name: _dutch(value, digits) for name, (value, digits) in figures.items()}
    dutch, english = dutch | _file_words(city, "nl"), english | _file_words(city, "en")
    lacks = city.absent if stock.reconciliation["stable"].any() else city.absent | {_RULE}
    rows = [
        (note.topic, note.nl.format(**dutch), note.en.format(**english), note.status)
        for note in _TEXTS
        if not set(note.given) & lacks and set(note.lacking) <= lacks
    ]
    rows += _default_rows(city)
    return pd.DataFrame(rows, columns=["topic", "nl", "en", "status"], dtype="str")


def _file_words(city: CityFile, language: Language) -> dict[str, str]:
    """Dates and terms of the city's own files, in the order in which they are declared."""
    files = {kind.name.say(language): city.files.get(kind.key) for kind in FILE_KINDS}
    there = {name: file for name, file in files.items() if file is not None}
    measured = {name: file for name, file in there.items() if file.key not in _BY_HAND}
    vintages = ", ".join(f"{name} {file.vintage}" for name, file in measured.items())
    licences = "; ".join(f"{name}: {file.licence}" for name, file in there.items())
    source = _BALANCE if "heating" in city.absent else _CBS_TABLE
    return {"vintages": vintages, "licences": licences, "heating_source": source.say(language)}


def _default_rows(city: CityFile) -> list[tuple[str, str, str, str]]:
    """What is assumed for each file and choice that the city does without."""
    defaults = {kind.key: kind.default for kind in FILE_KINDS if kind.key not in _TOLD_ABOVE}
    defaults |= {choice.key: choice.default for choice in CHOICES}
    if "railway_stations" in city.absent:
        defaults.pop("traction_station")
    if "grid" in city.files:
        defaults.pop("supply_areas")
    return [
        (f"without {key}", default.nl, default.en, "assumed")
        for key, default in defaults.items()
        if default is not None and key in city.absent
    ]


def _dutch(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def _stock_figures(stock: Stock, parameters: Parameters) -> dict[str, tuple[float, int]]:
    table = stock.reconciliation
    stable = table[table["stable"]]
    dwellings = stable["dwellings_cbs"].sum()
    error = stable["homes_predicted"].sum() / dwellings - 1 if dwellings else float("nan")
    return {
        "addresses": (table["addresses"].sum(), 0),
        "homes": (table["homes"].sum(), 0),
        "new_homes": (table["new_homes"].sum(), 0),
        "other_uses": (table["other_uses"].sum(), 0),
        "dwellings": (table["dwellings_cbs"].sum(), 0),
        "stable_areas": (len(stable), 0),
        "areas": (len(table), 0),
        "sum_error": (100 * error, 2),
        "error_spread": (100 * stock.error_spread, 1),
        "excess": (100 * stock.error_spread * parameters.value("new_homes_error_spreads"), 1),
        "business_areas": (len(stock.business_areas), 0),
    }


def _point_figures(points: pd.DataFrame, parameters: Parameters) -> dict[str, tuple[float, int]]:
    firms = points[points["kind"] == "firm"]
    groups = points[points["kind"] == "group"]
    firm_columns = ["buildings_kwh", "ict_kwh", "industry_kwh", "agriculture_kwh"]
    return {
        "groups": (len(groups), 0),
        "group_most": (parameters.value("group_addresses_max"), 0),
        "firms": (len(firms), 0),
        "firms_gwh": (firms[firm_columns].to_numpy().sum() / 1e6, 1),
        "small_kva": (parameters.value("small_connection_max_kva"), 0),
        "firm_hours": (parameters.value("firm_full_load_hours"), 0),
        "new_home_kwh": (parameters.value("new_home_yearly_kwh"), 0),
        "new_homes_gwh": (points["new_homes_kwh"].sum() / 1e6, 1),
        "gas": (points["homes_gas"].sum(), 0),
        "heat_net": (points["homes_heat_net"].sum(), 0),
        "neither": (points["homes_neither"].sum(), 0),
        "new_net_percent": (100 * parameters.value("new_home_heat_net_share"), 0),
        "fast_places": ((points["kind"] == "charger").sum(), 0),
        "fast_kw": (parameters.value("fast_charger_min_kw"), 0),
        "public_percent": (100 * parameters.value("road_public_share"), 0),
        **{name: (points[name].sum(), 0) for name in DWELLING_COLUMNS},
        "solar_homes_kwp": (_power_of(points, "solar_homes_kwh"), 0),
        "solar_kwp": (points["solar_kwp"].sum(), 0),
    }


def _power_of(points: pd.DataFrame, column: str) -> float:
    """Part of the panels that makes the energy in one column. [kWp]."""
    solar = [name for name in FEED_IN_COLUMNS if name.startswith("solar_")]
    total_kwh = float(points[solar].to_numpy().sum())
    power_kwp = float(points["solar_kwp"].sum())
    return power_kwp * float(points[column].sum()) / total_kwh if total_kwh else 0.0


def _published_figures(
    published: Published, parameters: Parameters
) -> dict[str, tuple[float, int]]:
    heating, cop = published.heating, parameters.value("shallow_heat_cop")
    return {
        "gas_percent": (100 * heating.gas, 1),
        "heat_net_percent": (100 * heating.heat_net, 1),
        "neither_percent": (100 * heating.neither, 1),
        "heat_net_other_percent": (100 * published.heat_net_share, 1),
        "cbs_homes_kwp": (published.solar_kwp[0], 0),
        "cbs_kwp": (published.solar_kwp[1], 0),
        "shallow_tj": (published.shallow_heat_tj, 0),
        "cop": (cop, 1),
        "shallow_electric_tj": (published.shallow_heat_tj / cop, 0),
    }


_TEXTS = (
    _Text(
        "base year", "sourced",
        "Het basisjaar is {year}. De gegevens zijn van verschillende datum: {vintages}. Geen van "
        "die jaargangen wordt naar een andere toe gerekend; de reconciliatie zet ze naast elkaar.",
        "The base year is {year}. The data are of different dates: {vintages}. None of these "
        "vintages is scaled to another; the reconciliation shows them beside each other.",
    ),
    _Text(
        "homes and other uses", "derived",
        "Van {addresses} adressen gelden er {homes} als woning in het basisjaar (CBS: {dwellings} "
        "woningen), {new_homes} als sindsdien gebouwd en {other_uses} als ander gebruik. De regel "
        "leidt de kans op een woning af uit het gemiddelde verbruik en de aansluitgrootte per "
        "postcodereeks in {connections_year}. Hij is bepaald op {stable_areas} van {areas} wijken "
        "waar sindsdien weinig veranderde. Elk van die wijken voorspeld zonder haarzelf geeft "
        "samen {sum_error} % verschil met het CBS; de spreiding per wijk is {error_spread} %.",
        "Of {addresses} addresses {homes} count as homes of the base year (CBS: {dwellings} "
        "dwellings), {new_homes} as built since and {other_uses} as other uses. The rule derives "
        "the chance of a home from the mean use and the connection size per postcode range in "
        "{connections_year}. It is fitted on {stable_areas} of {areas} areas in which little "
        "changed since. Predicting each of these without itself gives {sum_error} % difference "
        "with CBS in all; the spread per area is {error_spread} %.",
        given=(_RULE,),
    ),
    _Text(
        "homes and other uses", "assumed",
        "Van {addresses} adressen gelden er {homes} als woning in het basisjaar (CBS: {dwellings} "
        "woningen), {new_homes} als sindsdien gebouwd en {other_uses} als ander gebruik. Elke wijk "
        "heeft de woningen die het CBS telt, want geen wijk veranderde weinig genoeg om een regel "
        "op te bepalen. Welke adressen dat zijn is niet bekend; ze zijn gelijk verdeeld.",
        "Of {addresses} addresses {homes} count as homes of the base year (CBS: {dwellings} "
        "dwellings), {new_homes} as built since and {other_uses} as other uses. Every area has the "
        "homes that CBS counts, as no area changed little enough to fit a rule on. Which addresses "
        "these are is not known; they are spread evenly.",
        lacking=(_RULE,),
    ),
    _Text(
        "homes built since", "assumed",
        "Waar een wijk volgens de regel meer dan {excess} % boven het CBS uitkomt, geldt het "
        "overschot als sindsdien gebouwd. Het CBS is van {areas_vintage}: wat tussen die dag en "
        "het basisjaar is gebouwd, telt hierin mee. Ze komen eerst in postcodes die er in "
        "{connections_year} nog niet waren. "
        "Hun verbruik, {new_home_kwh} kWh per woning en samen {new_homes_gwh} GWh, komt boven op "
        "de balans van {year}. Ze volgen de vorm van een bestaande woning; de volgende nieuwe "
        "woning telt in de piek voor meer, zoals in de parameters staat.",
        "Where the rule puts an area more than {excess} % above CBS, the excess counts as built "
        "since. CBS is of {areas_vintage}: what was built between that day and the base year is "
        "among them. They are placed first in postcodes that did not stand in {connections_year}. "
        "Their use, {new_home_kwh} kWh per "
        "home and {new_homes_gwh} GWh in all, comes on top of the balance of {year}. They follow "
        "the shape of an existing home; the next new home counts for more at the peak, as the "
        "parameters say.",
        given=(_RULE,),
    ),
    _Text(
        "dwelling types", "assumed",
        "Woningtype en bouwperiode zijn alleen per gemeente bekend ({balance_vintage}). Het type "
        "van elke woning is geloot: dicht bijeen en veel adressen op een huisnummer maken een "
        "appartement waarschijnlijker, een hoger verbruik een groter huis. De aandelen van de "
        "gemeente kloppen voor de woningen van het basisjaar; postcodes van na het kleinverbruik "
        "en woningen die sindsdien zijn gebouwd hebben de typen van de nieuwste periode. Uitkomst: "
        "{homes_apartment} appartementen, {homes_terraced} rijwoningen, {homes_semi_detached} "
        "twee-onder-een-kapwoningen en {homes_detached} vrijstaande woningen.",
        "Dwelling type and period of building are known per municipality only "
        "({balance_vintage}). The type of every home is drawn: lying close together and many "
        "addresses on one house number make an apartment likelier, a higher use a larger house. "
        "The shares of the municipality hold for the homes of the base year; postcodes from after "
        "the small-consumption file and homes built since have the types of the newest period. "
        "Outcome: {homes_apartment} apartments, {homes_terraced} terraced, {homes_semi_detached} "
        "semi-detached and {homes_detached} detached homes.",
    ),
    _Text(
        "business areas", "assumed",
        "In {business_areas} wijken met nauwelijks woningen volgens het CBS geldt elk adres als "
        "ander gebruik.",
        "In {business_areas} areas with hardly any dwelling according to CBS every address counts "
        "as another use.",
    ),
    _Text(
        "energy per sector", "sourced",
        "Elke sector telt over de punten precies op tot de gemeentelijke balans van {year}. "
        "Verbruik per woning volgt de verhouding tussen postcodereeksen van het kleinverbruik "
        "waar die nog kloppen, elders het gemiddelde. Het verbruik is inclusief zelf gebruikte "
        "zonnestroom.",
        "Every sector adds up over the points to exactly the municipal balance of {year}. Use per "
        "home follows the ratio between postcode ranges of the small-consumption file where these "
        "still hold, and the average elsewhere. Use includes solar electricity used behind the "
        "meter.",
        given=("connections",),
    ),
    _Text(
        "energy per sector", "sourced",
        "Elke sector telt over de punten precies op tot de gemeentelijke balans van {year}. Elke "
        "woning gebruikt evenveel. Het verbruik is inclusief zelf gebruikte zonnestroom.",
        "Every sector adds up over the points to exactly the municipal balance of {year}. Every "
        "home uses the same. Use includes solar electricity used behind the meter.",
        lacking=("connections",),
    ),
    _Text(
        "shallow ground heat", "derived",
        "De balans telt {shallow_tj} TJ warmte uit ondiepe bodem. De stroom van die warmtepompen "
        "zit in het gemeten verbruik van gebouwen en wordt niet nog eens opgeteld; apart zou het "
        "ongeveer {shallow_electric_tj} TJ zijn bij een rendement (COP) van {cop}.",
        "The balance counts {shallow_tj} TJ of heat from shallow ground. The electricity of those "
        "heat pumps is inside the metered use of buildings and is not added again; by itself it "
        "would be about {shallow_electric_tj} TJ at a coefficient of performance of {cop}.",
    ),
    _Text(
        "firms", "assumed",
        "Welk bedrijf op welk adres zit en wat het gebruikt is niet openbaar. Sector en grootte "
        "zijn geloot en tellen op tot de balans. {firms} bedrijven komen boven {small_kva} kVA "
        "(bij {firm_hours} vollasturen); zij krijgen een eigen station en gebruiken samen "
        "{firms_gwh} GWh. Ze zijn synthetisch. Ze belasten het net met de vorm van hun sector, "
        "waarin veel bedrijven samenkomen: een enkel bedrijf piekt hoger, en de ruimte op "
        "bedrijventerreinen is daarom te groot geschat.",
        "Which firm is at which address and what it uses is not public. Sector and size are drawn "
        "and add up to the balance. {firms} firms exceed {small_kva} kVA (at {firm_hours} "
        "full-load hours); they get a station of their own and use {firms_gwh} GWh in all. They "
        "are synthetic. They load the grid with the shape of their sector, in which many firms "
        "coincide: a single firm peaks higher, so that room on business parks is overstated.",
    ),
    _Text(
        "heating", "derived",
        "Waar een postcode in {connections_year} al stond, volgt gas of warmtenet uit de "
        "aansluitingen van toen. Elders zijn het de aandelen die de gemeente op {heating_source} "
        "van {heating_year} brengen (gas {gas_percent} %, warmtenet {heat_net_percent} %, geen van "
        "beide {neither_percent} %). Van de woningen van na het basisjaar ligt naar aanname "
        "{new_net_percent} % aan het warmtenet. Uitkomst: {gas} woningen met gas, {heat_net} aan "
        "het warmtenet, {neither} met geen van beide.",
        "Where a postcode stood in {connections_year}, gas or heat net follows from the "
        "connections of then. Elsewhere the shares are those that bring the municipality to "
        "{heating_source} of {heating_year} (gas {gas_percent} %, heat net {heat_net_percent} %, "
        "neither {neither_percent} %). Of homes built since the base year {new_net_percent} % is "
        "assumed to be on the heat net. Outcome: {gas} homes with gas, {heat_net} on the heat net, "
        "{neither} with neither.",
        given=("connections",),
    ),
    _Text(
        "heating", "assumed",
        "Elke woning heeft de aandelen van de gemeente volgens {heating_source} van "
        "{heating_year}: gas {gas_percent} %, warmtenet {heat_net_percent} %, geen van beide "
        "{neither_percent} %. Welke wijk een warmtenet heeft is niet bekend. Van de woningen van "
        "na het basisjaar ligt naar aanname {new_net_percent} % aan het warmtenet. Uitkomst: "
        "{gas} woningen met gas, {heat_net} aan het warmtenet, {neither} met geen van beide.",
        "Every home has the shares of the municipality according to {heating_source} of "
        "{heating_year}: gas {gas_percent} %, heat net {heat_net_percent} %, "
        "neither {neither_percent} %. Which area has a heat net is "
        "not known. Of homes built since the base year {new_net_percent} % is assumed to be on "
        "the heat net. Outcome: {gas} homes with gas, {heat_net} on the heat net, {neither} with "
        "neither.",
        lacking=("connections",),
    ),
    _Text(
        "heat net in another table", "sourced",
        "Een tweede CBS-tabel geeft {heat_net_other_percent} % van de woningen aan een warmtenet.",
        "A second CBS table gives {heat_net_other_percent} % of dwellings on a heat net.",
        given=("heat_net",),
    ),
    _Text(
        "high-voltage stations", "assumed",
        "De plaatsen komen uit OpenStreetMap ({grid_places_vintage}). Welke stations het "
        "middenspanningsnet voeden is een aanname.",
        "The places come from OpenStreetMap ({grid_places_vintage}). Which stations feed the "
        "medium voltage is an assumption.",
        given=("grid_places",),
    ),
    _Text(
        "high-voltage stations", "assumed",
        "De plaatsen van onderstations komen uit city.toml, dat ook zegt welke er bekend en welke "
        "aangenomen zijn.",
        "The places of substations come from city.toml, which also says which are known and which "
        "assumed.",
        given=("substations",),
        lacking=("grid_places",),
    ),
    _Text(
        "high-voltage stations", "assumed",
        "Geen onderstation is bekend. Aantal en plaats zijn aangenomen: zoveel als de geplande "
        "belasting met van elk een transformator uit vraagt, elk in het midden van de belasting "
        "die er het dichtst bij ligt. De namen zijn bedacht.",
        "No substation is known. Number and place are assumed: as many as the planned load asks "
        "with one transformer of each out, each in the middle of the load nearest to it. The "
        "names are made up.",
        lacking=("grid_places", "substations", "grid"),
    ),
    _Text(
        "high-voltage stations", "sourced",
        "De onderstations zijn die van het gegeven net.",
        "The substations are those of the grid that was given.",
        given=("grid",),
        lacking=("grid_places", "substations"),
    ),
    _Text(
        "supply areas", "assumed",
        "De voedingsgebieden ({supply_areas_vintage}) zeggen aan welk onderstation een plaats "
        "hangt, en van elk of dat bekend of aangenomen is. Wat buiten alle ligt hangt naar aanname "
        "aan het dichtstbijzijnde onderstation.",
        "Supply areas ({supply_areas_vintage}) say which substation a place hangs on, and of each "
        "whether that is known or assumed. What lies outside all is assumed to hang on the nearest "
        "substation.",
        given=("supply_areas",),
        lacking=("grid",),
    ),
    _Text(
        "solar", "derived",
        "Zon op woningen is over de wijken verdeeld naar het CBS ({solar_areas_vintage}); wijken "
        "zonder cijfer krijgen het gemiddelde. De panelen volgen uit de opwek in de balans en haar "
        "vollasturen: {solar_homes_kwp} kWp op woningen en {solar_kwp} kWp in totaal. Zon op "
        "bedrijven volgt het verbruik.",
        "Solar on homes is spread over areas according to CBS ({solar_areas_vintage}); areas "
        "without a figure get the average. The panels follow from the energy in the balance and "
        "its full-load hours: {solar_homes_kwp} kWp on homes and {solar_kwp} kWp in all. Solar on "
        "firms follows their use.",
        given=("solar_areas",),
    ),
    _Text(
        "solar", "assumed",
        "De panelen volgen uit de opwek in de balans en haar vollasturen: {solar_homes_kwp} kWp op "
        "woningen, gelijk verdeeld, en {solar_kwp} kWp in totaal. Zon op bedrijven volgt het "
        "verbruik.",
        "The panels follow from the energy in the balance and its full-load hours: "
        "{solar_homes_kwp} kWp on homes, spread evenly, and {solar_kwp} kWp in all. Solar on firms "
        "follows their use.",
        lacking=("solar_areas",),
    ),
    _Text(
        "solar in another table", "sourced",
        "Het CBS telt in {year} {cbs_homes_kwp} kWp op woningen en {cbs_kwp} kWp in totaal.",
        "CBS counts {cbs_homes_kwp} kWp on dwellings and {cbs_kwp} kWp in all in {year}.",
        given=("solar_municipality",),
    ),
    _Text(
        "wind and solar fields", "assumed",
        "Windstroom voedt in bij de turbines die OpenStreetMap kent, naar hun aantal. Waar "
        "zonnevelden staan is niet bekend; ze voeden op een aangenomen plaats in, rechtstreeks op "
        "een onderstation.",
        "Wind feeds in at the turbines that OpenStreetMap knows, by their number. Where solar "
        "fields lie is not known; they feed in at an assumed place, straight into a substation.",
        given=("grid_places",),
    ),
    _Text(
        "wind and solar fields", "assumed",
        "Waar windturbines en zonnevelden staan is niet bekend; ze voeden op een aangenomen plaats "
        "in, rechtstreeks op een onderstation.",
        "Where wind turbines and solar fields stand is not known; they feed in at an assumed "
        "place, straight into a substation.",
        lacking=("grid_places",),
    ),
    _Text(
        "road vehicles", "assumed",
        "Van de stroom van wegvoertuigen wordt {public_percent} % publiek geladen, verdeeld over "
        "de laadlocaties naar vermogen; de rest thuis. {fast_places} plaatsen met laders van "
        "{fast_kw} kW of meer hebben een eigen station.",
        "Of the electricity of road vehicles {public_percent} % is charged in public, spread over "
        "the charging locations by power; the rest at home. {fast_places} places with chargers of "
        "{fast_kw} kW or more have a station of their own.",
        given=("chargers",),
    ),
    _Text(
        "road vehicles", "assumed",
        "Van de stroom van wegvoertuigen wordt {public_percent} % publiek geladen, verdeeld over "
        "de adressen; de rest thuis.",
        "Of the electricity of road vehicles {public_percent} % is charged in public, spread over "
        "the addresses; the rest at home.",
        lacking=("chargers",),
    ),
    _Text(
        "railway and energy sector", "assumed",
        "De stroom van treinen staat op een eigen punt, en het eigen gebruik van de energiesector "
        "ook; beide komen van een onderstation. Beide plaatsen zijn aannamen.",
        "The electricity of trains is at a point of its own, and so is the energy sector's own "
        "use; both come from a substation. Both places are assumptions.",
    ),
    _Text(
        "address groups", "assumed",
        "Buren zijn samengenomen tot {groups} groepen van ten hoogste {group_most} adressen in "
        "volgorde van huisnummer; een groep is een punt van het laagspanningsnet.",
        "Neighbours are taken together into {groups} groups of at most {group_most} addresses in "
        "house-number order; a group is one point of the low-voltage grid.",
    ),
    _Text(
        "licences", "sourced",
        "Zoals de stadsmap ze noemt: {licences}.",
        "As the city folder states them: {licences}.",
    ),
    _Text(
        "OpenStreetMap", "sourced",
        "Wat van OpenStreetMap komt valt onder de ODbL 1.0 (© OpenStreetMap-bijdragers).",
        "What comes from OpenStreetMap falls under the ODbL 1.0 (© OpenStreetMap contributors).",
        given=("grid_places",),
    ),
)  # fmt: skip
