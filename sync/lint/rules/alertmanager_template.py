"""A template of a notification that can't be filled in, so that nothing is sent.

At the top the data are those of the whole notification: `.CommonAnnotations`, `.GroupLabels`, `.Alerts`. What an alert
has by itself (`.Labels`, `.Annotations`, `.StartsAt`) it has within `{{ range .Alerts }}`, where the rest is `$.…`. The
functions are Go's and Alertmanager's own; Sprig's `default` and Prometheus' `humanize` are none of them. Alertmanager
takes such a configuration, and every notification fails.

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, slack_configs: [{channel: "#a", api_url_file: /a, title: "{{ .Annotations.summary }}"}]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, pagerduty_configs: [{routing_key_file: /a, details: {team: "{{ .Labels.team }}"}}]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers:
    - name: a
      slack_configs: [{channel: "#a", fields: [{title: a, value: "{{ range .Alerts }}{{ .GroupLabels.a }}{{ end }}"}]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, email_configs: [{to: a@b.c, text: '{{ .CommonLabels.job | default "none" }}'}]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, email_configs: [{to: a@b.c, text: '{{ range .Alerts }}{{ .Labels.job }}'}]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, email_configs: [{to: a@b.c, text: '{{ .Status }}: {{ $value }}'}]}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, slack_configs: [{channel: "#a", api_url_file: /a, title: '{{ template "our.title" . }}'}]}]

PASS alertmanager:
    route: {receiver: a}
    receivers: [{name: a, slack_configs: [{channel: "#a", api_url_file: /a, title: '{{ template "our.title" . }}'}]}]
    templates: [/etc/alertmanager/*.tmpl]

PASS alertmanager:
    route: {receiver: a}
    receivers: [{name: a, slack_configs: [{channel: "#a", api_url_file: /a, title: '{{ template "__subject" . }}'}]}]

FAIL file points.yaml:
    apiVersion: 1
    contactPoints:
    - name: a
      receivers: [{uid: a, type: slack, settings: {url: "https://a.example.org", text: "{{ .ValueString }}"}}]

PASS file points.yaml:
    apiVersion: 1
    contactPoints:
    - name: a
      receivers:
      - {uid: a, type: slack, settings: {url: "$SLACK", text: "{{ range .Alerts }}{{ .ValueString }}{{ end }}"}}

FAIL file points.yaml:
    apiVersion: 1
    templates: [{name: ours, template: '{{ define "our.title" }}{{ .Status }}{{ end }}'}]
    contactPoints:
    - name: a
      receivers:
      - {uid: a, type: email, settings: {addresses: a@b.c, subject: '{{ template "our.titel" . }}'}}

FAIL file templates.yaml:
    apiVersion: 1
    templates: [{name: ours, template: '{{ define "our.title" }}{{ range .Alerts }}{{ .Status }}{{ end }}'}]

PASS file points.yaml:
    apiVersion: 1
    templates: [{name: ours, template: '{{ define "our.title" }}{{ .Status }}{{ end }}'}]
    contactPoints:
    - name: a
      receivers:
      - uid: a
        type: email
        settings:
          addresses: a@b.c
          subject: '{{ template "our.title" . }}'
          message: '{{ range $$i, $$a := .Alerts }}{{ $$i }} {{ .Values.B }} {{ template "default.title" . }}{{ end }}'

PASS alertmanager:
    route: {receiver: a}
    templates: ["*.tmpl"]
    receivers:
    - name: a
      email_configs:
      - to: a@b.c
        text: >-
          {{ template "mail.title" . }} {{ len .Alerts.Firing }} of {{ .GroupLabels.job | toUpper }}
          {{ range $i, $alert := .Alerts }}{{ .Labels.job }} {{ $alert.Annotations.summary }} {{ $.ExternalURL }}
          {{ with .Annotations }}{{ .description }}{{ end }}{{ .StartsAt.Format "15:04" }}{{ end }}
          {{ range $i, $a := .Alerts }}{{ if $i }}, {{ end }}{{ $a.Labels.job }}{{ end }}
          {{ range $k, $v := .CommonLabels }}{{ $k }}: {{ $v }}{{ end }}
          {{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }}{{ end }}
          {{ with index .Alerts 0 }}{{ .Labels.job }}{{ end }}
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sync.lint.alertmanager import AlertmanagerConfig
from sync.lint.gotemplate import Block, BrokenTemplateError, Operand, Pipe, parse
from sync.lint.known import nearest
from sync.lint.managed_routing import DEFINED
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text, texts

_WHOLE = frozenset({"Receiver", "Status", "Alerts", "GroupLabels", "CommonLabels", "CommonAnnotations", "ExternalURL"})
_ALERT = frozenset({"Status", "Labels", "Annotations", "StartsAt", "EndsAt", "GeneratorURL", "Fingerprint"})
_ALERT_OF_GRAFANA = frozenset({"Values", "ValueString", "SilenceURL", "DashboardURL", "PanelURL", "ImageURL"})
"""What an alert has more in the notifications of Grafana's own Alertmanager, which have more fields and functions."""
_LISTS = ((), ("Firing",), ("Resolved",))
_GO = "and call html index slice js len not or print printf println urlquery eq ge gt le lt ne true false nil"
_OWN = (
    "toUpper toLower title trimSpace join match safeHtml safeUrl urlUnescape reReplaceAll stringSlice date tz since"
    " humanizeDuration toJson list append dict"
)
"""What Alertmanager adds (its documentation, Notification Template Reference)."""
_FUNCTIONS = frozenset(f"{_GO} {_OWN}".split())
_CALLED = re.compile(r"\{\{-?\s*template\s+[\"`]((?!__)(?!(?:\w+\.)?default\.)[^\"`]+)[\"`]")
"""A template by its name; Alertmanager's own are called __subject and slack.default.title."""
_GOS = re.compile(r"\{\{-?\s*(?:[.$]|range\b|if\b|with\b|end\b|else\b|template\b|define\b|/\*)")
"""What tells a template of Go from one of Jinja, which is filled in before."""


