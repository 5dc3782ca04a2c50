"""Logs and traces of the workload: what its counters say happened, told line by line and span by span."""
