"""The command that serves the picture of a city to a browser on this machine."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from stroomstad.cli.options import whole_number

PORT = 8034


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
    # Loaded when asked for: a service takes libraries that no other command needs.
    import_module("stroomstad.cli.service").serve(chosen)
