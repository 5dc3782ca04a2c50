"""What the pages, data sources and links ask of Loki and Tempo is there in what the simulator tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from catalogue.logs import LOGS
from catalogue.traces import SPANS
from stack.tools import ROOT
from tests.stack.queried import Stored, chosen, descends, log_selections, shown, span_sets, stored, value_of
from tests.stack.told import TraceSpan, told

INCIDENTS = ("failures", "latency", "redis-down", "agent-loss")
TOLD = ("", *INCIDENTS)


def queries(kind: str) -> list[tuple[str, str]]:
    """Every query of a kind of data source on any page: the page and the text."""
    found = {
        (path.stem, text)
        for path in sorted((ROOT / "rendered" / "dashboards").rglob("*.json"))
        for text in _queries(json.loads(path.read_text()), kind)
    }
    return sorted(found)


def _queries(part: Any, kind: str) -> Iterator[str]:
    if isinstance(part, dict):
        source = part.get("datasource")
        text = part.get("expr") or part.get("query")
        asks = part.get("queryType") != "serviceMap" and text != "${trace}"
        if asks and isinstance(text, str) and isinstance(source, dict) and source.get("type") == kind:
            yield text
        for each in part.values():
            yield from _queries(each, kind)
    elif isinstance(part, list):
        for each in part:
            yield from _queries(each, kind)


LOGQL, TRACEQL = queries("loki"), queries("tempo")


def lines() -> list[Stored]:
    return [stored(json.loads(text), text) for scenario in TOLD for text in told(scenario).texts]


def spans() -> list[TraceSpan]:
    return [span for scenario in TOLD for span in told(scenario).spans]


def test_there_are_queries_to_look_at() -> None:
    assert len(LOGQL) > 8
    assert len(TRACEQL) > 3


@pytest.mark.parametrize(("page", "query"), LOGQL)
def test_a_query_of_lines_finds_some(page: str, query: str) -> None:
    kept = lines()
    selections = [*log_selections(query)]
    assert selections
    for finds in selections:
        assert any(map(finds, kept)), query


@pytest.mark.parametrize(("page", "query"), TRACEQL)
def test_a_query_of_spans_finds_some(page: str, query: str) -> None:
    there = spans()
    sets = span_sets(query)
    assert sets
    found = [[span for span in there if has(span)] for has in sets]
    assert all(found), query
    for field in shown(query):
        assert any(value_of(span, field) is not None for span in found[-1]), field
    if ">>" in query:
        known = {span.span_id: span for span in there}
        (above, below) = found
        assert any(
            descends(span, ancestor, known)
            for span in below
            for ancestor in above
            if span.trace_id == ancestor.trace_id
        )


def test_each_id_of_a_line_finds_it_and_its_fellows() -> None:
    kept = lines()
    for name in LOGS.ids:
        (line, *_) = (line for line in kept if name in line.ids)
        query = f'{{service_name=~"phoenix-orchestrator|phoenix-agent"}} | {name}="{line.ids[name]}"'
        (finds,) = log_selections(query)
        found = [each for each in kept if finds(each)]
        assert line in found
        assert {each.ids[name] for each in found} == {line.ids[name]}


def test_a_label_or_id_that_no_line_has_is_noticed() -> None:
    (finds,) = log_selections('{job="phoenix-agent"}')
    with pytest.raises(KeyError):
        finds(lines()[0])
    with pytest.raises(KeyError):
        [*log_selections('{service_name="phoenix-agent"} | user_id="x"')]
    (has,) = span_sets('{ span.customer =~ ".*" }')
    assert not any(map(has, told().spans))


def test_every_field_of_the_catalogue_is_on_some_span() -> None:
    there = spans()
    for field, (written, _) in SPANS.fields.items():
        assert any(value_of(span, written) is not None for span in there), field


def derived(name: str) -> dict[str, Any]:
    [field] = [field for field in provisioned()["loki"]["jsonData"]["derivedFields"] if field["name"] == name]
    return field


def provisioned() -> dict[str, Any]:
    text = (ROOT / "rendered" / "provisioning" / "datasources.yaml").read_text().replace("$$", "$")
    return {each["type"]: each for each in yaml.safe_load(text)["datasources"]}


def test_a_line_leads_to_its_trace_by_the_derived_field() -> None:
    field = derived("Trace")
    assert field["matcherType"] == "label"
    [name] = [
        name for name in (*LOGS.ids, *(label.name for label in LOGS.labels)) if re.search(field["matcherRegex"], name)
    ]
    traces = {span.trace_id for span in told("failures").spans}
    assert {line.ids[name] for line in lines() if name in line.ids} & traces


def test_a_line_leads_to_the_agent_that_wrote_it_or_that_it_is_about() -> None:
    pattern = derived("Agent")["matcherRegex"]
    agents = {target.instance for target in told("agent-loss").world.targets() if target.job == "phoenix-agent"}
    written, about, others = set(), set(), set()
    for line in (json.loads(text) for scenario in TOLD for text in told(scenario).texts):
        said = line["metadata"]
        meant = said["instance"] if said["service_name"] == "phoenix-agent" else said.get("agent")
        for text in (json.dumps(line), json.dumps(line, sort_keys=True, separators=(",", ":"))):
            found = re.search(pattern, text)
            assert (found and found[1]) == meant
        if meant:
            (written if said["service_name"] == "phoenix-agent" else about).add(meant)
        else:
            others.add(line["component"])
    assert about <= written <= agents
    assert about
    assert others == {"orchestrator", "queue"}


def test_a_trace_leads_to_its_lines() -> None:
    query = provisioned()["tempo"]["jsonData"]["tracesToLogsV2"]["query"]
    (failed, *_) = (span for span in told("failures").spans if span.status == "error" and span.name == "task.run")
    (finds,) = log_selections(query.replace("${__trace.traceId}", failed.trace_id))
    found = [json.loads(line.text) for line in lines() if finds(line)]
    assert {line["component"] for line in found} == {"orchestrator", "queue", "agent"}
    assert failed.message in {line["message"] for line in found}


def test_an_exemplar_s_label_is_the_one_that_leads_to_tempo() -> None:
    names = {each["name"] for each in provisioned()["prometheus"]["jsonData"]["exemplarTraceIdDestinations"]}
    assert "trace_id" in names


def test_variables_stand_for_everything_or_nothing() -> None:
    asked = chosen('{environment=~"$environment"} |~ "(?i)$search" | plan_id=~"${plan_id}"')
    assert asked == '{environment=~".*"} |~ "(?i)" | plan_id=~".*"'
    assert "$" not in "".join(chosen(query) for _, query in TRACEQL)
