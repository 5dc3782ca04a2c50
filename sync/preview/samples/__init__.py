"""Answers made up for pictures without a Prometheus: seeded, the same on every machine, shaped by the catalogue.

    facts        what is known of a metric: type, help, labels and their values; else guessed from its name
    curves       values over time: a day's rhythm, shares, states, quantiles' distributions
    functions    PromQL's functions and aggregations over such vectors
    matching     which elements of two vectors meet
    evaluate     an expression's tree → a vector
    source       queries → answers

A query is computed from its metrics' curves as Prometheus would, over one grid of times: so a ratio is one, quantiles
are ordered, and parts add up to their whole.
"""
