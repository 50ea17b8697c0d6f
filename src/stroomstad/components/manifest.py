"""The manifest of a component: one document that says what it reads, gives, knows and does not.

Catalogue, interface, reference page and algorithm register all come from it. `MANIFEST` declares
every key; `read_manifest` checks a document against it, all faults at once, and gives values.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from stroomstad.components.readable import READABLE
from stroomstad.components.rules import rule_issues
from stroomstad.components.shapes import Each, Fields, Flag, Number, Text, check_shape
from stroomstad.errors import Issue
from stroomstad.tables.geometry import CRS
from stroomstad.tables.parameters import STATUSES
from stroomstad.tables.words import Words

KINDS = {
    "simulation": Words("simulatie: wat als", "simulation: what if"),
    "forecast": Words("verwachting: wat het waarschijnlijkst is", "forecast: what is most likely"),
    "rule": Words("regel: vaste rekenregel", "rule: a fixed rule of arithmetic"),
}
COLUMN_KINDS = ("text", "number", "whole number", "true or false")
GEOMETRIES = (
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
)  # fmt: skip
BETTER = ("up", "down")

_ID = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_NAME = r"[a-z][a-z0-9_]*"
# Semantic Versioning 2.0.0, the expression it recommends.
_SEMVER = (
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
    r"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?"
)
# The form of an SPDX expression; whether the licence exists is not looked up.
_SPDX = r"\(*[A-Za-z0-9.+-]+( (AND|OR|WITH) \(*[A-Za-z0-9.+-]+\)*)*"
_ADDRESS = r"https://[^\s<>\"'`]+"
_CONTACT = rf"({_ADDRESS}|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)"
_LINK = rf"({_ADDRESS}|(?!/)(?!.*\.\.)[A-Za-z0-9._/-]+\.(md|py)(#[a-z0-9-]+)?)"
# Version 1.0 of the publication standard of the Dutch algorithm register, as the register itself
# publishes its form; a later version may exist. Fields keep their names there.
STANDARD_VERSION = "1.0"
_MONTH = r"20\d\d-(0[1-9]|1[0-2])"


def _name(about: str) -> Text:
    return Text(about, _NAME, "lower-case letters, digits and underscores", longest=60)


def _unit() -> Text:
    return Text("unit; 1 for counts and shares, - for what has none", longest=30)


def _words(about: str) -> Fields:
    return Fields(about, {"nl": Text(f"{about}, in Dutch"), "en": Text(f"{about}, in English")})


_COLUMN = Fields(
    "a column",
    {
        "name": _name("name of the column; a quantity ends in its unit"),
        "kind": Text("what it holds", isin=COLUMN_KINDS),
        "unit": _unit(),
        "about": _words("what the column means"),
        "nullable": Flag("whether a value may be missing; no when left out", required=False),
        "lowest": Number("lowest value it may have", required=False),
        "highest": Number("highest value it may have", required=False),
    },
)
_INPUT = Fields(
    "a table of a run",
    {
        "table": Text("name of the table", isin=tuple(READABLE)),
        "columns": Each(
            "the columns it needs; it gets no others",
            Fields("a column", {"name": _name("name of the column"), "unit": _unit()}),
            least=1,
        ),
    },
)
_PARAMETER = Fields(
    "a number that may be chosen",
    {
        "name": _name("name, with its unit last"),
        "unit": _unit(),
        "value": Number("value unless another is chosen"),
        "lowest": Number("lowest value that makes sense"),
        "highest": Number("highest value that makes sense"),
        "status": Text("where the value comes from", isin=STATUSES),
        "source": Text("publication and year, or the reason for an assumption"),
        "about": _words("what it is"),
    },
)
_LAYER = Fields(
    "a layer of the map",
    {
        "name": _name("name of the layer"),
        "about": _words("what it shows"),
        "geometry": Each(
            "kinds of geometry it holds", Text("a kind of geometry", isin=GEOMETRIES), least=1
        ),
        "crs": Text("system of its coordinates", isin=(CRS,)),
        "columns": Each("its columns, geometry aside", _COLUMN, least=1),
    },
)
_INDICATOR = Fields(
    "a number for the city",
    {
        "id": _name("name of the indicator; a quantity ends in its unit"),
        "unit": _unit(),
        "name": _words("name that a reader sees"),
        "about": _words("what it tells"),
        "better": Text("which way is better", isin=BETTER),
        "nullable": Flag("whether its value may be missing; no when left out", required=False),
    },
)
_TABLE = Fields(
    "a table of a run", {"name": _name("name of the table"), "about": _words("what it tells")}
)

ALGORITHM_REGISTER = Fields(
    "the fields of the Dutch algorithm register, in Dutch",
    {
        "name": Text("name, best with a verb", longest=100),
        "description_short": Text("what it does and in which work, in two or three sentences",
                                  longest=350),
        "organization": Text("organisation that uses it", longest=100),
        "status": Text("its status", isin=("In ontwikkeling", "In gebruik", "Buiten gebruik")),
        "contact_email": Text("where the public can ask", _CONTACT,
                              "a mail address or https://…", longest=500),
        "publication_category": Text(
            "risk category",
            isin=("Hoog-risico AI-systeem", "Impactvolle algoritmes", "Overige algoritmes"),
        ),
        "goal": Text("purpose, and how people and firms meet it", longest=2_500),
        "proportionality": Text("why it is used, and what was weighed", longest=2_500),
        "human_intervention": Text("how people use, check and correct its answers", longest=2_500),
        "risks": Text("its risks, and what is done about them", longest=2_500),
        "lawful_basis": Text("legal basis of the work it is used in", longest=2_500),
        "impacttoetsen": Text("which impact assessments were made, or why none", longest=2_500),
        "source_data": Text("data it uses", longest=2_500),
        "methods_and_models": Text("how it works, and whether it learns"),
        "begin_date": Text("month in which its use began; needed when in use", _MONTH,
                           "a month, as in 2026-11", required=False),
        "end_date": Text("month in which its use ended; needed when out of use", _MONTH,
                         "a month, as in 2026-11", required=False),
        "website": Text("page for the public", _ADDRESS, "https://…", longest=500,
                        required=False),
        "url": Text("entry in a register of the organisation", _ADDRESS, "https://…", longest=500,
                    required=False),
        "publiccode": Text("page of the source code", _ADDRESS, "https://…", longest=500,
                           required=False),
        "provider": Text("who made it, where that is another", longest=200, required=False),
        "tags": Text("words to find it by", longest=2_500, required=False),
    },
)  # fmt: skip

MANIFEST = Fields(
    "the manifest",
    {
        "id": Text("name of the component, also of its entry point", _ID,
                   "lower-case letters and digits, with dashes between words", longest=60),
        "version": Text("version", _SEMVER, "a semantic version, such as 0.1.0", longest=60),
        "name": _words("name that a reader sees"),
        "about": _words("what it answers"),
        "kind": Text("what kind of calculation it is", isin=tuple(KINDS)),
        "licence": Text("licence of its code", _SPDX, "an SPDX expression, such as EUPL-1.2",
                        longest=120),
        "owner": Text("who answers for it", longest=120),
        "contact": Text("where questions go", _CONTACT, "a mail address or https://…",
                        longest=500),
        "inputs": Each("tables of a run that it reads", _INPUT),
        "parameters": Each("numbers that may be chosen", _PARAMETER, required=False),
        "outputs": Fields(
            "what it gives, and nothing else",
            {
                "layers": Each("layers of the map", _LAYER),
                "indicators": Each("numbers for the city", _INDICATOR),
                "tables": Each("tables of a run, of the twin's own engines only", _TABLE,
                               required=False),
            },
        ),
        "data": Each(
            "data it rests on",
            Fields(
                "a source",
                {
                    "source": _words("what, and of whom"),
                    "licence": Text("licence of the data"),
                    "vintage": Text("the date it describes"),
                },
            ),
            least=1,
        ),
        "limits": Each("what it does not know", _words("one limit"), least=1),
        "evidence": Each(
            "how it was held against something else",
            Fields(
                "one piece of evidence",
                {
                    "about": _words("what was compared with what, with the figure"),
                    "link": Text("where it can be read", _LINK,
                                 "https://… or the path of a page or test in the repository"),
                },
            ),
            least=1,
        ),
        "personal_data": Fields(
            "personal data",
            {
                "processed": Flag("whether it works on personal data"),
                "purpose": Text("for what; needed when it does", required=False),
                "legal_basis": Text("on which legal basis; needed when it does", required=False),
                "dpia": Text("data protection impact assessment: its date and where it can be "
                             "read; needed when it does", required=False),
            },
        ),
        "algorithm_register": ALGORITHM_REGISTER,
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A declared column of a layer; ``lowest`` and ``highest`` are missing where nothing holds."""

    name: str
    kind: str
    unit: str
    about: Words
    nullable: bool
    lowest: float | None
    highest: float | None


