"""What the terminal shows of projects and homes per year, in both languages."""

import io

import pandas as pd
from pagetables import make_curve, make_fits, make_projects, make_staircase, make_tables
from rich.console import Console

from stroomstad.cli.plan_tables import (
    BASIS,
    chosen_table,
    curve_table,
    fits_table,
    money_table,
    stairs_table,
    unheld_issues,
)


def shown(table, width=220):
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    return console.file.getvalue()


def test_projects_stand_in_dutch_with_dutch_numbers():
    told = shown(fits_table(make_projects(), make_fits(), "nl"))
    assert "laag – midden – hoog" in told
    assert "3.000 woningen" in told
    assert "deels" in told
    assert "MS-kabel erbij" in told
    assert "partly" not in told
    assert "mv_cable" not in told


def test_projects_stand_in_english_where_that_is_asked():
    told = shown(fits_table(make_projects(), make_fits(), "en"))
    assert "3,000 homes" in told
    assert "extra MV cable" in told
    assert "deels" not in told


def test_a_bundle_a_missing_station_and_a_missing_remedy_are_said_in_words():
    fits = make_fits()
    first, second = fits.index[:2]
    fits.loc[first, ["remedy", "binding", "binding_kind"]] = [
        "mv_cable + new_station", "no station", "no_station",
    ]  # fmt: skip
    fits.loc[second, ["remedy", "why_no_remedy"]] = [None, "too_late"]
    told = shown(fits_table(make_projects(), fits, "nl"))
    assert "MS-kabel erbij + nieuw station" in told
    assert "geen station op deze plek" in told
    assert "(wat helpt, is pas na het plan klaar)" in told


def test_nothing_is_cut_off_in_a_terminal_of_eighty_columns():
    told = shown(fits_table(make_projects(), make_fits(), "nl"), width=80)
    assert "…" not in told
    assert "K-0417" in told
    assert all(line.rstrip().endswith("│") for line in told.splitlines() if line.startswith("│"))


def test_homes_per_year_stand_in_both_languages():
    rows = make_staircase()
    assert "bevestigd door AC" in shown(stairs_table(rows, "nl"))
    assert "confirmed by AC" in shown(stairs_table(rows, "en"))


def test_one_line_says_what_is_synthetic_and_how_relief_counts():
    assert "synthetisch" in BASIS.nl
    assert "vast vermogen" in BASIS.nl
    assert "firm power" in BASIS.en
    assert "\n" not in BASIS.nl + BASIS.en


def test_a_year_that_does_not_hold_is_warned_of_and_no_other():
    evidence = pd.DataFrame(
        {
            "year": [2030, 2031],
            "direction": "load",
            "worst_link": ["a", "b"],
            "loading_max": [0.9, 1.22],
            "worst_node": "n",
            "voltage_pu": 0.98,
            "holds": [True, False],
        }
    )
    (issue,) = unheld_issues(evidence)
    assert issue.severity == "warning"
    assert "2031" in issue.where
    assert "122.0%" in issue.problem
    assert "at b" in issue.problem


def found_tables(*budgets, chosen=("m3", "m4"), lines=()):
    """Tables of a search that chose some measures within some budgets."""
    names = ["budget_line", "payer", "eur", "first_year", "last_year"]
    return make_tables(
        chosen=pd.DataFrame({"measure_id": list(chosen)}),
        asked_budgets=pd.DataFrame(budgets, columns=["payer", "budget_eur"]),
        budgets=pd.DataFrame(lines, columns=names),
    )


def rows_in(table):
    return [
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in shown(table).replace("\u00a0", " ").splitlines()
        if line.startswith("│")
    ]


def test_what_a_search_chose_is_listed_with_cost_and_payers():
    battery, charging = rows_in(chosen_table(found_tables(), "nl"))
    assert battery[:4] == ["Batterij bij Weidezoom", "BU99990104", "1.400 kW", "2027"]
    assert battery[4:] == ["€ 2,8 mln", "gemeente 50 %, rijk 25 %, bewoner 25 %"]
    assert charging[1:] == ["hele stad", "900 laadpunten", "2028", "€ 3,2 mln", "gemeente"]
    assert "Measures that were chosen" in shown(chosen_table(found_tables(), "en"))


def test_every_budget_tells_what_is_spent_of_it_and_what_is_left():
    costs = make_tables()["costs"]
    costs = costs.assign(budget_line=costs["measure_id"].map({"m1": "net"}).fillna(""))
    tables = found_tables(("society", 7e6), ("municipality", 5e6), lines=[
        ("net", "grid_operator", 4e6, 2029, 2029)]) | {"costs": costs}  # fmt: skip
    told = {row[0]: row[1:] for row in rows_in(money_table(tables, "nl"))}
    assert told["gekozen, van iedereen samen"] == ["€ 7,0 mln", "€ 6,0 mln", "€ 1,0 mln"]
    assert told["gekozen, van de gemeente"] == ["€ 5,0 mln", "€ 4,6 mln", "€ 440.000"]
    assert told["gekozen, van het rijk"] == ["geen grens", "€ 700.000", ""]
    assert told["post net"] == ["€ 4,0 mln", "€ 3,7 mln", "€ 310.000"]
    assert "gekozen, van de netbeheerder" not in told


def test_each_budget_of_the_curve_has_its_homes():
    rows = rows_in(curve_table(make_curve(), "en"))
    assert len(rows) == len(make_curve())
    assert rows[1] == ["of the municipality", "€2.0 million", "2,100"]
    assert rows[-1] == ["of everyone together", "€96.0 million", "3,337"]
