"""Project lists to try things on: as a person makes them, with a slip put in where one is asked."""

import io

import pandas as pd
from openpyxl import Workbook

from stroomstad.tables.projects import FITS

HEADERS = (
    "Project", "Plaats", "Eerste jaar", "Laatste jaar", "Woningen", "Woningtype", "Verwarming",
    "Beloofde kW", "Aansluiting kW", "Profiel", "Prioriteit", "Datum aanvraag",
)  # fmt: skip
ROWS = (
    ("Havenkwartier", "WK000101", 2028, 2030, 300, "appartement", "warmtenet",
     None, None, None, None, None),
    ("Havenkwartier", "WK000101", 2029, 2031, 120, "rijwoning", "warmtepomp",
     264, None, None, None, None),
    ("Basisschool", "WK000102", 2028, None, None, None, None,
     None, 120, "kantoor", 3, "2026-03-31"),
)  # fmt: skip


def cells(*rows, headers=HEADERS, first=2):
    """Cells as `read_sheet` gives them; missing ones as empty text."""
    texts = [["" if value is None else str(value) for value in row] for row in rows or ROWS]
    table = pd.DataFrame(texts, columns=list(headers), dtype=object)
    return table.assign(row=range(first, first + len(texts)))


def changed(**values):
    """One good row of homes, with some cells changed by header (spaces as underscores)."""
    row = dict(zip(HEADERS, ROWS[0], strict=True))
    row |= {name.replace("_", " "): value for name, value in values.items()}
    return tuple(row[name] for name in HEADERS)


# One row with one slip each: the row, and what must be told of it.
SLIPS = {
    "text in a number": (changed(Woningen="ca. 500"), "row 2, Woningen", '"ca. 500"', "500"),
    "hidden signs": (changed(Project="A\x1b[31m"), "row 2, Project", "\u25a1[31m", "anew"),
    "Dutch thousands": (changed(Woningen="1.200"), "row 2, Woningen", "two ways", "1200 or 1.20"),
    "English thousands": (changed(Woningen="1,200"), "row 2, Woningen", "two ways", "1200 or 1.2"),
    "clear thousands": (changed(Woningen="1.200.000"), "Woningen", "thousands", "1200000"),
    "spaced thousands": (changed(Woningen="1 200"), "Woningen", "thousands", "1200"),
    "unit": (changed(Beloofde_kW="350 kW"), "row 2, Beloofde kW", '"350 kW"', "350"),
    "broken": (changed(Woningen="#VERW!"), "row 2, Woningen", "broken formula", "Mend"),
    "dash": (changed(Woningen="-"), "row 2, Woningen", '"-"', "leave the cell empty"),
    "negative": (changed(Woningen="-5"), "row 2, Woningen", "below zero", "zero or more"),
    "fraction": (changed(Woningen="12,5"), "row 2, Woningen", "fraction", "whole"),
    "too large": (changed(Woningen="1e400"), "row 2, Woningen", "larger than", "digits"),
    "negative power": (changed(Beloofde_kW="-5"), "Beloofde kW", "below 0 kW", "positive"),
    "last before first": (changed(Laatste_jaar=2027), "Laatste jaar", "before the first", "2028"),
    "far year": (changed(Eerste_jaar=28), "row 2, Eerste jaar", "2000 to 2100", "four digits"),
    "two years": (changed(Eerste_jaar="2028-2030"), "Eerste jaar", "as a year", "one year"),
    "date for a year": (changed(Eerste_jaar="2028-01-01"), "Eerste jaar", "date", "2029"),
    "unknown type": (changed(Woningtype="kasteel"), "Woningtype", '"kasteel"', "rijwoning"),
    "nearly a type": (changed(Woningtype="apartement"), "Woningtype", "", "perhaps appartement"),
    "unknown heating": (changed(Verwarming="kolen"), "Verwarming", '"kolen"', "warmtenet"),
    "unknown profile": (changed(Profiel="soms"), "Profiel", '"soms"', "kantoor"),
    "unknown category": (changed(Prioriteit="5"), "Prioriteit", '"5"', "1, 2, 3, 4"),
    "no day": (changed(Datum_aanvraag="31-2-2026"), "Datum aanvraag", "calendar", "exists"),
    "month first": (changed(Datum_aanvraag="3/31/2026"), "aanvraag", "calendar", "day before"),
    "no date": (changed(Datum_aanvraag="maart"), "Datum aanvraag", "as a date", "2026-03-31"),
    "both": (changed(Aansluiting_kW=50), "Woningen and Aansluiting kW", "both", "row of its own"),
    "neither": (changed(Woningen=None), "Woningen and Aansluiting kW", "neither", "kW"),
    "zero": (changed(Woningen=0), "Woningen and Aansluiting kW", "neither", "number of homes"),
    "no name": (changed(Project=" "), "row 2, Project", "is empty", "Fill"),
    "no place": (changed(Plaats=None), "row 2, Plaats", "is empty", "Fill"),
    "no year": (changed(Eerste_jaar=None), "row 2, Eerste jaar", "is empty", "Fill"),
    "kW of one home": (changed(Beloofde_kW=1.2), "Beloofde kW", "kW per home", "all 300 homes"),
    "W for kW": (changed(Beloofde_kW=360000), "Beloofde kW", "kW per home", "1.2e+03"),
}  # fmt: skip


def book(rows=ROWS, headers=HEADERS, title="Projecten"):
    """A workbook with a list on its first sheet."""
    made = Workbook()
    sheet = made.active
    sheet.title = title
    for line in (headers, *rows):
        sheet.append(list(line))
    return made


def stored(made):
    """Bytes of a workbook, as a spreadsheet would store it."""
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def fits_of(projects):
    """An answer to every project: half of it fits."""
    size = projects["homes"] + projects["connection_kw"]
    texts = {name: "" for name, column in FITS.columns.items() if str(column.dtype)[0] in "so"}
    numbers = {name: 1.5 for name, column in FITS.columns.items() if column.dtype.type is float}
    rows = pd.DataFrame({**texts, **numbers}, index=projects.index, columns=list(FITS.columns))
    return rows.assign(
        project_id=projects["project_id"], row=projects["row"], fits="partly", fits_alone="yes",
        fits_with_region="no", size_asked=size, size_mid=size / 2, binding="S1",
        binding_kind="station", binding_at="2023-01-17T16:45Z", remedy_payer="grid_operator",
        queue_place=range(1, len(projects) + 1),
    )  # fmt: skip
