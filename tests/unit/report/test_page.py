"""The page stands on its own, in two languages, and shows what the tables say."""

import html.parser
import itertools
import re
import time

import pandas as pd
import pytest
from proefstad import FACTS, make_tables

from stroomstad.report import render_files, render_report
from stroomstad.report.page import _errors

NAMES = [
    "boundary",
    "city_room",
    "year",
    "regional_curve",
    "stations",
    "substations",
    "nodes",
    "cables",
    "links",
    "load_duration",
    "reconciliation",
    "sectors",
    "notes",
    "station_counts",
    "distances",
    "files",
    "calibration",
    "flow_facts",
    "evidence",
    "parameters",
]


class Reader(html.parser.HTMLParser):
    """Collects elements, languages and what the page would fetch."""

    VOID = ("meta", "input", "br", "link", "img")

    def __init__(self):
        super().__init__()
        self.open, self.fetched, self.ids, self.links, self.languages = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        if tag not in self.VOID:
            self.open.append(tag)
        self.fetched += [
            known[name] for name in ("src", "srcset", "poster", "data", "action") if name in known
        ]
        if tag in ("link", "iframe", "img", "object", "embed"):
            self.fetched.append(tag)
        self.ids += [known["id"]] if "id" in known else []
        self.links += [known["href"]] if "href" in known else []
        if tag in ("span", "tspan") and "lang" in known:
            self.languages.append(known["lang"])

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def _read(page):
    reader = Reader()
    reader.feed(page)
    return reader


@pytest.fixture(scope="module")
def tables():
    return make_tables()


@pytest.fixture(scope="module")
def page(tables):
    return render_report(tables, FACTS)


@pytest.fixture(scope="module")
def read(page):
    return _read(page)


def test_every_element_is_closed(read):
    assert read.open == []


def test_the_page_fetches_nothing(page, read):
    assert read.fetched == []
    assert re.findall(r"@import|url\((?!#)", page) == []
    assert "default-src 'none'" in page


def test_links_stay_on_the_page_and_lead_somewhere(read):
    assert all(link.startswith("#") for link in read.links)
    assert {link[1:] for link in read.links} <= set(read.ids)


def test_no_two_elements_share_an_identifier(read):
    assert len(read.ids) == len(set(read.ids))


