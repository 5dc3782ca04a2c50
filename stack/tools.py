"""The real servers that tests and trials run: found, or unpacked into `.tools/`, never installed.

On Debian and Ubuntu `python -m stack.tools` downloads the packages below with all they depend on and unpacks them
into `.tools/debian`; it needs no root, starts no service and leaves the system as it was: apt gets package lists and a
cache of its own. Elsewhere the tools on the PATH are used, and what is missing is said together with how to get it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from stack.relocated import DESCRIPTOR, RelocationError, relocate

ROOT = Path(__file__).resolve().parent.parent
TOOLS_DIR = ROOT / ".tools"

# What a program reads from beside itself, wherever it is: fetched even where the system has it installed.
BESIDE = ("chromium-common",)

FONTS = "fonts.conf"

# Unpacking another C library beside the running one breaks every program that would load it. What draws with a
# graphics card is large, and no test has one.
NEVER_UNPACKED = ("libc6_", "libc-bin_", "libgcc-s1_", "libgl1-mesa-dri_", "libllvm", "libz3-")


@dataclass(frozen=True)
class Tool:
    """A program: the Debian package that ships it, its path in that package, and where others get it.

    `insists_on` is a folder of the package that the program reads where an installed package would have it.
    """

    package: str
    path: str
    elsewhere: str
    insists_on: str = ""


PROMETHEUS = "the prometheus package of your system, or a release of github.com/prometheus/prometheus"
ALERTMANAGER = "a release of github.com/prometheus/alertmanager"
TOOLS = {
    "prometheus": Tool("prometheus", "usr/bin/prometheus", PROMETHEUS),
    "promtool": Tool("prometheus", "usr/bin/promtool", PROMETHEUS),
    "alertmanager": Tool(
        "prometheus-alertmanager",
        "usr/bin/prometheus-alertmanager",
        ALERTMANAGER,
        insists_on="usr/share/prometheus/alertmanager",
    ),
    "amtool": Tool("prometheus-alertmanager", "usr/bin/amtool", ALERTMANAGER),
    "redis-server": Tool("redis-server", "usr/bin/redis-server", "Redis 7 or newer"),
    "redis-exporter": Tool(
        "prometheus-redis-exporter",
        "usr/bin/prometheus-redis-exporter",
        "a release of github.com/oliver006/redis_exporter, named redis-exporter,",
    ),
    "haproxy": Tool("haproxy", "usr/sbin/haproxy", "HAProxy 2.6 or newer, built with its Prometheus exporter,"),
    "node-exporter": Tool(
        "prometheus-node-exporter",
        "usr/bin/prometheus-node-exporter",
        "a release of github.com/prometheus/node_exporter, named node-exporter,",
    ),
    "chromium-headless-shell": Tool(
        "chromium-headless-shell",
        "usr/lib/chromium/chromium-headless-shell",
        "Chromium, linked as chromium-headless-shell,",
    ),
}


class ToolMissingError(Exception):
    """A program that a test or trial needs is neither unpacked nor on the PATH."""

    def __init__(self, name: str) -> None:
        self.name = name
        how = "run `make tools`" if _has_apt() else f"install {TOOLS[name].elsewhere} and put `{name}` on the PATH"
        super().__init__(f"{name} is missing: {how}")


def tool(name: str) -> Path:
    """Return the program's path: the unpacked one first, else the one on the PATH. Raises ToolMissingError."""
    unpacked = TOOLS_DIR / "bin" / name
    if unpacked.exists():
        return unpacked
    on_path = shutil.which(name)
    if on_path is None:
        raise ToolMissingError(name)
    return Path(on_path)


def missing() -> list[ToolMissingError]:
    """Every tool that can't be found, each with its remedy."""
    found: list[ToolMissingError] = []
    for name in TOOLS:
        try:
            tool(name)
        except ToolMissingError as error:
            found.append(error)
    return found


