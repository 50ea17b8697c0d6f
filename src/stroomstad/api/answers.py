"""Answers that are made once and sent many times: with a tag, and packed for whoever can unpack."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from stroomstad.store.shelf import tag_of

JSON = "application/json"
GEOJSON = "application/geo+json"
# Own choices: fast enough to pack while somebody waits, and too small to be worth it.
_LEVEL, _PACKED_MIN = 4, 1000
# Own choice: some hundred map layers of a city, 100 MB at most as they are.
_KEPT_MAX = 256


def as_json(content: Any) -> bytes:  # noqa: ANN401 - JSON nests anything
    """Write values as JSON without spaces."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


class Kept:
    """Keeps the last answers by question, as bytes and packed."""

    def __init__(self) -> None:
        self._make: dict[Hashable, Callable[[], bytes]] = {}
        self._kept = lru_cache(maxsize=_KEPT_MAX)(self._made)

    def get(self, question: Hashable, make: Callable[[], bytes]) -> tuple[bytes, bytes, str]:
        """Give an answer, packed, and its tag; made when it is not kept."""
        self._make[question] = make
        try:
            return self._kept(question)
        finally:
            self._make.pop(question, None)

    def _made(self, question: Hashable) -> tuple[bytes, bytes, str]:
        content = self._make[question]()
        return content, gzip.compress(content, _LEVEL), f'"{tag_of(content)}"'


KEPT = Kept()


def kept_answer(
    request: Request, question: Hashable, make: Callable[[], bytes], media_type: str = JSON
) -> Response:
    """Answer with what is kept, or with nothing new when the asker has it already."""
    content, packed, tag = KEPT.get(question, make)
    headers = {"ETag": tag, "Vary": "Accept-Encoding"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if len(content) >= _PACKED_MIN and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers=headers | {"Content-Encoding": "gzip"},
                        media_type=media_type)  # fmt: skip
    return Response(content, headers=headers, media_type=media_type)
