"""The service behind a port of this machine, apart from its command, so that others load fast."""

from __future__ import annotations

import argparse
import socket
import webbrowser

import uvicorn

from stroomstad.api import Workers, build_app, open_service, prepare
from stroomstad.cli.console import OUT
from stroomstad.errors import InvalidData, Issue
from stroomstad.run import default_city

HOST = "127.0.0.1"
# Own choice: seconds that answers under way get when the service stops.
_GRACE_S = 3


def serve(chosen: argparse.Namespace) -> None:
    """Serve the picture of a city until it is stopped.

    Parameters
    ----------
    chosen
        What the command line says: the city, its folders, the port and the seed.

    Raises
    ------
    InvalidData
        When the port cannot be taken.
    """
    opened = _listening(chosen.port)
    service = open_service(chosen.city or default_city(), chosen.runs, chosen.plans, chosen.seed)
    workers = Workers(service)
    workers.start()
    prepare(service)
    address = f"http://{HOST}:{opened.getsockname()[1]}"
    OUT.print(f"{service.city_name}: {address}  (Ctrl-C stops)", highlight=False, soft_wrap=True)
    if chosen.open:
        webbrowser.open(address)
    config = uvicorn.Config(
        build_app(service, workers),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        h11_max_incomplete_event_size=32_768,
        limit_concurrency=200,
    )
    try:
        uvicorn.Server(config).run(sockets=[opened])
    finally:
        workers.stop()


def _listening(port: int) -> socket.socket:
    """Take a port of this machine, which no other machine can reach.

    Raises
    ------
    InvalidData
        When it cannot be taken.
    """
    # Named as TCP, or asyncio leaves small answers waiting 40 ms for an acknowledgement.
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((HOST, port))
    except (OSError, OverflowError) as found:
        opened.close()
        issue = Issue("--port", f"{port} cannot be taken ({found}).", "Name another port.")
        raise InvalidData([issue]) from found
    return opened
