"""Writes the empty project list to start from: examples, drop-downs, and what each column means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from stroomstad.exchange.sheets import LIST_SHEETS
from stroomstad.exchange.workbooks import fit_width, saved, write_table, write_value

_EXPLAINED = {
    "nl": "Kolom", "en": "Column", "needed_nl": "Verplicht", "needed": "Required",
    "unit": "Eenheid / unit", "values_nl": "Keuzes", "values": "Choices",
    "also": "Ook herkend / also accepted", "about_nl": "Uitleg", "about": "Explanation",
}  # fmt: skip
_EXPLANATION_SHEETS = {"nl": "Uitleg", "en": "Explanation"}
_NOTES = (
    (
        (
            "De voorbeelden op het eerste blad zijn echte plekken in Almere met aangenomen "
            "getallen: wis ze voordat u uw eigen projecten invult."
        ),
        (
            "The examples on the first sheet are real places in Almere with assumed numbers: "
            "delete them before you fill in your own projects."
        ),
    ),
    (
        ("Eén rij per deel van een project. Een rij gaat over woningen óf over één aansluiting."),
        "One row per part of a project. A row is about homes or about one connection.",
    ),
    (
        (
            "Kolomnamen en keuzes mogen Nederlands of Engels zijn; de volgorde van de kolommen "
            "is vrij, en eigen kolommen mogen erbij."
        ),
        (
            "Headers and choices may be Dutch or English; the order of the columns is free, and "
            "columns of your own may be added."
        ),
    ),
    (
        (
            "Schrijf getallen zonder punt of komma tussen de duizendtallen (1200), en plak "
            "waarden in plaats van formules."
        ),
        (
            "Write numbers without marks between the thousands (1200), and paste values instead "
            "of formulas."
        ),
    ),
)
# Rows in which a new value can be chosen from a list.
_ROWS_OFFERED = 10_001


def template_bytes(
    examples: pd.DataFrame,
    explanation: pd.DataFrame,
    choices: Mapping[str, list[str]],
    language: Literal["nl", "en"] = "nl",
) -> bytes:
    """Write the template of a project list as a workbook.

    Parameters
    ----------
    examples
        Rows to begin with, under the headers of the list in the language.
    explanation
        What each column means: ``nl, en, needed_nl, needed, unit, values_nl, values, also,
        about_nl, about``, in the order of the columns.
    choices
        Words to choose from, by header of the column with a closed list.
    language
        Of the list itself; it is explained in both.
    """
    book = Workbook()
    book.remove(book.active)
    sheet = book.create_sheet(LIST_SHEETS[language])
    write_table(sheet, examples)
    sheet.freeze_panes = "B2"
    headers = [str(name) for name in examples.columns]
    about = explanation["about_nl" if language == "nl" else "about"]
    for at, (header, text) in enumerate(zip(headers, about, strict=True), start=1):
        sheet.cell(1, at).comment = Comment(text, "Stroomstad", height=120, width=320)
        if header in choices:
            _offer(sheet, at, choices[header])
            fit_width(sheet, at, [header, *choices[header]])
    told = explanation.rename(columns=_EXPLAINED)[list(_EXPLAINED.values())]
    second = book.create_sheet(_EXPLANATION_SHEETS[language])
    write_table(second, told, wrap=True)
    for row, (dutch, english) in enumerate(_NOTES, start=len(told) + 3):
        write_value(second.cell(row, 1), dutch)
        write_value(second.cell(row + len(_NOTES) + 1, 1), english)
    return saved(book)


def _offer(sheet: Worksheet, at: int, words: list[str]) -> None:
    letter = get_column_letter(at)
    offered = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True)
    # A warning only: words of the other language are good too.
    offered.errorStyle = "warning"
    offered.showErrorMessage = True
    offered.errorTitle = "Stroomstad"
    offered.error = "Dit woord staat niet in de lijst. / This word is not in the list."
    offered.add(f"{letter}2:{letter}{_ROWS_OFFERED}")
    sheet.add_data_validation(offered)
