"""Which rings are fullest when one of their cables fails, as a table for people."""

from __future__ import annotations

import pandas as pd

from stroomstad.report.views import View, moment, number, text, view
from stroomstad.report.words import Words

MOST_LOADED = 10


def ring_view(outages: pd.DataFrame | None, links: pd.DataFrame | None) -> View | None:
    """Fullest rings by their worst outage in the winter week.

    Parameters
    ----------
    outages, links
        As declared in ``OUTAGES`` and ``LINK_LOADING``.
    """
    if outages is None or links is None:
        return None
    solved = outages[(outages["direction"] == "load") & outages["loading_max"].notna()]
    rings = solved[solved["kind"] == "mv_cable"].sort_values("loading_max", ascending=False)
    if rings.empty:
        return None
    lowest_pu = rings.groupby("feeder_id")["voltage_min_pu"].min()
    worst = rings.drop_duplicates("feeder_id").head(MOST_LOADED)
    usual = links.set_index("link_id")["loading_max"].reindex(worst["feeder_id"]).to_numpy()
    rows = worst.assign(
        usual=usual * 100,
        percent=worst["loading_max"] * 100,
        lowest_pu=worst["feeder_id"].map(lowest_pu),
    )
    columns = [
        text("feeder_id", "Ring", "Ring"),
        number("usual", "Beide helften samen", "Both halves together", unit=" %"),
        text("link_id", "Zwaarste uitval", "Worst outage"),
        number("homes_out", "Woningen even zonder stroom", "Homes without supply for a while"),
        number("percent", "Na omschakelen", "After switching", unit=" %"),
        moment("loading_max_at", "Kwartier", "Quarter"),
        number("lowest_pu", "Laagste spanning", "Lowest voltage", 3),
    ]
    caption = Words("Volste ringen na uitval", "Fullest rings after an outage")
    return view(rows, caption, columns)