def check(config: AlertmanagerConfig, project: Project) -> Findings:
    """Read every text of every receiver, and the templates that Grafana is given."""
    defined = project.message_templates if config.is_provisioned else frozenset[str]()
    is_alone = config.is_whole and not config.raw.get("templates") and "alertmanager_config" not in config.raw
    for number, receiver in enumerate(as_list(config.raw.get("receivers"))):
        for key, settings in as_dict(receiver).items():
            for text, pointer in texts(settings, ("receivers", number, key)):
                if config.is_provisioned:
                    text = text.replace("$$", "$")  # noqa: PLW2901 - as Grafana reads it
                if _GOS.search(text):
                    yield from _template(text, pointer, is_grafanas=config.is_provisioned)
                    for found in _CALLED.finditer(text) if is_alone and not DEFINED.search(text) else ():
                        said = f"there is no template {found[1]}: Alertmanager has none, and `templates` names no file"
                        yield Finding(said, piece=found[1], pointer=pointer)
                    for found in _CALLED.finditer(text) if defined else ():
                        if found[1] not in defined and found[1] not in DEFINED.findall(text):
                            near = nearest(found[1], defined)
                            severity = None if near else Severity.WARNING
                            said = f"no file has the template {found[1]}{near}"
                            yield Finding(said, piece=found[1], pointer=pointer, severity=severity)
    for number, template in enumerate(as_list(config.raw.get("message_templates"))):
        pointer = ("message_templates", number, "template")
        yield from _template(as_text(as_dict(template).get("template")), pointer, is_grafanas=True)


