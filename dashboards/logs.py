"""Logs: what is said, how bad it is, about which plan; down to the lines of one request."""

from catalogue import logs as said
from catalogue import process
from catalogue.components import LOKI
from dashboards._page import AGENTS, LOGS, MONITORING, OVERVIEW, TRACES, UP_OR_DOWN, Json, page, to, worded, worst
from panels_lib import Column, Panel, cells, links, logs, overrides, row, stat, table, timeseries, variables
from signals_lib import Matcher
from signals_lib.log_query import LogQuery
from signals_lib.logql import lines, volume

EVERY = ".*"  # what an id's field holds until one is searched for
BY_LEVEL = [
    overrides.override(overrides.by_name(level), [overrides.colour(colour)])
    for level, colour in (("debug", "#8e8e8e"), ("info", "blue"), ("warn", "orange"), ("error", "red"))
]


def dashboard() -> Json:
    """Return the page."""
    return page(
        "Logs",
        uid=LOGS,
        description="What do orchestrators and agents say? How much of it is bad and since when, what it says, about "
        "which plan, and the lines themselves. Put an id into its field to follow one request, plan, task or trace.",
        tags=["logs"],
        narrow=("environment",),
        sources=("loki",),
        more=[
            variables.custom(
                "component", said.PARTS, multi=True, include_all=True, all_value=EVERY, scopes="component"
            ),
            variables.custom("level", said.LEVELS, multi=True, include_all=True, all_value=EVERY, scopes="level"),
            *(variables.textbox(name, title=name.replace("_", " ").capitalize(), default=EVERY) for name in said.IDS),
            variables.textbox("search", title="Text"),
        ],
        rows=[
            row(None, *is_it_bad()),
            row("Since when, and where", *since_when()),
            row("What it says", *what_it_says()),
            row("Lines", the_lines()),
        ],
    )


def is_it_bad() -> list[Panel]:
    """Answer in five seconds."""
    bad, there = said.error_share().highest(), worst(process.target_up().scoped({"job": str(LOKI.job)}), "min")
    return [
        stat(
            bad,
            title="Worst component",
            mappings=worded(bad, "few errors", "some errors", "many errors"),
            links=to(OVERVIEW, "System Overview"),
        ),
        stat(
            counted("error"), title="Errors", meaning="errors", colour="value", decimals=0, empty="none", instant=True
        ),
        stat(
            counted("warn"), title="Warnings", meaning="warning", colour="value", decimals=0, empty="none", instant=True
        ),
        stat(
            volume(said.LOGS).named(description=said.volume_by_level().description),
            title="Lines",
            meaning="traffic",
            colour="value",
            decimals=0,
        ),
        stat(there, title="Loki", mappings=UP_OR_DOWN, links=to(MONITORING, "Monitoring")),
    ]


def counted(level: str) -> LogQuery:
    """Count the lines of a level in the time shown."""
    return volume(said.LOGS, where={"level": level}, window="$__range").named(
        description="How many such lines were written in the time shown. Compare with the same time yesterday. What "
        "they say stands in the table below."
    )


def since_when() -> list[Panel]:
    """Show the moment, and the part of Phoenix."""
    return [
        timeseries(
            said.volume_by_level(),
            title="Lines by level",
            legend="{{level}}",
            style="bars",
            stack=True,
            overrides=BY_LEVEL,
            width=24,
        ),
        timeseries(said.errors(), title="Errors by component", meaning="errors", links=to(OVERVIEW, "System Overview")),
        timeseries(said.error_share(), title="Share of errors by component", meaning="errors"),
    ]


def what_it_says() -> list[Panel]:
    """Show the words, and the plans that they are about."""
    plan = links.data_link("Lines of this plan", uid=LOGS, plan_id="${__data.fields.Plan}")
    return [
        table(
            said.bad_messages(),
            title="Warnings and errors, the most frequent first",
            empty="none",
            columns=[
                Column(field="component", title="Component", width=120),
                Column(field="message", title="Message"),
                Column(field=0, title="How often", cell=cells.gauge_bar(), low=0, decimals=0, width=200),
            ],
            sort_by="How often",
            links=[*to(AGENTS, "Agents"), *to(OVERVIEW, "System Overview")],
        ),
        table(
            said.troubled_plans(),
            title="Plans with most warnings and errors",
            empty="none",
            columns=[
                Column(field="plan_id", title="Plan", links=[plan]),
                Column(field=0, title="How many", cell=cells.gauge_bar(), low=0, decimals=0, width=200),
            ],
            sort_by="How many",
        ),
        timeseries(said.bytes_written(), title="Bytes written by service", meaning="traffic", width=24),
    ]


def the_lines() -> Panel:
    """Show the lines that the fields above leave."""
    by_id = {name: Matcher.regex(f"${name}") for name in said.IDS}
    found = lines(said.LOGS, having=by_id, matching="(?i)$search")
    return logs(
        found.named(title="Lines", description=said.every_line.description),
        lines=500,
        height=16,
        links=to(TRACES, "Traces"),
    )