@dataclass(frozen=True, slots=True)
class Layer:
    """A declared layer: kinds of geometry, and columns beside it."""

    name: str
    about: Words
    geometry: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A declared indicator; ``better`` is ``"up"`` or ``"down"``."""

    id: str
    unit: str
    name: Words
    about: Words
    better: str
    nullable: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that was checked.

    Attributes
    ----------
    inputs
        Columns it reads, by table.
    parameters
        As in the document, by name.
    document
        All of it, as it was written. A copy; who changes it changes nothing else.
    """

    id: str
    version: str
    kind: str
    name: Words
    about: Words
    licence: str
    owner: str
    inputs: dict[str, tuple[str, ...]]
    parameters: dict[str, dict[str, Any]]
    layers: tuple[Layer, ...]
    indicators: tuple[Indicator, ...]
    document: dict[str, Any]


def read_manifest(
    document: object, where: str = "component.json", *, own: bool = False
) -> tuple[Manifest | None, list[Issue]]:
    """Check a manifest, and read it when nothing is wrong with it.

    Parameters
    ----------
    document
        What was read from JSON.
    where
        How its writer knows it.
    own
        Whether it is of an engine of the twin itself, which writes tables of a run.

    Returns
    -------
    The manifest, missing when there are faults; and every fault.
    """
    issues = check_shape(document, MANIFEST, f"{where}: ")
    written = document if isinstance(document, dict) else {}
    # Rules between fields are told of fields that are whole, beside what is wrong with others.
    sound = {
        key: written[key]
        for key, shape in MANIFEST.parts.items()
        if key in written and not check_shape(written[key], shape, "")
    }
    issues += rule_issues(sound, where, own=own)
    return (None, issues) if issues else (_manifest(copy.deepcopy(written)), [])


