"""Component `charger-access`: which homes lie within reach of a public charger."""

import json
from importlib.resources import files
from typing import Any

from stroomstad_laadnabijheid.access import run

__all__ = ["manifest", "run"]


def manifest() -> dict[str, Any]:
    """What this component says of itself."""
    text = (files(__package__) / "component.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
