"""Templates that Prometheus fills in, and templates that it can't: what lint says is what promtool sees."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from stack.tools import tool
from sync.lint.alert_text import AlertText, read
from sync.lint.query import Language, Query, Use

EXPR = "max by (job, instance) (up) < 2"
GOOD = [
    "{{ $labels.job | title }}{{$value|humanize}} {{ .Labels.instance }} {{ $.Value }}",
    '{{- $labels.job -}} {{/* a comment with }} in it */}} {{ `raw "text"` }} {{ "a\\"b" }}',
    '{{ with query "up" }}{{ . | first | value | humanize }}{{ else }}none of {{ .Labels.job }}{{ end }}',
    '{{ range $i, $s := query "up" }}{{ $i }} {{ $s.Labels.job }} {{ $s.Value }}{{ end }}',
    '{{ range sortByLabel "job" (query "up") }}{{ .Labels.job }}{{ else }}{{ .Labels.job }}{{ end }}',
    '{{ (query "up" | first).Labels.job }} {{ (index (query "up") 0).Value }} {{ "up" | query | first | label "job" }}',
    "{{ printf \"up{job='%s'}\" $labels.job | query | first | value }}",
    '{{ printf "%s by (%s) ({%s, job=%q})" "sum" "job" "a=\'b\'" $labels.job | query }}',
    '{{ printf "rate(%s_total{job=~`%s.*`}[%s]) > %d" "a" $labels.job "5m" (len "abc") | query }}',
    "{{ if gt $value 10.0 }}a{{ else if lt $value 1e3 }}b{{ else }}c{{ end }}",
    '{{ if and (gt $value 0.5) (eq $labels.job "j" "k") (gt (len (query "up")) 0) }}x{{ end }}',
    '{{ printf "%s %.2f%% %v %5.1f" $labels.job $value $labels 1.5 }} {{ printf "%d" (len "abc") }}',
    '{{ $a := "x" }}{{ $a = $labels.job }}{{ $a }} {{ index $labels "job" | toUpper }}',
    '{{ reReplaceAll "(.*)" "$1" $labels.job }} {{ $labels.job | match "a.*" }} {{ stripPort $labels.instance }}',
    '{{ define "a" }}{{ .job }}{{ end }}{{ template "a" $labels }}',
    "{{ range $labels }}{{ . }}{{ end }}{{ with $labels }}{{ .job }}{{ end }} {{ $value | }} {{ -1.5 }} {{.Value -}} }",
]
BAD = {
    "{{ $labels.job } is down": "isn't closed",
    "{{ $labels.job": "isn't closed",
    '{{ "unclosed }}': "a text in a template action",
    "{{/* unclosed }}": "a comment",
    "{{ }}": "says nothing",
    "{{ if $labels.job }}x": "without its",
    "{{ end }}": "without a beginning",
    "{{ $value * 100 }}": "no arithmetic",
    '{{ if $labels.job == "a" }}x{{ end }}': "eq compares",
    "{{ $labels.foo-bar }}": "index $labels",
    '{{ $labels["job"] }}': "index $labels",
    "{{ query 'up' }}": "double quotes",
    "{{ ($labels.job }}": "parenthesis",
    "{{ labels.job }}": "write $labels",
    "{{ $label.job }}": "did you mean $labels?",
    "{{ .labels.job }}": "write .Labels",
    "{{ .job }}": "a label is $labels.job",
    "{{ $labels.job.name }}": "asks a text for .name",
    "{{ value }}": "write $value",
    "{{ humanize }}": "is given nothing",
    "{{ $value | humanise }}": "did you mean humanize?",
    "{{ $value | humanize 2 }}": "is given 2 values",
    "{{ $value | first }}": "is given a number",
    "{{ $value | toUpper }}": "toUpper wants a text",
    '{{ value (query "up") }}': "value wants a sample",
    '{{ humanize (query "up") }}': "the list that query returns",
    '{{ range query "up" }}{{ .labels.job }}{{ end }}': "write .Labels",
    '{{ with query "up" }}{{ .Labels.job }}{{ end }}': "`first`",
    '{{ query "up{" | first | value }}': "not PromQL",
    """{{ printf "sum(up{job='%s'}) by (" $labels.job | query }}""": "whatever printf puts in",
    '{{ query "up[5m]" }}': "ranges",
    '{{ reReplaceAll "(a" "" $labels.job }}': "can't read its pattern",
    "{{ if gt $value 10 }}x{{ end }}": "write 10 as 10.0",
    "{{ if eq $labels.job 500 }}x{{ end }}": "can't compare a text with a whole number",
    '{{ printf "%d" $value }}': "%!d(float64=…)",
    '{{ printf "%s is %f" $labels.job }}': "(MISSING)",
    '{{ printf "%s" $labels.job $value }}': "(EXTRA …)",
    '{{ $labels.job "x" }}': "takes no arguments",
    "{{ if true }}{{ $y := 1 }}{{ end }}{{ $y }}": "there is no $y",
    '{{ template "a" . }}': "there is no template a",
    "{{ nil }}": "nil",
}


def test_a_good_template_is_read_without_complaint() -> None:
    assert [found.failures for text in GOOD if (found := _read(text)).failures or found.typos] == []


@pytest.mark.parametrize(("text", "words"), BAD.items(), ids=BAD)
def test_what_fails_is_said(text: str, words: str) -> None:
    assert any(words in said for said in _read(text).failures)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("{{ $labels.a }}{{ .Labels.b }}{{ $.Labels.c }}", ["a", "b", "c"]),
        ('{{ index $labels "a-b" }}{{ with $labels }}{{ .c }}{{ end }}', ["a-b", "c"]),
        ("{{ if $labels.a }}{{ $labels.a }}{{ $labels.b }}{{ end }}", ["b"]),
        ("{{ or $labels.a $labels.b }}", []),
        ('{{ with query "up" }}{{ (first .).Labels.a }}{{ end }}', ["a"]),
        ('{{ "{{" }} $labels.a {{ "}}" }}', []),
    ],
)
def test_the_labels_that_are_shown_are_known(text: str, labels: list[str]) -> None:
    assert [shown.name for shown in _read(text).labels] == labels


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ('{{ printf "%.1f" .Value }}', True),
        ("{{ $v := $value }}{{ $v | humanize }}", True),
        ('{{ query "up" | first | value }}', True),
        ("{{ if gt $value 9.0 }}high{{ end }}{{ lt $value 1.0 }}{{ $v := $value }}", False),
    ],
)
def test_a_text_that_moves_with_each_evaluation_is_known(text: str, *, moves: bool) -> None:
    assert bool(_read(text).moving) == moves


def test_a_query_of_lokis_ruler_is_not_read_as_promql() -> None:
    query = Query('sum(rate({app="a"}[5m])) > 1', Language.LOGQL, Use.ALERT)
    assert not read('{{ query `{app="a"} |= "b"` }}', query).failures


@pytest.mark.needs("promtool")
@pytest.mark.parametrize("text", [*GOOD, *BAD])
def test_promtool_agrees(text: str, tmp_path: Path) -> None:
    alert = {"alert": "A", "expr": EXPR, "annotations": {"text": text}}
    series = [{"series": 'up{job="j",instance="i:80"}', "values": "1x5"}]
    case = {"eval_time": "2m", "alertname": "A", "exp_alerts": []}
    test = {"interval": "1m", "input_series": series, "alert_rule_test": [case]}
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "a", "rules": [alert]}]}))
    (tmp_path / "test.yaml").write_text(yaml.safe_dump({"rule_files": ["rules.yaml"], "tests": [test]}))
    run = subprocess.run(
        [tool("promtool"), "test", "rules", tmp_path / "test.yaml"], capture_output=True, text=True, check=False
    )
    said = run.stdout + run.stderr
    fails = "got:" not in said or "error expanding template" in said or "%!" in said
    assert fails == (text in BAD), said


def _read(text: str) -> AlertText:
    return read(text, Query(EXPR, Language.PROMQL, Use.ALERT))
