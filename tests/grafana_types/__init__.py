"""Grafana's own types as JSON Schemas, and what in a dashboard departs from them."""
