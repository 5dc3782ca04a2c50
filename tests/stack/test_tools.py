"""Programs are found where they are, and what is missing is said with its remedy."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from stack import tools


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tools, "TOOLS_DIR", tmp_path / "tools")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_an_unpacked_program_is_preferred_to_the_one_on_the_path(empty: Path) -> None:
    on_path = program(empty / "bin" / "promtool")
    assert tools.tool("promtool") == on_path
    unpacked = program(empty / "tools" / "bin" / "promtool")
    assert tools.tool("promtool") == unpacked


def test_a_missing_program_says_how_to_get_it_without_apt(empty: Path) -> None:
    with pytest.raises(tools.ToolMissingError, match=r"promtool is missing: install .* put `promtool` on the PATH"):
        tools.tool("promtool")


def test_a_missing_program_says_how_to_get_it_with_apt(empty: Path) -> None:
    program(empty / "bin" / "apt-get")
    program(empty / "bin" / "dpkg")
    with pytest.raises(tools.ToolMissingError, match="promtool is missing: run `make tools`"):
        tools.tool("promtool")


def test_every_missing_program_is_listed(empty: Path) -> None:
    program(empty / "bin" / "prometheus")
    assert [error.name for error in tools.missing()] == [name for name in tools.TOOLS if name != "prometheus"]


def test_a_launcher_becomes_its_program_and_finds_the_unpacked_libraries(empty: Path) -> None:
    printer = program(empty / "tools" / "debian" / "usr" / "bin" / "printer")
    printer.write_text('#!/bin/sh\necho "$$ $LD_LIBRARY_PATH $1"\n')
    library = program(empty / "tools" / "debian" / "usr" / "lib" / "machine" / "libx.so.1")
    (empty / "tools" / "bin").mkdir()
    entry = tools.Tool("printer", "usr/bin/printer", "nowhere")
    tools._write_launcher("printer", entry, empty / "tools" / "debian")
    reader, writer = os.pipe()
    process = os.posix_spawn(
        tools.TOOLS_DIR / "bin" / "printer", ["printer", "word"], {}, file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1)]
    )
    os.waitpid(process, 0)
    os.close(writer)
    with os.fdopen(reader) as output:
        assert output.read() == f"{process} {library.parent} word\n"


def test_programs_are_told_of_unpacked_fonts_where_the_system_has_none(empty: Path) -> None:
    debian = empty / "tools" / "debian"
    program(debian / "usr" / "bin" / "printer").write_text('#!/bin/sh\necho "$FONTCONFIG_FILE"\n')
    entry = tools.Tool("printer", "usr/bin/printer", "nowhere")
    (empty / "tools" / "bin").mkdir()
    said = []
    for fonts in (False, True):
        if fonts:
            (debian / "etc" / "fonts").mkdir(parents=True)
        tools._write_fonts(debian)
        tools._write_launcher("printer", entry, debian)
        launcher = tools.TOOLS_DIR / "bin" / "printer"
        said.append(subprocess.run([launcher], capture_output=True, text=True, env={}, check=True).stdout)
    assert said == ["\n", f"{debian / 'fonts.conf'}\n"]
    assert f"<dir>{debian}/usr/share/fonts/truetype/dejavu</dir>" in (debian / "fonts.conf").read_text()
