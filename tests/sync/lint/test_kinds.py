"""What names alone tell of a metric's kind, against what exporters say of theirs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import sync.lint
from sync.lint.kinds import kind, looks_like_a_level, well_known
from sync.lint.known import Known
from sync.lint.known_units import usual_units
from sync.lint.project import Project
from sync.lint.promql.named_units import observed_by, of_name

EXPOSITIONS = sorted((Path(__file__).parents[2] / "data" / "expositions").glob("*.txt"))
ROOM = Path(sync.lint.__file__).parent
OF_EXPORTERS: dict[str, list[str]] = json.loads((ROOM / "exporters.json").read_text(encoding="utf-8"))
SHOWN_UNITS: dict[str, list[str]] = json.loads((ROOM / "shown_units.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", EXPOSITIONS, ids=lambda path: path.stem)
def test_no_name_is_taken_for_another_kind_than_its_exporter_says(path: Path) -> None:
    said = dict(re.findall(r"^# TYPE (\w+) (counter|gauge)$", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert said
    assert not {name: told for name, told in said.items() if kind(name, Known()) not in {"", told}}


def test_the_table_of_exporters_has_each_metric_once_and_in_order() -> None:
    names = [name for each in OF_EXPORTERS.values() for name in each]
    assert len(names) == len(set(names))
    assert not well_known().keys() & set(names)
    assert all(each == sorted(each) for each in OF_EXPORTERS.values())


def test_the_table_of_exporters_says_what_the_kind_is() -> None:
    assert OF_EXPORTERS.keys() == {"counter", "gauge", "histogram", "summary", "shown"}
    assert all(kind(name, Known()) == told for told in ("counter", "gauge") for name in OF_EXPORTERS[told])
    assert all(
        kind(f"{name}_count", Known()) == "counter" for told in ("histogram", "summary") for name in OF_EXPORTERS[told]
    )
    assert all(kind(name, Known()) == "" and looks_like_a_level(name) for name in OF_EXPORTERS["shown"])


def test_the_table_of_units_has_only_names_that_say_none() -> None:
    names = [name for each in SHOWN_UNITS.values() for name in each]
    assert len(names) == len(set(names))
    assert all(each == sorted(each) for each in SHOWN_UNITS.values())
    assert not [name for name in names if of_name(name) or observed_by(name)]
    assert all(usual_units(Project())(name) is not None for name in names)
