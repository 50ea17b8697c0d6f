"""A page becomes HTML and PDF without losing, executing or inventing anything."""

import html.parser
import re

import pandas as pd
import pytest
import typst

from stroomstad.pages.page import (
    Cell,
    Column,
    Fact,
    Notes,
    Page,
    Picture,
    Section,
    Shown,
    Table,
    Text,
    filled_rows_of,
    marks_on,
    render_html,
    render_pdf,
    rows_of,
    show_table,
)

EVIL = """</p></style><script>alert('x')</script> #panic("x") $y$ *z* <a> @b `c` \\ {d} [e] //f"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 9"><path d="M1 1L80 8" stroke="#000"/>'
    "</svg>"
)


def make_page(text="Tekst", *, rows=2, one_sheet=False, language="nl", created_on="2026-03-01"):
    table = Table(
        text,
        (Column("Naam"), Column("Getal", numeric=True)),
        tuple((Cell(text, text, "assumed"), Cell("1.000", "", "modelled")) for _ in range(rows)),
        note=text,
    )
    folded = Table("Getallen", table.columns, table.rows[:1], folded=True)
    parts = (Text(text), Picture(SVG, text, text), table, folded, Notes(((text, text),) * 3))
    return Page(
        language=language,
        title=text,
        subtitle=text,
        lead=text,
        facts=(Fact(text, text, text, "synthetic"),),
        sections=(Section(text, parts), Section("Naast elkaar", parts[:2], beside=True)),
        footer=(text,),
        one_sheet=one_sheet,
        created_on=created_on,
    )


class Reader(html.parser.HTMLParser):
    """Collects elements and their attributes, and minds that each is closed."""

    VOID = ("meta", "img", "col", "br")

    def __init__(self):
        super().__init__()
        self.open, self.found, self.text = [], [], []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(text):
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def sheets(page):
    """Number of sheets of the PDF, counted in its page tree."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", render_pdf(page)))


def test_html_is_well_formed_and_fetches_nothing():
    reader = read(render_html(make_page()))
    fetched = [
        value
        for _, attributes in reader.found
        for name, value in attributes.items()
        if name in ("src", "href") and not value.startswith(("data:", "#"))
    ]
    assert fetched == []
    assert not {"script", "link", "iframe"} & {tag for tag, _ in reader.found}


def test_html_says_its_language_and_its_title_once():
    reader = read(render_html(make_page("Titel", language="en")))
    assert ("html", {"lang": "en"}) in reader.found
    assert [tag for tag, _ in reader.found].count("h1") == 1


def test_every_heading_of_a_table_tells_what_it_heads():
    reader = read(render_html(make_page()))
    heads = [attributes for tag, attributes in reader.found if tag == "th"]
    assert heads
    assert {attributes["scope"] for attributes in heads} == {"col", "row"}


def test_every_picture_has_its_message_in_words():
    reader = read(render_html(make_page("Een boodschap")))
    alts = [attributes["alt"] for tag, attributes in reader.found if tag == "img"]
    assert alts == ["Een boodschap"] * 2


def test_what_scrolls_can_be_reached_by_the_keyboard_and_has_a_name():
    reader = read(render_html(make_page()))
    regions = [attributes for _, attributes in reader.found if attributes.get("role") == "region"]
    names = {attributes.get("id") for _, attributes in reader.found}
    assert regions
    assert all(one["tabindex"] == "0" and one["aria-labelledby"] in names for one in regions)


def test_no_two_elements_share_an_id():
    reader = read(render_html(make_page()))
    ids = [attributes["id"] for _, attributes in reader.found if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_a_mark_is_told_to_who_cannot_see_it_and_explained_once():
    page = make_page()
    assert marks_on(page) == ["assumed", "synthetic", "modelled"]
    text = " ".join(read(render_html(page)).text)
    assert "(aangenomen)" in text
    assert text.count("op een synthetisch net, uit open data nagebouwd") == 1


def test_a_page_without_marks_explains_none():
    page = make_page()
    plain = Page("nl", "t", "s", "l", (), (), ())
    assert marks_on(plain) == []
    assert 'class="marks"' in render_html(page)
    assert 'class="marks"' not in render_html(plain)


def test_html_shows_texts_as_they_are():
    reader = read(render_html(make_page(EVIL)))
    assert "script" not in {tag for tag, _ in reader.found}
    assert EVIL in "".join(reader.text)


def test_pdf_shows_texts_as_they_are():
    assert sheets(make_page(EVIL)) >= 1
    # A compiler that took the text for markup would stop at the first instruction in it.
    with pytest.raises(typst.TypstError):
        typst.compile(b'#panic("x")', format="pdf")


@pytest.mark.parametrize("text", ["a\0b", "\x07", "中文 العربية 🏠", "\n\n= Kop", "x" * 3000, " "])
def test_odd_signs_stop_neither_html_nor_pdf(text):
    page = make_page(text)
    read(render_html(page))
    assert render_pdf(page).startswith(b"%PDF-")


def test_pdf_is_tagged_and_knows_its_language_and_title():
    pdf = render_pdf(make_page("Wat past er"))
    assert b"/Marked true" in pdf
    assert b"/Lang (nl)" in pdf or b"/Lang(nl)" in pdf
    assert b"Wat past er" in pdf
    assert b"pdfuaid" in pdf


def test_the_same_page_gives_the_same_bytes():
    assert render_html(make_page()) == render_html(make_page())
    assert render_pdf(make_page()) == render_pdf(make_page())


def test_the_date_of_a_pdf_is_that_of_the_calculation():
    assert b"20260301" in render_pdf(make_page())
    assert b"20270301" in render_pdf(make_page(created_on="2027-03-01T10:00:00Z"))
    assert b"19700101" in render_pdf(make_page(created_on=""))


def test_a_page_for_one_sheet_is_set_smaller_until_it_fits():
    assert sheets(make_page(rows=20)) > 1
    assert sheets(make_page(rows=20, one_sheet=True)) == 1


def test_a_page_that_cannot_fit_on_one_sheet_is_still_whole():
    assert sheets(make_page(rows=400, one_sheet=True)) > 1


def test_a_long_table_breaks_over_sheets():
    short, long = (sheets(make_page(rows=rows)) for rows in (2, 200))
    assert long >= short + 4


def test_a_folded_table_opens_on_a_click():
    tags = [tag for tag, _ in read(render_html(make_page())).found]
    assert tags.count("details") == tags.count("summary") == 1


def test_a_column_that_is_not_there_is_named_and_not_blank():
    shown = [
        Shown("Naam", lambda row: Cell(row["name"]), ("name",)),
        Shown("Jaar", lambda row: Cell(str(row["year"])), ("year",)),
    ]
    table = show_table(pd.DataFrame({"name": ["a"]}), shown, "Tabel", "nl", note="Let op.")
    assert [column.title for column in table.columns] == ["Naam"]
    assert table.note == "Let op. Niet in deze berekening: Jaar."


def test_a_table_without_rows_is_an_answer_and_one_without_a_column_is_none():
    rows = pd.DataFrame({"a": [1]})
    assert rows_of({"t": rows}, "t", "a") is rows
    assert rows_of({"t": rows}, "t", "b") is None
    assert rows_of({"t": rows.head(0)}, "t", "a") is not None
    assert filled_rows_of({"t": rows.head(0)}, "t", "a") is None
    assert filled_rows_of({"t": rows}, "t", "a") is rows
    assert rows_of({"t": None}, "t") is None
    assert rows_of({}, "t") is None
