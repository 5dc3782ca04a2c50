"""A seeded model of the Phoenix workload: what its processes expose to Prometheus, live or as hours of history."""
