"""Standard types of cable and transformer."""

from __future__ import annotations

from stroomstad.tables.schema import key, number, table, text

_STATUS = ("sourced", "derived", "assumed", "calibrated")

CABLE_TYPES = table(
    "cable_types",
    "Standard cables.",
    {
        "cable_type": key("name"),
        "kind": text("voltage level", isin=("mv_cable", "lv_cable")),
        "r_ohm_per_km": number("resistance", "ohm/km"),
        "x_ohm_per_km": number("reactance", "ohm/km"),
        "rated_current_a": number("continuous rating", "A"),
        "status": text("where the values come from", isin=_STATUS),
        "source": text("publication"),
    },
)

TRANSFORMER_TYPES = table(
    "transformer_types",
    "Standard transformers of a station, 10/0.4 kV.",
    {
        "rating_kva": number("rating", "kVA"),
        "short_circuit_voltage_fraction": number("short-circuit voltage", "1"),
        "copper_loss_kw": number("loss at full load", "kW"),
        "no_load_loss_kw": number("loss without load", "kW"),
        "no_load_current_fraction": number("current without load", "1"),
        "status": text("where the values come from", isin=_STATUS),
        "source": text("publication"),
    },
)
