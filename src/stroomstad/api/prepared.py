"""Work that is better done before somebody asks: the run of the city, and what its map needs."""

from __future__ import annotations

import contextlib
import threading

from stroomstad.api.picture.encoding import CRS84
from stroomstad.api.picture.finding import places_of
from stroomstad.api.picture.layers import LAYERS
from stroomstad.api.picture.pictures import newest
from stroomstad.api.routes.features import encoded_layer
from stroomstad.api.service import Service
from stroomstad.errors import StroomstadError


def prepare(service: Service) -> None:
    """Queue the run of a city that has none; else read its newest run, beside other work."""
    threading.Thread(target=_prepare, args=(service,), daemon=True).start()


def _prepare(service: Service) -> None:
    # A run that cannot be read is told when somebody asks for it.
    with contextlib.suppress(StroomstadError):
        picture = newest(service.runs, "city", service.municipality_code)
        if picture is None:
            waiting = service.jobs.all("queued", "running")
            if not any(job.kind == "city" for job in waiting):
                service.jobs.add("city", {})
            return
        mine = [layer for layer in LAYERS if layer.of == "city"]
        asked = [(layer.name, kind) for layer in mine for kind in layer.kinds or ("",)]
        # What the first view lacks comes last: it may be most of the features.
        for name, kind in sorted(asked, key=lambda each: each[1] == "lv_cable"):
            encoded_layer(picture, name, CRS84, kind)
        places_of(picture, service.outlines)
