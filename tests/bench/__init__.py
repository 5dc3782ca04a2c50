"""Benchmarks: `make bench`. They print figures against limits and are no part of `make test`."""
