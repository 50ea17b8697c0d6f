"""Writes the answers beside the rows of a project list, in the list that was handed in.

The person's own columns, their order and their look stay as they are; answers come to the right
of them, in Dutch or English, under headers that are left alone when the list is read again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from stroomstad.errors import InvalidData, NotFound, raise_faults
from stroomstad.exchange.sheets import (
    LIST_SHEETS,
    ROW,
    header_row,
    is_workbook,
    list_sheet,
    open_workbook,
    read_file,
    read_sheet,
)
from stroomstad.exchange.workbooks import (
    fit_width,
    plain,
    saved,
    set_up_print,
    write_header,
    write_table,
    write_value,
)
from stroomstad.tables.profiles import LOCAL_TIME_ZONE
from stroomstad.tables.projects import ANSWER_MARKS, FITS
from stroomstad.tables.words import (
    KINDS,
    LANGUAGES,
    LINK_KINDS,
    NO_REMEDY,
    PAYERS,
    YES_NO,
    Language,
    Words,
    joined_names,
    sentence,
)

EXPLANATION_SHEETS = {"nl": "Uitleg antwoord", "en": "Explanation of answer"}

_CONTRACTS = {
    "firm": Words("vast", "firm"),
    "time_block": Words("tijdblok", "time block"),
    "non_firm": Words("niet-vast", "non-firm"),
    "hub": Words("energiehub", "energy hub"),
}
# What binds where it is no asset of the grid.
BINDING = {"no station": Words("geen station", "no station")}
UNITS = {
    "1": Words("", ""),
    "1/MW": Words("per MW", "per MW"),
    "year": Words("jaar", "year"),
    "home or kW": Words("woningen of kW", "homes or kW"),
    "as the kind": Words("van de maatregel", "of the measure"),
    "EUR/year": Words("EUR per jaar", "EUR per year"),
    "homes": Words("woningen", "homes"),
}
HELD = Words("Grenzen", "Limits")
# Numbers as a Dutch spreadsheet writes them: no marks between thousands, no zeros before.
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})([.,][0-9]+)?")


@dataclass(frozen=True, slots=True)
class Answer:
    """One column of answers: its name in `FITS`, its header, its words, and what it means.

    What it means in English is what `FITS` declares, unless it stands here.
    """

    key: str
    head: Words
    words: Mapping[str, Words]
    about_nl: str
    about: str = ""

    def header(self, language: Language) -> str:
        """Header in a list, marked as an answer."""
        return f"{ANSWER_MARKS[language]} {self.head.say(language)}"

    def meaning(self, language: Language) -> str:
        """What it means, as a sentence."""
        english = sentence(self.about or FITS.columns[self.key].description)
        return self.about_nl if language == "nl" else f"{english}."


ANSWERS = (
    Answer("fits", Words("past het?", "does it fit?"), YES_NO,
           "Of alles past wanneer het gevraagd is, na wie voorgaat, op het lokale net."),
    Answer("fits_alone", Words("past het als niemand voorgaat?", "would it fit alone?"), YES_NO,
           "Hetzelfde, als er niemand voor in de wachtrij stond."),
    Answer("size_asked", Words("gevraagd (woningen of kW)", "asked (homes or kW)"), {},
           "Woningen, of het vermogen van een aansluiting."),
    Answer("size_low", Words("past, laag (woningen of kW)", "fits, low (homes or kW)"), {},
           "Wat past in het laatste jaar, als alles tegelijk ongunstig is."),
    Answer("size_mid", Words("past, midden (woningen of kW)", "fits, middle (homes or kW)"), {},
           "Wat past in het laatste jaar."),
    Answer("size_high", Words("past, hoog (woningen of kW)", "fits, high (homes or kW)"), {},
           "Hetzelfde, als alles tegelijk gunstig is."),
    Answer("first_year_fits", Words("eerste jaar dat alles past en blijft passen",
                                    "first year in which all of it fits and keeps fitting"), {},
           "Eerste jaar waarin het hele project past en blijft passen; leeg als er geen is."),
    Answer("kw_low", Words("vermogen op station, laag (kW)", "power at station, low (kW)"), {},
           "Piek die het op het station toevoegt, laagste waarde."),
    Answer("kw_mid", Words("vermogen op station, midden (kW)", "power at station, middle (kW)"), {},
           "Piek die het op het station toevoegt."),
    Answer("kw_high", Words("vermogen op station, hoog (kW)", "power at station, high (kW)"), {},
           "Piek die het op het station toevoegt, hoogste waarde."),
    Answer("homes_per_mw", Words("woningen per MW", "homes per MW"), {},
           "Woningen per MW van dat vermogen; leeg bij een aansluiting."),
    Answer("jobs_per_mw", Words("banen per MW", "jobs per MW"), {},
           "Banen per MW van dat vermogen; leeg als de banen niet bekend zijn."),
    Answer("region_mw", Words("vermogen van de regio (MW)", "power from the region (MW)"), {},
           "Wat de regio boven de stad ervoor moet leveren."),
    Answer("fits_with_region", Words("past het ook in de regio?", "does it fit the region too?"),
           YES_NO, "Of de regio dat volgens het vooruitzicht (aangenomen) levert."),
    Answer("binding", Words("wat het eerst vol is (synthetisch net)",
                            "what is full first (synthetic grid)"), BINDING,
           "Station, kabel of onderstation dat het eerst vol is; leeg als alles past."),
    Answer("binding_kind", Words("soort daarvan", "kind of it"), LINK_KINDS,
           "Soort van wat het eerst vol is."),
    Answer("binding_at", Words("vol op (lokale tijd)", "full at (local time)"), {},
           "Kwartier van de ontwerpweek waarin het vol is, op de Nederlandse klok.",
           "quarter of the design week in which it is full, on the Dutch clock"),
    Answer("kw_short", Words("tekort daar (kW)", "lacking there (kW)"), {},
           "Vermogen dat daar ontbreekt."),
    Answer("remedy", Words("goedkoopste maatregel (aangenomen prijs)",
                           "cheapest measure (assumed price)"), KINDS,
           "Goedkoopste maatregel, of maatregelen samen, waarmee deze rij past. Verlichting telt "
           "met een opgegeven vast vermogen, tot haar inzet per kwartier wordt nagebootst.",
           "cheapest measure, or measures together, with which this row fits; relief counts with "
           "a stated firm power until its use per quarter is simulated"),
    Answer("remedy_size", Words("omvang daarvan", "size of it"), {},
           "In de eenheid van de maatregel; leeg bij maatregelen samen."),
    Answer("remedy_eur", Words("investering daarvan (EUR)", "investment of it (EUR)"), {},
           "Investering van de maatregelen samen."),
    Answer("remedy_payer", Words("wie die betaalt", "who pays it"), PAYERS,
           "Wie die als regel betaalt."),
    Answer("remedy_year", Words("eerste jaar daarmee", "first year with that measure"), {},
           "Eerste jaar waarin het met die maatregel past; de doorlooptijd telt mee."),
    Answer("why_no_remedy", Words("waarom geen maatregel", "why no measure"), NO_REMEDY,
           "Waarom er geen maatregel staat hoewel niet alles past."),
    Answer("flexible", Words("contract dat eerder past", "contract that fits earlier"), _CONTRACTS,
           "Contract waarmee een aansluiting eerder past; leeg als er geen is."),
    Answer("flexible_year", Words("eerste jaar met dat contract", "first year with that contract"),
           {}, "Eerste jaar waarin het met dat contract past."),
    Answer("queue_place", Words("plaats in de wachtrij", "place in the queue"), {},
           "Plaats in de wettelijke volgorde, vanaf 1."),
)  # fmt: skip


def answered_workbook(
    source: Path | pd.DataFrame, fits: pd.DataFrame, language: Language = "nl", held: str = ""
) -> bytes:
    """Write the list that was handed in with the answers to the right of every row.

    Parameters
    ----------
    source
        The file that was handed in, or its cells as `read_sheet` gives them. A workbook keeps its
        look and its other sheets, though not its drawings; a delimited file becomes a workbook.
    fits
        As declared in `FITS`; its rows are those of the source.
    language
        Of the answers; earlier ones are replaced, whatever their language.
    held
        Which limits the answers hold to, in that language; told in the explanation.

    Raises
    ------
    InvalidData
        When the source cannot be read any more.
    NotFound
        When the source holds no list.
    """
    book = _opened(source, language) if isinstance(source, Path) else _of_cells(source, language)
    sheet = list_sheet(book)
    first = header_row(sheet) if sheet is not None else 0
    if sheet is None or first == 0:
        raise NotFound(f"{source}: holds no list any more. Hand it in again.")
    _write_answers(sheet, first, fits, language)
    set_up_print(sheet, first)
    for title in EXPLANATION_SHEETS.values():
        if title in book.sheetnames:
            del book[title]
    explained = book.create_sheet(EXPLANATION_SHEETS[language])
    meanings = answer_explanation(language)
    if held:
        meanings.loc[len(meanings)] = [HELD.say(language), "", "", held]
    write_table(explained, meanings, wrap=True)
    return saved(book)


def answer_table(fits: pd.DataFrame, language: Language = "nl") -> pd.DataFrame:
    """Answers as a person reads them: headers and words in one language, local time.

    Parameters
    ----------
    fits
        As declared in `FITS`.
    language
        Of headers and words.
    """
    shown = fits.assign(binding_at=local_time(fits["binding_at"]))
    return pd.DataFrame(
        {
            answer.head.say(language): said(shown[answer.key], answer.words, language)
            for answer in ANSWERS
        }
    )


def said(values: pd.Series, words: Mapping[str, Words], language: Language) -> pd.Series:
    """Say the keys of a closed list in words, also those that stand together."""
    if not words:
        return values
    return values.map(lambda key: joined_names(key, words, language), na_action="ignore")


def answer_explanation(language: Language = "nl") -> pd.DataFrame:
    """What each column of answers means, with its unit and the words it may hold."""
    heads = {
        "nl": ("Kolom", "Eenheid", "Woorden", "Betekenis"),
        "en": ("Column", "Unit", "Words", "Meaning"),
    }
    rows = [
        (
            answer.header(language),
            unit_said(FITS.columns[answer.key].metadata["unit"], language),
            ", ".join(words.say(language) for words in answer.words.values()),
            answer.meaning(language),
        )
        for answer in ANSWERS
    ]
    return pd.DataFrame(rows, columns=list(heads[language]))


def unit_said(unit: str, language: Language) -> str:
    """Say the unit of a declared column."""
    return UNITS[unit].say(language) if unit in UNITS else unit


def _opened(path: Path, language: Language) -> Workbook:
    raw, issues = read_file(path)
    raise_faults(issues)
    if raw is not None and is_workbook(raw):
        book, issues = open_workbook(raw, path.name)
        raise_faults(issues)
        return book
    cells, issues = read_sheet(path)
    if cells is None:
        raise InvalidData(issues)
    return _of_cells(cells, language)


def _of_cells(cells: pd.DataFrame, language: Language) -> Workbook:
    """Make a workbook of cells, with every cell in the row that it came from."""
    book = Workbook()
    sheet = book.active
    sheet.title = LIST_SHEETS[language]
    names = [str(name) for name in cells.columns if name != ROW]
    for at, name in enumerate(names, start=1):
        values = _values(cells[name].tolist())
        write_header(sheet.cell(1, at), name)
        for row, value in zip(cells[ROW], values, strict=True):
            write_value(sheet.cell(int(row), at), value)
        fit_width(sheet, at, [name, *values])
    sheet.freeze_panes = "A2"
    return book


def _values(texts: list[str]) -> list[object]:
    """Numbers where every text of a column is plainly one, else the texts."""
    filled = [text for text in texts if text]
    if not filled or not all(_PLAIN_NUMBER.fullmatch(text) for text in filled):
        return [text or None for text in texts]
    return [plain(float(text.replace(",", "."))) if text else None for text in texts]


def _write_answers(sheet: Worksheet, first: int, fits: pd.DataFrame, language: Language) -> None:
    standing = {str(cell.value): cell.column for cell in sheet[first] if cell.value is not None}
    free = max(standing.values()) + 1
    shown = answer_table(fits, language)
    for answer in ANSWERS:
        headers = (answer.header(each) for each in LANGUAGES)
        at = next((standing[header] for header in headers if header in standing), free)
        free = max(free, at + 1)
        header = answer.header(language)
        write_header(sheet.cell(first, at), header)
        values = [plain(value) for value in shown[answer.head.say(language)]]
        for row, value in zip(fits["row"], values, strict=True):
            write_value(sheet.cell(int(row), at), value)
        fit_width(sheet, at, ["x" * (len(header) // 2), *values])


def local_time(times: pd.Series) -> pd.Series:
    """Local time of quarters told in UTC; missing where there is none."""
    known = times.where(times.notna() & (times != ""), None)
    local = pd.to_datetime(known, utc=True, format="ISO8601").dt.tz_convert(LOCAL_TIME_ZONE)
    return local.dt.strftime("%Y-%m-%d %H:%M")
