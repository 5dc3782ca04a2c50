"""Alerting."""

from typing import Any

routes: list[Any] = []
