"""The picture of a city over HTTP: what a browser shows, and the open interface below it."""

from stroomstad.api.app import build_app
from stroomstad.api.guards import Rate
from stroomstad.api.prepared import prepare
from stroomstad.api.service import Service, open_service
from stroomstad.api.workers import Workers

__all__ = ["Rate", "Service", "Workers", "build_app", "open_service", "prepare"]
