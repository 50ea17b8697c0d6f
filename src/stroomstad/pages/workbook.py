"""The tables of a plan as a workbook: headers in words, and a first sheet that explains them."""

from __future__ import annotations

import pandas as pd

from stroomstad.exchange import local_time, said, unit_said, workbook_bytes
from stroomstad.pages.page import Tables
from stroomstad.pages.table_words import SHEETS, Sheet
from stroomstad.pages.words import FIRM_POWER, SYNTHETIC
from stroomstad.tables.words import Language, Words

_ABOUT = {
    "nl": ("Blad", "Kolom", "Eenheid", "Betekenis"),
    "en": ("Sheet", "Column", "Unit", "Meaning"),
}
_ABOUT_TITLE = Words("Over", "About")
_REGION = (
    Words("De regio is aangenomen", "The region is assumed"),
    Words(
        "Hoeveel vermogen het landelijke net de stad laat, is niet gepubliceerd. Wat de regio "
        "toelaat, is een aanname en staat los van het lokale antwoord.",
        "How much power the national grid leaves the city is not published. What the region "
        "allows is an assumption and stands apart from the local answer.",
    ),
)
_TIMES = (
    Words("Tijden", "Times"),
    Words(
        "Kwartieren staan in Nederlandse tijd en vallen in een ontwerpweek van het basisjaar, die "
        "voor elk jaar staat.",
        "Quarters are told on the Dutch clock and lie in a design week of the base year, which "
        "stands for every year.",
    ),
)


def tables_workbook(tables: Tables, language: Language = "nl") -> bytes:
    """Write the tables of a plan that planners take into a spreadsheet.

    Parameters
    ----------
    tables
        Of the run of a plan; those that are missing are left out.
    language
        Of titles, headers, words and explanation.
    """
    shown = [(sheet, rows) for sheet in SHEETS if (rows := _rows(sheet, tables)) is not None]
    return workbook_bytes(
        {sheet.title.say(language): _worded(sheet, rows, language)
         for sheet, rows in shown},
        _explained(shown, tables, language),
        _ABOUT_TITLE.say(language),
    )  # fmt: skip


def _rows(sheet: Sheet, tables: Tables) -> pd.DataFrame | None:
    """Rows of a sheet; measures with the unit of their kind."""
    rows, kinds = tables.get(sheet.table), tables.get("kinds")
    if sheet.table == "measures" and rows is not None and kinds is not None:
        return rows.assign(unit=rows["kind"].map(kinds.set_index("kind")["unit"]))
    return rows


def _worded(sheet: Sheet, rows: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Columns that are known, in words and in their order; then any others, as they are called."""
    columns = {}
    for column in sheet.columns:
        if column.key in rows:
            values = rows[column.key]
            values = local_time(values) if column.form == "moment" else values
            header = Words(column.nl, column.en).say(language)
            columns[header] = said(values, column.words, language)
    known = {column.key for column in sheet.columns}
    others = {str(name): rows[name] for name in rows if name not in known}
    return pd.DataFrame(columns | others)


def _explained(
    shown: list[tuple[Sheet, pd.DataFrame]], tables: Tables, language: Language
) -> pd.DataFrame:
    """What holds for all of it, and what every sheet and column means."""
    lines = [("", title.say(language), "", text.say(language))
             for title, text in (SYNTHETIC, _REGION, FIRM_POWER, _TIMES)]  # fmt: skip
    held = tables.get("limits")
    if held is not None:
        said = held["about_nl" if language == "nl" else "about"].iloc[0]
        lines.append(("", Words("Grenzen", "Limits").say(language), "", str(said)))
    for sheet, rows in shown:
        title = sheet.title.say(language)
        lines.append((title, "", "", sheet.about.say(language)))
        lines += [
            (
                title,
                Words(column.nl, column.en).say(language),
                unit_said(sheet.unit(column), language),
                sheet.meaning(column).say(language),
            )
            for column in sheet.columns
            if column.key in rows
        ]
    return pd.DataFrame(lines, columns=list(_ABOUT[language]))
