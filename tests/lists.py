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
