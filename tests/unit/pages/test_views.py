"""Tables of a page say what the tables of a run say, row for row."""

import pagetables
import pandas as pd
import pytest

from stroomstad.pages import answer, cells, project_views, views
from stroomstad.pages.cells import size_said
from stroomstad.pages.page import Cell


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


@pytest.fixture(scope="module")
def projects():
    rows = answer.project_rows(pagetables.make_tables())
    return project_views.projects_table(rows, pagetables.make_kinds(), 2036, "nl")


def test_projects_stand_in_the_order_of_the_queue(projects):
    names = [row[0].text for row in projects.rows]
    assert names[:3] == ["Basisschool De Kring", "Zorgcentrum De Linde", "Kade-Noord"]


def test_a_project_says_what_fits_from_when_and_what_helps(projects):
    row = next(row for row in projects.rows if row[0].text == "Kade-Noord")
    assert row[1] == Cell("800 woningen", "2028–2031, appartementen, warmtenet")
    assert row[2] == Cell("Later: alles vanaf 2028", "in 2031: 520 (410 tot 640)", "synthetic")
    assert row[3] == Cell("Alles", "800", "modelled")
    assert row[5] == Cell("2028")
    assert row[6] == Cell("Middenspanningskabel", "K-0417, di 17 jan 18:15", "synthetic")
    assert row[8].small == "1 kabel, €\u00a0640.000, netbeheerder"


def test_what_is_confirmed_goes_before_what_the_linear_model_says(projects):
    by_name = {row[0].text: row for row in projects.rows}
    later, never = by_name["Weidezoom"], by_name["Transport Van Veen"]
    assert later[2].text == "Ja, in het middelste geval"
    assert later[3] == Cell("120 van 1.200", "in 2033; alles vanaf 2034", "modelled")
    assert later[5].text == "2034"
    assert never[3] == Cell("1.500 van 1.800 kW", "in 2028; in geen jaar alles", "modelled")
    assert never[5].text == "niet t/m 2036"
    assert "alles ongunstig – alles gunstig" in projects.note
    assert "band" not in projects.note


def test_without_a_check_the_linear_model_answers():
    rows = answer.project_rows(pagetables.make_tables(confirmation=None))
    table = project_views.projects_table(rows, None, 2036, "nl")
    assert "Bevestigd" not in [column.title for column in table.columns]
    row = next(row for row in table.rows if row[0].text == "Kade-Noord")
    assert row[2] == Cell("Later: alles vanaf 2032", "in 2031: 520 (410 tot 640)", "synthetic")


def test_years_that_are_alike_stand_on_one_row():
    room = pagetables.make_room().assign(room=[100] * 6 + [200] * 3 + [300, 400])
    table = views.room_table(room, "nl")
    assert [row[0].text for row in table.rows] == ["2026–2031", "2032–2034", "2035", "2036"]
    assert "ontwerpweek van 2023" in table.note
    assert "niet nagerekend" in table.note


def test_an_asset_is_named_as_people_name_it():
    substations = pd.DataFrame({"substation_id": ["OS Zuid"], "substation_name": ["150kV Zuid"]})
    rows = answer.project_rows(pagetables.make_tables(substations=substations))
    row = rows[rows["project_id"] == "Dijkzicht"].iloc[0].to_dict()
    assert cells.binding_cell(row, "nl").small == "OS Zuid (150kV Zuid), di 17 jan 18:30"


def test_amounts_of_assumed_measures_bear_their_mark():
    measures, costs = pagetables.make_measures(), pagetables.make_costs()
    assumed = answer.assumed_costs({"measures": measures})
    assert assumed == {"m2", "m3", "m4", "m5"}
    rows = {row[0].text: row[-1].mark for row in views.payers_table(costs, "nl", assumed).rows}
    assert rows == {"Gemeente": "", "Netbeheerder": "", "Rijk": "assumed", "Bewoner": "assumed",
                    "Iedereen samen": ""}  # fmt: skip


def test_a_project_that_never_fits_says_so_and_one_that_fits_needs_nothing(projects):
    by_name = {row[0].text: row for row in projects.rows}
    assert by_name["Koelhuis Noord"][5].text == "niet t/m 2036"
    assert by_name["Koelhuis Noord"][8].text == "geen bekend"
    assert by_name["Weidezoom"][8].text == "niet nodig"
    assert by_name["Weidezoom"][6].text == "niets"


def test_assumed_projects_bear_their_mark(projects):
    marked = {row[0].text for row in projects.rows if row[0].mark == "assumed"}
    assert marked == {"Dijkzicht", "Weidezoom", "Koelhuis Noord"}


def test_answers_without_a_list_still_make_a_table():
    table = project_views.projects_table(pagetables.make_fits(), None, None, "en")
    assert len(table.rows) == 7
    assert table.rows[0][0].text == "Basisschool De Kring"


def test_a_missing_column_is_named_below_the_table():
    rows = pagetables.make_fits().drop(columns=["flexible", "flexible_year"])
    table = project_views.projects_table(rows, None, None, "nl")
    assert table.note.endswith(
        "Niet in deze berekening: Bevestigd, Alles past vanaf, Past eerder met."
    )


def test_contracts_that_nobody_has_take_no_column():
    rows = pagetables.make_fits().assign(flexible=None, flexible_year=float("nan"))
    table = project_views.projects_table(rows, None, None, "nl")
    assert "Past eerder met" not in [column.title for column in table.columns]
    assert "Van geen project is een flexibel contract bekend" in table.note