def test_every_dutch_text_has_its_english_one_beside_it(read):
    assert read.languages[::2] == ["nl"] * (len(read.languages) // 2)
    assert read.languages[1::2] == ["en"] * (len(read.languages) // 2)


def test_dutch_comes_first(page):
    assert '<html lang="nl">' in page
    assert '<input type="radio" name="language" id="language-nl" checked>' in page


def test_the_answer_is_a_range(page):
    assert re.search(
        r'<p class="range"><b><span lang="nl">4\.210</span>.*– <span lang="nl">23\.904', page
    )


def test_the_answer_says_what_it_mainly_follows_from(page):
    why = page[page.index('class="why"') : page.index('class="contents"')]
    assert "Waar de lokale ruimte vooral uit volgt" in why
    assert "synthetisch" in why
    assert "is het vermogen onbekend en aangenomen" in why
    for number in ("45 %", "50 %", "1,00", "1,50", "2,2", "10"):
        assert number in re.sub("<[^>]+>", "", why)
    assert why.index("Het lage geval") > why.index("kW per nieuwe woning")


def test_the_reason_that_binds_most_stands_first(tables):
    kinds = tables["room"].assign(binding_kind="mv_cable")
    for rows, first, absent in ((tables["room"], "station", None), (kinds, "midden", "marge")):
        page = render_report({**tables, "room": rows}, FACTS)
        why = page[page.index('class="why"') : page.index('class="contents"')]
        assert re.search(r'class="kind">(<span lang="nl">)?' + first, why)
        assert absent is None or absent not in why


def test_the_answer_says_whether_its_middle_was_checked(tables, page):
    assert "getoetst met een wisselstroomberekening" in page
    doubtful = tables["city_room"].assign(checked="not checked")
    page = render_report({**tables, "city_room": doubtful}, FACTS)
    assert "getoetst met een wisselstroomberekening" not in page
    assert "De middelste waarde is niet bevestigd" in page


def test_the_map_says_that_areas_share_cables(page):
    near = page[page.index('id="map-section"') : page.index('id="map"')]
    assert "Wijken delen kabels" in near
    assert "11.385" in near


def test_areas_of_the_map_can_be_reached_by_keyboard(page):
    assert 'tabindex="-1"' not in page
    assert page.count('data-area="') == page.count(
        '" aria-label="', page.index('id="map"'), page.index('class="legend"')
    )


def test_every_table_has_a_caption_and_headings_with_a_scope(page):
    assert page.count("<table") == page.count("<caption>")
    assert re.findall(r"<th(?! scope=)[ >]", page) == []


def test_headings_never_skip_a_level(page):
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_a_solved_year_has_a_section(tables, page):
    year = page[page.index('id="year"') : page.index('id="flow"')]
    assert "0,950" in year
    assert "vr 1 dec 2023 18:15" in year
    without = render_report({k: v for k, v in tables.items() if k != "year"}, FACTS)
    assert 'id="year"' not in without


def test_known_substations_are_not_called_assumed(tables):
    known = tables["substations"].assign(rating_known=True)
    page = render_report({**tables, "substations": known}, FACTS)
    assert "hun vermogens zijn bekend" in page


def test_assumed_places_of_substations_are_counted(tables, page):
    assert "aangenomen plaatsen:" not in page
    known = tables["substations"].assign(place_known=[True, False])
    told = render_report({**tables, "substations": known}, FACTS)
    assert "aangenomen plaatsen:" in told
    assert "assumed places:" in told


def test_the_region_is_called_assumed(page):
    region = page[page.index('id="region"') : page.index('id="reconciliation"')]
    assert "aangenomen" in region
    assert "assumed" in region


@pytest.mark.parametrize(
    "text", ["Noordwijk", "MSR-0001-003", "di 17 jan 18:15", "257,4", "1.204", "0f0f0f", "1,73"]
)
def test_what_the_tables_say_stands_on_the_page(page, text):
    assert text in page


def test_the_published_number_of_stations_is_placed_in_the_range(page):
    assert re.search(r"<strong>800</strong>.*binnen.*onder", page)


def test_every_parameter_stands_on_the_page(tables, page):
    assert all(f">{name}<" in page for name in tables["parameters"]["parameter"])


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_table_leaves_a_page(tables, name):
    page = render_report({key: rows for key, rows in tables.items() if key != name}, FACTS)
    assert _read(page).open == []


def test_a_run_with_areas_and_room_only_leaves_a_page(tables):
    page = render_report({name: tables[name] for name in ("areas", "room")}, {})
    assert "Dit zit niet in deze berekening." in page
    assert "hoogstens" in page


def test_an_empty_load_duration_is_not_in_the_run(tables):
    page = render_report({**tables, "load_duration": pd.DataFrame()}, FACTS)
    assert page.count("Dit zit niet in deze berekening.") == 1


def test_names_cannot_bring_markup_in(tables):
    bad = '</td><script>alert("x")</script>'
    harmful = {name: rows.copy() for name, rows in tables.items()}
    for name, column in (
        ("areas", "area_name"),
        ("room", "area_name"),
        ("room", "binding"),
        ("stations", "station_id"),
        ("load_duration", "station_id"),
        ("notes", "nl"),
        ("notes", "status"),
        ("files", "licence"),
        ("sectors", "about"),
        ("links", "link_id"),
        ("parameters", "source"),
        ("parameters", "status"),
    ):
        harmful[name][column] = [f"{bad}{row}" for row in range(len(harmful[name]))]
    page = render_report(harmful, {**FACTS, "city": bad})
    assert page.count("<script>") == 1
    assert _read(page).open == []


def test_the_same_tables_give_the_same_page(tables, page):
    assert render_report(make_tables(), FACTS) == page


def test_the_error_is_of_the_sum_over_stable_areas():
    rows = pd.DataFrame(
        {
            "stable": [True, True, False, True],
            "dwellings_cbs": [100.0, 300.0, 50.0, float("nan")],
            "homes_predicted": [110.0, 298.0, 500.0, 30.0],
        }
    )
    errors = _errors(rows)
    assert (errors["areas"], errors["sum"]) == (2, pytest.approx(2.0))


def test_files_of_a_run_are_the_report_and_the_map(tables, page):
    files = render_files(tables, FACTS)
    assert files["report.html"] == page.encode()
    assert files["map.png"].startswith(b"\x89PNG")


def test_a_real_city_renders_fast_and_stays_small():
    tables = make_tables(areas=71, stations=1500)
    started = time.perf_counter()
    page = render_report(tables, FACTS)
    assert time.perf_counter() - started < 10
    assert len(page.encode()) < 2_000_000
