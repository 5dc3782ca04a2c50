"""Grafana's own grammars of LogQL and TraceQL, and what in a query they can't place."""