def test_a_remedy_of_several_measures_names_each():
    row = {"remedy": "mv_cable + new_station", "remedy_size": float("nan"), "fits": "no",
           "remedy_eur": 1_680_559.0, "remedy_payer": "grid_operator + municipality"}  # fmt: skip
    assert cells.remedy_cell(row, pagetables.make_kinds(), "nl") == Cell(
        "Middenspanningskabel erbij en nieuw station",
        "€\u00a01,7\u00a0mln, netbeheerder en gemeente",
        "assumed",
    )


def test_why_there_is_no_remedy_is_said_in_words():
    row = {"remedy": None, "fits": "partly", "why_no_remedy": "waits"}
    assert cells.remedy_cell(row, None, "nl").small == "past later vanzelf"


def test_a_connection_that_fits_in_part_is_not_called_partly():
    row = {"kind": "connection", "fits": "partly", "size_low": 0.0, "size_mid": 1.9,
           "size_high": 253.6}  # fmt: skip
    assert cells.fits_cell(row, "nl") == Cell("Niet geheel", "wel 1 kW (0 tot 253)", "synthetic")
    assert cells.fits_cell({**row, "kind": "homes"}, "nl").text == "Deels"


def test_candidates_say_where_and_up_to_which_size():
    rows = pagetables.make_measures().head(1).assign(size=10.0, size_max=40.0)
    row = views.candidates_table(rows, pagetables.make_kinds(), "nl").rows[0]
    assert row[0].text == "Veertig wijkstations"
    assert row[2].text == "40 stations"


def test_texts_of_the_plan_file_are_shortened():
    rows = pagetables.make_measures().head(1).assign(decides="municipality", source="word " * 90)
    row = views.deciders_table(rows, "nl").rows[0]
    assert row[1].text == "gemeente"
    assert len(row[2].text) <= views.TEXT_LENGTH_MAX


def test_jobs_that_are_unknown_are_not_nought():
    rows = answer.project_rows(pagetables.make_tables())
    by_name = {row[0].text: row for row in project_views.worth_table(rows, "nl").rows}
    assert by_name["Basisschool De Kring"][3].text == "281"
    assert by_name["Koelhuis Noord"][3].text == "onbekend"
    assert by_name["Basisschool De Kring"][2].text == "–"
    assert by_name["Kade-Noord"][2].text == "625"


def test_measures_stand_by_date_with_cost_and_payer():
    table = views.measures_table(
        pagetables.make_measures(), pagetables.make_kinds(), pagetables.make_costs(), "nl"
    )
    assert [row[0].text for row in table.rows][:2] == [
        "Batterij bij Weidezoom",
        "Slim laden in de hele stad",
    ]
    battery, charging = table.rows[0], table.rows[1]
    assert battery[1] == Cell("1 mrt 2027", "1 mrt 2027 tot 1 mrt 2028")
    assert battery[6].text == "gemeente 50\u00a0%, rijk 25\u00a0%, bewoner 25\u00a0%"
    assert battery[7] == Cell("€\u00a02,2\u00a0mln", "jaarlijks samen €\u00a0600.000")
    assert charging[2].text == "hele stad"
    assert charging[3].text == "900 laadpunten"


def test_a_measure_without_cost_is_unknown_and_not_free():
    table = views.measures_table(pagetables.make_measures(), None, pagetables.make_costs(), "nl")
    hub = next(row for row in table.rows if row[0].text == "Hub De Hoeven")
    assert hub[7].text == "onbekend"


def test_costs_of_all_years_and_payers_sum_to_the_total():
    costs = pagetables.make_costs()
    wide = views.cost_per_year(costs)
    assert wide.to_numpy().sum() == pytest.approx(
        costs["investment_eur"].sum() + costs["yearly_eur"].sum()
    )
    assert wide.index.tolist() == list(range(2027, 2037))
    assert texts(views.payers_table(costs, "nl", frozenset()))[-1][0] == "Iedereen samen"


def test_a_year_without_cost_stands_in_the_table_with_nought():
    costs = pagetables.make_costs()
    wide = views.cost_per_year(costs[costs["year"].isin([2027, 2030])])
    assert wide.loc[2028].sum() == 0


def test_numbers_of_the_staircase_are_marked_as_what_they_are():
    row = views.staircase_table(pagetables.make_staircase(), "nl").rows[-1]
    assert [cell.mark for cell in row] == ["", "", *["modelled"] * 3, "assumed"]
    assert (row[4].text, row[4].small) == ("2.346 tot 4.153", "met de regio 2.219 tot 2.536")
    assert row[5].text == "2.700"


def test_a_place_without_station_names_no_asset():
    row = {"binding": "no station", "binding_kind": "no_station", "binding_at": None}
    assert cells.binding_cell(row, "nl") == Cell("Geen station op deze plek", "", "synthetic")


def test_the_region_is_assumed_where_it_binds():
    row = {"binding": "region", "binding_kind": "region", "binding_at": None}
    assert cells.binding_cell(row, "nl").mark == "assumed"


def test_shares_that_nobody_pays_are_unknown():
    row = {f"share_{payer}": 0.0 for payer in cells.PAYER_NAMES}
    assert cells.shares_said(row, "nl") == "onbekend"


def test_a_unit_of_more_than_one_kw_is_told_with_its_power():
    kinds = pd.DataFrame({"kind": ["central_heat_pump"], "unit": ["kW"]})
    row = {"kind": "central_heat_pump", "size": 1.0, "kw_per_unit": 500.0}
    assert size_said(row, kinds, "nl") == "1 × 500 kW"
    assert size_said(row | {"kw_per_unit": float("nan")}, kinds, "nl") == "1 kW"
