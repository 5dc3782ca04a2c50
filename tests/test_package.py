"""What is shipped: the wheel holds the engine and nothing of Phoenix, and the pins name no place to get them from."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGINE = {"signals_lib", "panels_lib", "rules_lib", "sync"}
CONTENT = {"catalogue", "alerts", "dashboards", "stack", "tests"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl"))).namelist()


def test_the_wheel_holds_the_engine_rooms_only(wheel: list[str]) -> None:
    assert {name.split("/")[0] for name in wheel if ".dist-info/" not in name} == ENGINE


def test_the_wheel_holds_what_the_engine_reads(wheel: list[str]) -> None:
    files = subprocess.run(["git", "ls-files", "-z", *sorted(ENGINE)], cwd=ROOT, check=True, capture_output=True)
    assert set(filter(None, files.stdout.decode().split("\0"))) - set(wheel) == set()
    assert {"sync/config.schema.json", "rules_lib/objectives.schema.json", "sync/py.typed"} <= set(wheel)


@pytest.mark.parametrize("room", sorted(ENGINE))
def test_an_engine_room_imports_no_content(room: str) -> None:
    program = f"import sys, {room}; sys.exit(bool({CONTENT!r} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_pushing_files_needs_nothing_of_what_draws_them() -> None:
    program = (
        "import sys, sync.cli, sync.push, sync.planning, sync.grafana.connect; sys.exit('grafanalib' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_constraints_pin_and_hash_everything_and_name_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text()
    pins = re.split(r"\n(?=\S)", text.strip())
    assert len(pins) > 40
    for pin in pins:
        assert re.match(r"[a-z0-9][a-z0-9._-]*==[^ ]+ ", pin), pin
        assert "--hash=sha256:" in pin
    assert not re.search(r"https?:|--index|--find-links|@ ", text)


def test_constraints_hold_every_dependency_that_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = [
        *project["project"]["dependencies"],
        *(one for extra in project["project"]["optional-dependencies"].values() for one in extra),
        *(one for group in project["dependency-groups"].values() for one in group if isinstance(one, str)),
    ]
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
    assert {re.split(r"[^A-Za-z0-9._-]", one)[0].lower() for one in declared} <= pinned


def test_the_image_of_the_stack_gets_the_same_pins_as_everybody() -> None:
    def pins(path: str) -> dict[str, str]:
        return {
            pin.split("==")[0]: "\n".join(line for line in pin.splitlines() if not line.lstrip().startswith("#"))
            for pin in re.split(r"\n(?=\S)", (ROOT / path).read_text().strip())
        }

    everybody, image = pins("constraints.txt"), pins("stack/requirements.txt")
    assert image.keys() >= {"click", "prometheus-client", "promql-parser", "pyyaml", "aiosmtpd"}
    assert {name: everybody.get(name) for name in image} == image