def _template(text: str, pointer: Pointer, *, is_grafanas: bool) -> Findings:
    try:
        blocks = parse(text)
    except BrokenTemplateError as error:
        yield Finding(f"no template: {error.words}", piece=error.piece, pointer=pointer)
        return
    for message, piece in dict.fromkeys(_Reader(is_grafanas=is_grafanas).blocks(blocks, _WHOLE)):
        yield Finding(message, piece=piece, pointer=pointer)


class _Reader:
    """Follows what the dot and the variables of a template are: the notification, an alert, or nothing known."""

    def __init__(self, *, is_grafanas: bool) -> None:
        self._is_grafanas = is_grafanas
        self._alert = _ALERT | _ALERT_OF_GRAFANA if is_grafanas else _ALERT
        self._variables: dict[str, frozenset[str] | None] = {"$": _WHOLE}

    def blocks(self, blocks: tuple[str | Block, ...], dot: frozenset[str] | None) -> Iterator[tuple[str, str]]:
        """Yield what is wrong, with the piece that it is in."""
        for block in blocks:
            if isinstance(block, str):
                continue
            inner = dot
            if block.word in {"define", "block"}:
                inner = None
            if block.pipe is not None:
                yield from self._pipe(block.pipe, dot)
                given = self._of(block.pipe, dot)
                if block.word == "range":
                    given = self._alert if self._is_alerts(block.pipe, dot) else None
                for name in block.pipe.variables:  # of two the first is the index or the key
                    self._variables[name] = given if name == block.pipe.variables[-1] else None
                inner = given if block.word in {"range", "with"} else inner
            yield from self.blocks(block.body, inner)
            yield from self.blocks(block.otherwise, dot)

    def _pipe(self, pipe: Pipe, dot: frozenset[str] | None) -> Iterator[tuple[str, str]]:
        for number, command in enumerate(pipe.commands):
            first = command[0]
            is_call = number > 0 or len(command) > 1
            if first.kind == "word" and first.value not in _FUNCTIONS and is_call and not self._is_grafanas:
                yield f"Alertmanager's templates have no function {first.value}", first.value
            for operand in command:
                if operand.pipe is not None:
                    yield from self._pipe(operand.pipe, dot)
                yield from self._operand(operand, dot)

    def _operand(self, operand: Operand, dot: frozenset[str] | None) -> Iterator[tuple[str, str]]:
        if operand.kind == "variable" and operand.value not in self._variables:
            yield f"{operand.value} is nothing in a notification's template", operand.value
            return
        has = self._base(operand, dot)
        field = operand.fields[0] if operand.fields else ""
        if has is None or not field or field in has:
            return
        if field in self._alert:
            yield (
                f"a notification has no {field}, its alerts have: put it within {{{{ range .Alerts }}}}",
                operand.piece,
            )
        elif field in _WHOLE:
            yield f"an alert has no {field}, the notification has: write $.{field}", operand.piece
        elif not self._is_grafanas:
            yield f"there is no {field} in a notification; it has {', '.join(sorted(has))}", operand.piece

    def _base(self, operand: Operand, dot: frozenset[str] | None) -> frozenset[str] | None:
        if operand.kind == "variable":
            return self._variables.get(operand.value)
        return dot if operand.kind == "dot" else None

    def _of(self, pipe: Pipe, dot: frozenset[str] | None) -> frozenset[str] | None:
        """Return what a pipeline gives, where that is a notification or an alert."""
        is_alone = len(pipe.commands) == 1 and len(pipe.commands[0]) == 1
        operand = pipe.commands[0][0]
        return self._base(operand, dot) if is_alone and not operand.fields else None

    def _is_alerts(self, pipe: Pipe, dot: frozenset[str] | None) -> bool:
        operand = pipe.commands[0][0]
        is_alone = len(pipe.commands) == 1 and len(pipe.commands[0]) == 1
        is_list = operand.fields[:1] == ("Alerts",) and operand.fields[1:] in _LISTS
        return is_alone and is_list and self._base(operand, dot) is _WHOLE


RULE = Rule(__name__, Severity.ERROR, alertmanager=check)
