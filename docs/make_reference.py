"""Write the reference pages from the declarations, the parameter table and the commands.

`python docs/make_reference.py` writes them; the tests compare them with what it would write.
"""

import contextlib
import io
import json
import os
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pandas as pd

from stroomstad import tables
from stroomstad.cli import main
from stroomstad.components import own_manifests, read_manifest
from stroomstad.components.manifest import KINDS as COMPONENT_KINDS
from stroomstad.components.manifest import MANIFEST
from stroomstad.components.shapes import shape_rows
from stroomstad.sources.file_kinds import CHOICES, FILE_KINDS
from stroomstad.tables.schema import Table

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
GENERATED = "<!-- Written by docs/make_reference.py; change the declarations, not this page. -->"
KINDS = {"s": "text", "o": "text", "f": "number", "i": "whole number", "b": "true or false"}
SAID_OF_A_FAULT = {
    "is not one of": "one of",
    "is below": "at least",
    "occurs more than once": "unique",
    "at least 0 1": "at least 0",
}


def declaring_modules():
    """Names of the modules that declare tables: those of `tables` first, then in other rooms."""
    rooms = [each.name for each in pkgutil.iter_modules(tables.__path__)]
    yield from (f"stroomstad.tables.{name}" for name in sorted(rooms))
    for path in sorted((ROOT / "src" / "stroomstad").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        if "= table(" in path.read_text(encoding="utf-8") and ".tables." not in name:
            yield name


def declared_tables():
    """Every declared table by name, in the order in which the modules declare them."""
    found = {}
    for module in declaring_modules():
        for value in vars(import_module(module)).values():
            if isinstance(value, Table):
                found.setdefault(value.name, value)
    return found


def row(*cells):
    """One row of a Markdown table."""
    return (
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
    )


def column_rules(column):
    """What a column may hold, beyond its type."""
    rules = [str(check.error) for check in column.checks if check.error]
    for wrong, right in SAID_OF_A_FAULT.items():
        rules = [rule.replace(wrong, right) for rule in rules]
    return "; ".join([*rules, *(["may be missing"] if column.nullable else [])])


def table_lines(table):
    """The section of one table."""
    yield from ("", f"## {table.name}", "", table.description, "")
    yield row("column", "type", "unit", "what it means", "what it may be")
    yield row("---", "---", "---", "---", "---")
    for name, column in table.columns.items():
        yield row(
            f"`{name}`",
            KINDS[str(column.dtype)[0]],
            column.metadata["unit"],
            column.description,
            column_rules(column),
        )


def tables_page():
    """The page on tables and columns."""
    lines = ["# Tables", "", GENERATED, ""]
    lines += [
        "Every table that passes between rooms or is kept in a run, with the unit of each column.",
        "Power and energy are never negative; load and feed-in have columns of their own.",
        "Coordinates are EPSG:28992 in metres, times are UTC and name the start of a quarter.",
    ]
    for table in declared_tables().values():
        lines += table_lines(table)
    return "\n".join(lines) + "\n"


def parameters_page():
    """The page on parameters."""
    table = pd.read_csv(ROOT / "data/national/parameters.csv", dtype=str, keep_default_na=False)
    lines = ["# Parameters", "", GENERATED, ""]
    lines += [
        "Dated values: the only place where numbers of the world stand. *Raises room* says which",
        "side of the band leaves more room for homes: 1 the high side, -1 the low side, 0 neither.",
        "*Allowed* is the range outside which a value is refused as a slip of sign or unit.",
        "Status: *sourced* (published), *derived* (computed from what is published), *assumed*",
        "(our own, with the reason) or *calibrated* (set so that a published number comes out).",
    ]
    for values in table.to_dict("records"):
        until = f" until {values['valid_to']}" if values["valid_to"] else ""
        lines += ["", f"## {values['parameter']}", "", f"{values['about']}.", ""]
        lines += [f"*Dutch:* {values['about_nl']}.", ""]
        heads = ["low", "middle", "high", "unit", "allowed", "raises room", "status", "holds from"]
        lines += [row(*heads)]
        lines += [row(*["---"] * 8)]
        lines += [
            row(
                values["low"], values["mid"], values["high"], values["unit"],
                f"{values['lowest_allowed']} to {values['highest_allowed']}",
                values["raises_room"], values["status"], values["valid_from"] + until,
            )
        ]  # fmt: skip
        lines += ["", f"Source: {values['source']}."]
    return re.sub(r"\.\.(\s|$)", r".\1", "\n".join(lines)) + "\n"


def read_catalogue(name):
    """Rows of one of the bundled tables of the world, every cell as written."""
    table = pd.read_csv(ROOT / f"data/national/{name}.csv", dtype=str, keep_default_na=False)
    return table.to_dict("records")


def table_of(heads, rows):
    """Lines of one Markdown table."""
    return ["", row(*heads), row(*["---"] * len(heads)), *(row(*cells) for cells in rows)]


def band(values, name, ends=("_low", "", "_high")):
    """Lowest, middle and highest value of a column, or one value where they are the same."""
    found = [values[f"{name}{end}"] for end in ends]
    return found[0] if len(set(found)) == 1 else " / ".join(found)


def ended(text):
    """A text as a sentence."""
    return text if text.endswith(".") else f"{text}."


def measure_lines(values):
    """The section of one kind of measure."""
    yield from ("", f"### {values['kind']}", "", ended(values["about"]), "")
    yield f"*Dutch:* {ended(values['about_nl'])}"
    per = "m of cable" if values["cost_per"] == "m" else values["unit"]
    yield from table_of(
        ["firm kW", f"EUR per {per}", "EUR/year", "CO2 kg/year", "lead time", "life", "payer",
         "status"],
        [[band(values, "kw") or "-", band(values, "investment_eur"), band(values, "yearly_eur"),
          values["co2_kg_per_year"], f"{values['lead_time_years']} years",
          f"{values['life_years']} years", values["payer"], values["status"]]],
    )  # fmt: skip
    yield from (
        "",
        f"Group `{values['group']}`, unit {values['unit']}, acts at `{values['acts_at']}`,",
        f"course `{values['shape']}`, prices of {values['price_year']},",
        f"owner as a rule: {values['owner']}.",
        "",
        f"Source: {ended(values['source'])}",
    )


def home_type_lines():
    """The section on kinds of home."""
    yield from ("", "## Kinds of home", "")
    yield from (
        "What a new home adds to the evening peak at station level. A pair that is not listed",
        "takes `any` type with its heating, and else `any` with `unknown`.",
    )
    heads = ["type", "heating", "kW low / middle / high", "status", "source"]
    yield from table_of(
        heads,
        [
            [v["home_type"], v["heating"], band(v, "kw"), v["status"], v["source"]]
            for v in read_catalogue("home_types")
        ],
    )


def outlook_lines():
    """The section on what nobody decides."""
    yield from ("", "## Outlook", "")
    yield from (
        "What nobody decides, at the end of each year: in the case with least room, in the middle,",
        "and in that with most.",
    )
    quantities = {}
    for values in read_catalogue("outlook"):
        quantities.setdefault(values["quantity"], []).append(values)
    for name, rows in quantities.items():
        yield from ("", f"### {name}", "", ended(rows[0]["about"]), "")
        yield f"*Dutch:* {ended(rows[0]['about_nl'])}"
        heads = ["year", f"low / middle / high [{rows[0]['unit']}]", "status"]
        yield from table_of(
            heads, [[v["year"], band(v, "", ("low", "mid", "high")), v["status"]] for v in rows]
        )
        yield from ("", *(f"Source: {ended(said)}" for said in unique(rows, "source")))


def unique(rows, name):
    """Values of one column, each once, in their order."""
    return list(dict.fromkeys(values[name] for values in rows))


def measures_page():
    """The page on kinds of measure, kinds of home and the outlook."""
    lines = ["# Measures, homes and outlook", "", GENERATED, ""]
    lines += [
        "The catalogue that every plan starts from. Bands read low / middle / high, lowest number",
        "first; a plan may state its own power, lead time and euros. The firm kW of relief is what",
        "may be counted on in the peak window of working days, until dispatch is simulated. Where",
        "none stands, the rating or the shared limit tells what a unit does.",
        "",
        "## Kinds of measure",
    ]
    for values in read_catalogue("measures"):
        lines += measure_lines(values)
    return "\n".join([*lines, *home_type_lines(), *outlook_lines()]) + "\n"


def example_manifest():
    """Manifest of the example component, which stands outside the package."""
    (path,) = (ROOT / "examples" / "component").glob("src/*/component.json")
    manifest, issues = read_manifest(json.loads(path.read_text(encoding="utf-8")))
    if manifest is None:
        raise ValueError(issues)
    return manifest


def component_lines(manifest):
    """The section of one component."""
    said = manifest.document
    yield from ("", f"### {manifest.id}", "", f"*{manifest.name.en}.* {manifest.about.en}", "")
    yield f"*Dutch:* {manifest.name.nl}. {manifest.about.nl}"
    kind = COMPONENT_KINDS[manifest.kind].en
    yield from (
        "",
        f"Version {manifest.version}, {kind}; licence {manifest.licence}; {manifest.owner}.",
    )
    inputs = [
        [f"`{name}`", ", ".join(f"`{column}`" for column in columns)]
        for name, columns in manifest.inputs.items()
    ]
    yield from table_of(["reads table", "columns"], inputs)
    yield from output_lines(manifest)
    sources = [[v["source"]["en"], v["vintage"], v["licence"]] for v in said["data"]]
    yield from table_of(["data", "vintage", "licence"], sources)
    yield from ("", "Does not know:", "", *(f"- {each['en']}" for each in said["limits"]))
    evidence = (f"- {each['about']['en']} `{each['link']}`" for each in said["evidence"])
    yield from ("", "Evidence:", "", *evidence)
    category = said["algorithm_register"]["publication_category"]
    personal = "processed" if said["personal_data"]["processed"] else "none"
    yield from ("", f"Personal data: {personal}. Category in the register: *{category}*.")


def output_lines(manifest):
    """Tables, layers, indicators and parameters of one component."""
    tables = manifest.document["outputs"].get("tables", [])
    if tables:
        rows = [[f"`{each['name']}`", each["about"]["en"]] for each in tables]
        yield from table_of(["gives table", "what it tells"], rows)
    for layer in manifest.layers:
        rows = [[f"`{v.name}`", v.kind, v.unit, v.about.en] for v in layer.columns]
        yield from ("", f"Layer `{layer.name}` ({', '.join(layer.geometry)}): {layer.about.en}")
        yield from table_of(["column", "type", "unit", "what it means"], rows)
    if manifest.indicators:
        rows = [[f"`{v.id}`", v.unit, v.better, v.about.en] for v in manifest.indicators]
        yield from table_of(["indicator", "unit", "better", "what it tells"], rows)
    if manifest.parameters:
        rows = [
            [f"`{v['name']}`", f"{v['value']:g}", f"{v['lowest']:g} to {v['highest']:g}",
             v["unit"], v["status"], v["source"]]
            for v in manifest.parameters.values()
        ]  # fmt: skip
        yield from table_of(["parameter", "value", "allowed", "unit", "status", "source"], rows)


def components_page():
    """The page on components and their manifest."""
    lines = ["# Components", "", GENERATED, ""]
    lines += [
        "Every calculation says the same things of itself: what it reads and gives, on which data",
        "it rests, what it does not know, how it was held against something else, and what the",
        "Dutch algorithm register asks. How to make one: {doc}`/how-to/component`.",
        "",
        "## The twin's own engines",
    ]
    for manifest in own_manifests():
        lines += component_lines(manifest)
    lines += ["", "## The example", "", "In `examples/component`, outside the package."]
    lines += component_lines(example_manifest())
    lines += ["", "## Keys of `component.json`", ""]
    lines += [
        "`nl` and `en` are the same text in Dutch and English. The keys below `algorithm_register`",
        "are those of version 1.0 of its publication standard, as its own form has them; a later",
        "version may exist. We ask for more of them than the register does.",
    ]
    rows = [[f"`{key}`", *rest] for key, *rest in shape_rows(MANIFEST)]
    lines += table_of(["key", "holds", "needed", "what it says"], rows)
    return "\n".join(lines) + "\n"


def files_page():
    """The page on the files of a city folder."""
    lines = ["# Files of a city", "", GENERATED, ""]
    lines += [
        "Each is named in `city.toml`, in a section of its own, so that a file may be called",
        "anything. How to bring a city: {doc}`/how-to/own_city`.",
    ]
    needed = [kind for kind in FILE_KINDS if kind.default is None]
    optional = [kind for kind in FILE_KINDS if kind.default is not None]
    lines += ["", "## Without these there is no city"]
    for kind in needed:
        lines += kind_lines(kind)
    lines += ["", "## These may be left out", ""]
    lines += ["What is assumed instead stands in the notes of every run, with status *assumed*."]
    for kind in optional:
        lines += kind_lines(kind)
    lines += ["", "## Choices below `[places]`", "", "Each may be left out too."]
    lines += table_of(
        ["key", "holds", "without it"],
        [[f"`{each.key}`", each.holds, each.default.en] for each in CHOICES],
    )
    lines += ["", "## What others published, below `[published]`", ""]
    lines += [
        "`stations`, a number of stations, with `stations_source`, who published it. The report",
        "sets it beside the number of the model, which is not fitted to it; without it, nothing",
        "is said of one.",
    ]
    return "\n".join(lines) + "\n"


def kind_lines(kind):
    """The section of one kind of file."""
    yield from ("", f"### {kind.key}", "", f"{kind.name.en.capitalize()}: {kind.holds}.", "")
    yield from (f"- Form: {kind.form}.", f"- Published by {kind.published}.")
    if kind.default is not None:
        yield f"- Without it: {kind.default.en}"


def make_targets():
    """Name and meaning of every command of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^([a-z-]+):.*?## (.*)$", text, re.MULTILINE)


def told(*words):
    """What the command line says of itself."""
    os.environ["COLUMNS"] = "90"
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        main([*words, "--help"])
    return said.getvalue()


def subcommands(*above):
    """Commands of `stroomstad` by their words: "plan", and those below it, as "plan check"."""
    for name in re.findall(r"^    ([a-z]+) +\S", told(*above), re.MULTILINE):
        yield " ".join([*above, name])
        yield from subcommands(*above, name)


def commands_page():
    """The page on the commands of the Makefile and of `stroomstad`."""
    lines = ["# Commands", "", GENERATED, "", "## make", "", row("command", "what it does")]
    lines += [row("---", "---")]
    lines += [row(f"`make {name}`", about) for name, about in make_targets()]
    lines += [
        "",
        "## stroomstad",
        "",
        "Exit status: 0 done, 1 faulty data, 2 wrong use, 3 solver failed, 130 stopped.",
    ]
    lines += ["", "```text", told().rstrip(), "```"]
    for name in subcommands():
        lines += ["", f"### stroomstad {name}", "", "```text", told(*name.split()).rstrip(), "```"]
    return "\n".join(lines) + "\n"


PAGES = {
    "tables.md": tables_page,
    "parameters.md": parameters_page,
    "measures.md": measures_page,
    "components.md": components_page,
    "files.md": files_page,
    "commands.md": commands_page,
}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