def unpack() -> None:
    """Download and unpack the packages of TOOLS. Raises subprocess.CalledProcessError with apt's own words."""
    debian, archives = TOOLS_DIR / "debian", TOOLS_DIR / "apt" / "archives"
    _apt("update")
    # One that this system's archive lacks (Ubuntu has no Chromium) must not keep the others away.
    wanted = sorted({entry.package for entry in TOOLS.values()} | set(BESIDE))
    packages = [name for name in wanted if _has_package(name)]
    _apt("install", "--yes", "--no-install-recommends", "--reinstall", "--download-only", *packages)
    for archive in sorted(archives.glob("*.deb")):
        if not archive.name.startswith(NEVER_UNPACKED):
            subprocess.run(["dpkg", "-x", archive, debian], check=True)
    shutil.rmtree(TOOLS_DIR / "apt")
    _write_fonts(debian)
    for name, entry in TOOLS.items():
        try:
            _write_launcher(name, entry, debian)
        except RelocationError as error:
            print(f"tools: {error}", file=sys.stderr)


def _apt(verb: str, *arguments: str) -> None:
    subprocess.run(["apt-get", "--quiet=2", *_apt_flags(), verb, *arguments], check=True, stdout=sys.stderr)


def _has_package(name: str) -> bool:
    asked = subprocess.run(["apt-cache", *_apt_flags(), "show", name], check=False, capture_output=True)
    return asked.returncode == 0


def _apt_flags() -> list[str]:
    state = TOOLS_DIR / "apt"
    for folder in ("lists/partial", "archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    options = {
        "Dir::State::Lists": state / "lists",
        "Dir::Cache": state,
        "Debug::NoLocking": "1",
        "APT::Sandbox::User": "",
        "Acquire::Retries": "3",
    }
    return [word for key, value in options.items() for word in ("-o", f"{key}={value}")]


def _write_launcher(name: str, entry: Tool, debian: Path) -> None:
    """Write `.tools/bin/<name>`, which finds the unpacked libraries and becomes the program (same process id)."""
    launcher, program = TOOLS_DIR / "bin" / name, debian / entry.path
    launcher.parent.mkdir(exist_ok=True)
    before = []
    if not program.exists():
        program = Path("/", entry.path)  # apt downloads nothing that this system has installed
    elif entry.insists_on:
        program = relocate(program, f"/{entry.insists_on}")
        before.append(f'exec {DESCRIPTOR}<"{debian / entry.insists_on}"')
    if program.is_relative_to(debian) and (libraries := _libraries(debian)):
        before.append(f'export LD_LIBRARY_PATH="{":".join(map(str, libraries))}"')
    if (fonts := debian / FONTS).exists():
        before.append(f'export FONTCONFIG_FILE="{fonts}"')
    launcher.write_text("\n".join(["#!/bin/sh", *before, f'exec "{program}" "$@"', ""]))
    launcher.chmod(0o755)


def _write_fonts(debian: Path) -> None:
    """Tell programs of the unpacked fonts, where the system has none: Debian's own file names absolute paths."""
    if not (debian / "etc" / "fonts").exists():
        return
    rules = [debian / "usr/share/fontconfig/conf.avail" / name for name in ("45-latin.conf", "60-latin.conf")]
    lines = [
        '<?xml version="1.0"?>',
        "<fontconfig>",
        f"<dir>{debian / 'usr/share/fonts/truetype/dejavu'}</dir>",
        "<dir>/usr/share/fonts</dir>",
        f"<cachedir>{debian / 'var/cache/fontconfig'}</cachedir>",
        *(f'<include ignore_missing="yes">{rule}</include>' for rule in rules),
        "</fontconfig>",
    ]
    (debian / FONTS).write_text("\n".join([*lines, ""]))


def _libraries(debian: Path) -> list[Path]:
    # Those of programs, not the modules of Perl or of a driver; PulseAudio keeps a part of its own library apart.
    patterns = ("lib/*/*.so*", "usr/lib/*/*.so*", "usr/lib/*/pulseaudio/*.so*")
    return sorted({library.parent for pattern in patterns for library in debian.glob(pattern)})


def _has_apt() -> bool:
    return bool(shutil.which("apt-get") and shutil.which("dpkg"))


def main() -> int:
    """Make every tool available, or say what is missing and how to get it."""
    if missing() and _has_apt():
        try:
            unpack()
        except subprocess.CalledProcessError as error:
            print(f"tools: {error.cmd[0]} ended with status {error.returncode}; its words are above", file=sys.stderr)
    left = missing()
    for lacking in left:
        print(f"tools: {lacking}", file=sys.stderr)
    if left:
        print("tools: the checks that need them will be listed as not run", file=sys.stderr)
    for name in sorted(TOOLS.keys() - {lacking.name for lacking in left}):
        print(f"tools: {name} is {tool(name)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
