"""Which kinds of file make a city: what each holds, who publishes it, and what stands in for it.

The command `check`, the notes of a run and the reference page all read this one list.
"""

from __future__ import annotations

from dataclasses import dataclass

from stroomstad.tables.words import Words


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file that ``city.toml`` may name.

    Attributes
    ----------
    key
        Its section below ``[files]``.
    name
        What people call it.
    holds
        What is read from it.
    form
        How it is written, with the columns that must be there.
    published
        Who publishes such data, and under which name.
    default
        What is assumed where the file is not there; ``None`` where a city cannot do without.
    """

    key: str
    name: Words
    holds: str
    form: str
    published: str
    default: Words | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Something decided by hand below ``[places]`` in ``city.toml``; what is assumed otherwise."""

    key: str
    name: Words
    holds: str
    default: Words


FILE_KINDS = (
    FileKind(
        "addresses", Words("adressen", "addresses"),
        "every address with its postcode and place",
        "CSV with `;`: straat, huisnummer, huisletter, huisnummertoevoeging, postcode, gemeente, "
        "lat, lon (degrees, EPSG:4326)",
        "Kadaster: Basisregistratie Adressen en Gebouwen (BAG), also at PDOK",
    ),
    FileKind(
        "areas", Words("wijken", "areas"),
        "outline, dwellings and inhabitants of every wijk",
        "GeoJSON of polygons in EPSG:28992: code (WK and six digits), name, dwelling_total, "
        "population (null where unknown); or wijkcode, wijknaam, woningvoorraad, aantal_inwoners",
        "CBS and Kadaster: Wijk- en buurtkaart with key figures, at PDOK as CBS Wijken en Buurten",
    ),
    FileKind(
        "balance", Words("energiebalans", "energy balance"),
        "electricity, heat and panels per sector, and dwellings by type and period",
        "CSV with the keys of ETLocal: geo_id and a column or a row of the municipality code; TJ a "
        "year",
        "Quintel: ETLocal, the municipal dataset of the Energy Transition Model, one per "
        "municipality",
    ),
    FileKind(
        "boundary", Words("gemeentegrens", "boundary"),
        "outline of the municipality with its water",
        "JSON of one polygon or multipolygon in EPSG:4326",
        "Kadaster: Bestuurlijke Gebieden, at PDOK",
        Words(
            "Er is geen gemeentegrens gegeven: de wijken samen gelden als de gemeente.",
            "No boundary is given: the areas together count as the municipality.",
        ),
    ),
    FileKind(
        "connections", Words("kleinverbruik", "small consumption"),
        "connections, their size and mean use per postcode range, electricity and gas",
        "CSV with `;`, decimal commas, cp1252: POSTCODE_VAN, POSTCODE_TOT, PRODUCTSOORT, "
        "Soort aansluiting Naam, Aantal Aansluitingen, %Soort aansluiting, SJV",
        "the grid operator (Liander, Stedin, Enexis and others): kleinverbruiksgegevens, one file "
        "a year",
        Words(
            "Er is geen kleinverbruik gegeven: elke wijk heeft de woningen die het CBS telt, "
            "gelijk verdeeld over haar adressen; wat daarboven ligt is ander gebruik, en sindsdien "
            "gebouwde woningen zijn er alleen in de gebieden van new_home_areas. Elke woning "
            "gebruikt evenveel.",
            "No small consumption is given: every area has the homes that CBS counts, evenly "
            "among its addresses; what is above that is another use, and homes built since are "
            "only in new_home_areas. Every home uses the same.",
        ),
    ),
    FileKind(
        "energy", Words("sectoren", "sectors"),
        "which keys of the balance make up each sector",
        "CSV: sector, direction, balance_keys, points_columns, about, about_nl",
        "written by hand; one that fits ETLocal is bundled",
        Words(
            "Er is geen eigen sectortabel gegeven: de meegeleverde tabel zegt welke cijfers van "
            "de balans een sector vormen.",
            "No table of sectors is given: the bundled one says which figures of the balance make "
            "up a sector.",
        ),
    ),
    FileKind(
        "heating", Words("hoofdverwarming", "main heating"),
        "share of dwellings on gas, a heat net or neither",
        "CSV: RegioS, TypeVerwarmingsinstallatie, Perioden, Woningen_1",
        "CBS StatLine: table 84948NED",
        Words(
            "Er is geen hoofdverwarming gegeven: gas, warmtenet en geen van beide zijn aangenomen "
            "naar wat woningen volgens de balans aan gas, warmte en stroom voor ruimteverwarming "
            "gebruiken.",
            "No main heating is given: gas, heat net and neither are assumed in proportion to the "
            "gas, heat and electricity that homes use for space heating in the balance.",
        ),
    ),
    FileKind(
        "heat_net", Words("stadsverwarming", "district heating"),
        "share of dwellings on a heat net in another table, to compare with",
        "CSV: Woningkenmerken, RegioS, Perioden, Stadsverwarming_4",
        "CBS StatLine: table 81528NED",
        Words(
            "Er is geen tweede tabel van warmtenetten gegeven: dat aandeel is nergens mee "
            "vergeleken.",
            "No second table of heat nets is given: that share is compared with nothing.",
        ),
    ),
    FileKind(
        "solar_areas", Words("zon per wijk", "panels per area"),
        "panels on dwellings per wijk, in kWp",
        "CSV: Codering_3, SoortRegio_2, OpgesteldVermogenVanZonnepanelen_6",
        "CBS StatLine: table 86044NED for 2022, another for every other year",
        Words(
            "Er is geen zon per wijk gegeven: panelen op woningen zijn gelijk over alle woningen "
            "verdeeld.",
            "No panels per area are given: panels on homes are spread evenly over all homes.",
        ),
    ),
    FileKind(
        "solar_municipality", Words("zon in de gemeente", "panels in the municipality"),
        "panels on dwellings and in all, in kWp, to compare with",
        "CSV: SectorEnVermogensklasse, RegioS, Perioden, OpgesteldVermogenVanZonnepanelen_2",
        "CBS StatLine: table 85005NED",
        Words(
            "Er is geen telling van zonnepanelen in de gemeente gegeven: hun vermogen is nergens "
            "mee vergeleken.",
            "No count of panels in the municipality is given: their power is compared with "
            "nothing.",
        ),
    ),
    FileKind(
        "chargers", Words("laadlocaties", "charging locations"),
        "publicly accessible charging locations, with their power in kW",
        "GeoJSON of points in EPSG:4326: locationId, maxPowerKw (null or 0 where unknown)",
        "NDW: open data of charge points",
        Words(
            "Er zijn geen laadlocaties gegeven: publiek laden is over de adressen verdeeld, "
            "zonder snelladers.",
            "No charging locations are given: public charging is spread over the addresses, "
            "without fast chargers.",
        ),
    ),
    FileKind(
        "grid_places", Words("hoogspanningsstations", "high-voltage stations"),
        "high-voltage stations and wind turbines",
        "text with `#`: v_id, lon, lat (EPSG:4326), typ, voltage, name, source, n_gen",
        "OpenStreetMap contributors (power=substation, power=generator); TenneT and the grid "
        "operator name stations too",
        Words(
            "Er zijn geen hoogspanningsstations gegeven: waar city.toml ze niet plaatst, zijn "
            "aantal en plaats van de onderstations aangenomen, en windstroom voedt in waar ook de "
            "zonnevelden invoeden.",
            "No high-voltage stations are given: where city.toml does not place them, number and "
            "place of substations are assumed from the planned load; wind feeds in where solar "
            "fields do.",
        ),
    ),
    FileKind(
        "supply_areas", Words("voedingsgebieden", "supply areas"),
        "which substation feeds which part of the city, known or assumed",
        "GeoJSON of polygons in EPSG:28992: substation (its name), status (known or assumed), "
        "source (who says so)",
        "your grid operator, on request; to go by, the operators' polygons around substations at "
        "PDOK (Beschikbare capaciteit elektriciteitsnet) and the areas of the capacity map of "
        "Netbeheer Nederland",
        Words(
            "Er zijn geen voedingsgebieden gegeven: elk station hangt naar aanname aan het "
            "dichtstbijzijnde onderstation, tenzij een eigen net iets anders zegt.",
            "No supply areas are given: every station is assumed to hang on the nearest "
            "substation, unless a grid of its own says otherwise.",
        ),
    ),
    FileKind(
        "railway_stations", Words("treinstations", "railway stations"),
        "where the railway may be fed",
        "CSV: naam, geo_lat, geo_lng (EPSG:4326)",
        "Rijden de Treinen: list of stations",
        Words(
            "Er zijn geen treinstations gegeven: de stroom van treinen staat in het midden van de "
            "adressen.",
            "No railway stations are given: the electricity of trains is in the middle of the "
            "addresses.",
        ),
    ),
    FileKind(
        "known", Words("bekende feiten", "known facts"),
        "facts that win over what the rules draw up",
        "CSV: asset, attribute, value, unit, date, source, public",
        "your grid operator, by letter; what is public in its capacity map and investment plan",
        Words(
            "Er zijn geen bekende feiten gegeven: niets vervangt wat de regels opstellen.",
            "No known facts are given: nothing replaces what the rules draw up.",
        ),
    ),
    FileKind(
        "grid", Words("het eigen net", "the grid itself"),
        "stations, cables and substations as they are",
        "JSON of power-grid-model or pandapower",
        "your grid operator, on request",
        Words(
            "Er is geen net gegeven: stations en kabels zijn volgens regels opgesteld.",
            "No grid is given: stations and cables are drawn up by rules.",
        ),
    ),
)  # fmt: skip

