"""What tables and columns of a run mean and in which unit they are, as they were declared."""

from __future__ import annotations

from functools import lru_cache

from stroomstad.pages.table_words import SHEETS, Column, Sheet
from stroomstad.tables import city, grid, parameters, plan, projects, results
from stroomstad.tables.schema import Table
from stroomstad.tables.words import Language
from stroomstad.trust import confirm

_MODULES = (city, grid, parameters, plan, projects, results, confirm)
# Units by the end of a name, of columns that are put together after they were declared.
_UNITS = {
    "_kva": "kVA", "_kw": "kW", "_mw": "MW", "_mva": "MVA", "_kwh": "kWh", "_eur": "EUR",
    "_m": "m", "_kwp": "kWp", "_pu": "1", "_kg": "kg", "_v": "V", "_a": "A",
}  # fmt: skip


@lru_cache(maxsize=1)
def declared() -> dict[str, Table]:
    """Every declared table of a run, by name."""
    found: dict[str, Table] = {}
    for module in _MODULES:
        for value in vars(module).values():
            if isinstance(value, Table):
                found.setdefault(str(value.name), value)
    return found


def about_table(name: str, language: Language = "en") -> str:
    """What a table holds; empty when that is not declared."""
    sheet = _sheet(name)
    if sheet is not None:
        return sheet.about.say(language)
    return str(declared()[name].description) if name in declared() else ""


def about_column(table: str, name: str, language: Language) -> dict[str, str]:
    """Title, unit and meaning of a column; its name and an empty text where these are not told."""
    sheet = _sheet(table)
    column = _column(sheet, name)
    columns = declared()[table].columns if table in declared() else {}
    told = columns.get(name)
    unit = str(told.metadata["unit"]) if told is not None else _unit_of(name)
    about = str(told.description) if told is not None else ""
    title = name
    if sheet is not None and column is not None:
        title = column.nl if language == "nl" else column.en
        unit, about = sheet.unit(column), sheet.meaning(column).say(language)
    return {"name": name, "title": title, "unit": unit, "about": about}


def _sheet(table: str) -> Sheet | None:
    return next((sheet for sheet in SHEETS if sheet.table == table), None)


def _column(sheet: Sheet | None, name: str) -> Column | None:
    if sheet is None:
        return None
    return next((column for column in sheet.columns if column.key == name), None)


def _unit_of(name: str) -> str:
    return next((unit for end, unit in _UNITS.items() if name.endswith(end)), "")
