"""The command that serves the picture of a city to a browser on this machine."""

from __future__ import annotations

import argparse
import socket
import webbrowser
from pathlib import Path

import uvicorn

from stroomstad.api import Workers, build_app, open_service, prepare
from stroomstad.cli.console import OUT
from stroomstad.cli.options import whole_number
from stroomstad.errors import InvalidData, Issue
from stroomstad.run import default_city

HOST = "127.0.0.1"
PORT = 8034
# Own choice: seconds that answers under way get when the service stops.
_GRACE_S = 3


def add_serve_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    serve = commands.add_parser("serve", help="show the picture of a city in the browser")
    serve.add_argument("city", type=Path, nargs="?", help="folder with a city.toml; Almere when "
                       "left out")  # fmt: skip
    serve.add_argument("--runs", type=Path, default=Path("runs"), help="folder that keeps runs")
    serve.add_argument("--plans", type=Path, default=Path("plans"),
                       help="folder that keeps plans and project lists")  # fmt: skip
    serve.add_argument("--port", type=whole_number, default=PORT, help="port on this machine")
    serve.add_argument(
        "--seed", type=whole_number, default=1, help="seed of everything that is drawn"
    )
    serve.add_argument("--open", action="store_true", help="open the browser")
    serve.set_defaults(command=_serve)


def _serve(chosen: argparse.Namespace) -> None:
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
