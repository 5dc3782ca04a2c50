"""Grafana's two dashboard APIs behind one small interface."""
