import pandas as pd

from stroomstad.cli.plan_tables import unheld_issues


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
    assert "122%" in issue.problem
    assert "at b" in issue.problem