def register_entry(manifest: Manifest) -> dict[str, str]:
    """What the algorithm register asks of a component, under the names of its standard."""
    return {
        **manifest.document["algorithm_register"],
        "lang": "nld",
        "standard_version": STANDARD_VERSION,
        "source_id": manifest.id,
    }


def _manifest(document: dict[str, Any]) -> Manifest:
    outputs = document["outputs"]
    return Manifest(
        id=document["id"],
        version=document["version"],
        kind=document["kind"],
        name=Words(**document["name"]),
        about=Words(**document["about"]),
        licence=document["licence"],
        owner=document["owner"],
        inputs={
            each["table"]: tuple(column["name"] for column in each["columns"])
            for each in document["inputs"]
        },
        parameters={each["name"]: each for each in document.get("parameters", [])},
        layers=tuple(_layer(each) for each in outputs["layers"]),
        indicators=tuple(
            Indicator(each["id"], each["unit"], Words(**each["name"]), Words(**each["about"]),
                      each["better"], each.get("nullable", False))
            for each in outputs["indicators"]
        ),
        document=document,
    )  # fmt: skip


def _layer(each: dict[str, Any]) -> Layer:
    columns = tuple(
        Column(column["name"], column["kind"], column["unit"], Words(**column["about"]),
               column.get("nullable", False), column.get("lowest"), column.get("highest"))
        for column in each["columns"]
    )  # fmt: skip
    return Layer(each["name"], Words(**each["about"]), tuple(each["geometry"]), columns)
