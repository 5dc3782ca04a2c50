"""Signals watched: objectives, alerts, the tests made with them, and who is told of them."""
