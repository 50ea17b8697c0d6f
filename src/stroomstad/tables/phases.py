"""What is told of one station in three phases; no part of a run."""

from __future__ import annotations

from stroomstad.tables.schema import count, number, table, text

PHASE_WEEKS = ("winter", "summer")
PHASE_QUANTITIES = (
    "voltage_min_pu",
    "voltage_max_pu",
    "station_loading",
    "cable_loading",
    "neutral_loading",
    "unbalance",
)

PHASE_SUMMARY = table(
    "phase_summary",
    "What the balanced assumption hides behind one station; one row per design week and quantity.",
    {
        "week": text("design week", isin=PHASE_WEEKS),
        "quantity": text("the worst of all nodes, cables and phases", isin=PHASE_QUANTITIES),
        "balanced": number("with equal phases", "1"),
        "p10": number("with homes on phases, not exceeded by a tenth of the deals", "1"),
        "p50": number("the same, by half of the deals", "1"),
        "p90": number("the same, by nine tenths of the deals", "1"),
        "worst": number("the same, of the worst deal", "1"),
        "limit": number("what it is held against", "1"),
        "deals_beyond": count("deals in which it is beyond the limit"),
        "place": text("node, cable or station that is the worst in most deals"),
    },
)

PHASE_NODES = table(
    "phase_nodes",
    "Voltages behind one station in three phases; one row per design week and node.",
    {
        "week": text("design week", isin=PHASE_WEEKS),
        "node_id": text("node of the grid"),
        "feeding_node": text("node from which it is fed"),
        "distance_m": number("length of cable to the station", "m"),
        "homes": count("homes at the node"),
        "voltage_min_balanced_pu": number("lowest voltage with equal phases", "1"),
        **{
            f"voltage_min_p{share}_pu": number(
                f"lowest voltage of any phase, not exceeded by {share} % of the deals", "1"
            )
            for share in (10, 50, 90)
        },
        "voltage_max_balanced_pu": number("highest voltage with equal phases", "1"),
        **{
            f"voltage_max_p{share}_pu": number(
                f"highest voltage of any phase, not exceeded by {share} % of the deals", "1"
            )
            for share in (10, 50, 90)
        },
        "unbalance_p50": number(
            "negative over positive-sequence voltage that is kept to for most of the week, in the "
            "middle deal",
            "1",
        ),
        "unbalance_p90": number("the same, not exceeded by 90 % of the deals", "1"),
        "profile_balanced_pu": number("voltage in the quarter of the picture, equal phases", "1"),
        **{
            f"profile_{phase}_pu": number(
                f"voltage of phase {phase.upper()} in that quarter, in the deal in the middle",
                "1",
                nullable=True,
            )
            for phase in ("l1", "l2", "l3")
        },
        "profile_min_pu": number(
            "lowest voltage in that quarter, any phase and deal", "1", nullable=True
        ),
        "profile_max_pu": number(
            "highest voltage in that quarter, any phase and deal", "1", nullable=True
        ),
    },
)

PHASE_CABLES = table(
    "phase_cables",
    "Loading of the cables behind one station in three phases; one row per design week and cable.",
    {
        "week": text("design week", isin=PHASE_WEEKS),
        "cable_id": text("cable of the grid"),
        "from_node": text("node nearer to the station"),
        "to_node": text("node further from the station"),
        "homes": count("homes behind the cable"),
        "rated_current_a": number("continuous rating of all cables side by side", "A"),
        "loading_balanced": number("highest current over rating, equal phases", "1"),
        **{
            f"loading_p{share}": number(
                f"the same of the most loaded phase, not exceeded by {share} % of the deals", "1"
            )
            for share in (10, 50, 90)
        },
        "neutral_p50": number("highest current of the neutral over rating, middle deal", "1"),
        "neutral_p90": number("the same, not exceeded by 90 % of the deals", "1"),
    },
)

PHASE_DEALS = table(
    "phase_deals",
    "What each deal of homes over the phases of one station comes to, and the worst of it.",
    {
        "deal": count("number of the deal"),
        "week": text("design week", isin=PHASE_WEEKS),
        "homes_l1": count("homes on phase L1"),
        "homes_l2": count("homes on phase L2"),
        "homes_l3": count("homes on phase L3"),
        "homes_three_phase": count("homes on all three"),
        **{name: number("as in `phase_summary`", "1") for name in PHASE_QUANTITIES},
        "unsolved": count("quarters without a solution, left out"),
    },
)