CHOICES = (
    Choice(
        "new_home_areas", Words("nieuwe woonwijken", "new areas of homes"),
        "codes of areas that have filled with homes since CBS counted",
        Words(
            "city.toml noemt geen gebieden die sindsdien met woningen zijn gevuld.",
            "city.toml names no areas that have filled with homes since.",
        ),
    ),
    Choice(
        "rural_areas", Words("landelijke wijken", "rural areas"),
        "codes of areas with greenhouses and farms",
        Words(
            "city.toml noemt geen landelijke gebieden: dat zijn naar aanname wijken met minder "
            "adressen per km² dan rural_addresses_max.",
            "city.toml names no rural areas: areas with fewer addresses per km² than "
            "rural_addresses_max are assumed to be.",
        ),
    ),
    Choice(
        "traction_station", Words("tractiestation", "traction station"),
        "railway station where the traction grid is fed",
        Words(
            "city.toml noemt geen tractiestation: de stroom van treinen staat in het midden van de "
            "adressen.",
            "city.toml names no traction station: the electricity of trains is in the middle of "
            "the addresses.",
        ),
    ),
    Choice(
        "solar_field_area", Words("wijk van zonnevelden", "area of solar fields"),
        "code of the area where solar fields feed in",
        Words(
            "city.toml noemt geen gebied van zonnevelden: dat is naar aanname de wijk met de "
            "minste adressen per km².",
            "city.toml names no area of solar fields: the area with the fewest addresses per km² "
            "is assumed to be.",
        ),
    ),
)  # fmt: skip

NEEDED_FILES = tuple(kind.key for kind in FILE_KINDS if kind.default is None)
OPTIONAL_FILES = tuple(kind.key for kind in FILE_KINDS if kind.default is not None)
