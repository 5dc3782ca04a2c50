"""Programs that read a folder at an absolute path, made to read an unpacked copy of it instead.

Debian's Alertmanager loads its own templates from /usr/share/prometheus/alertmanager, where only root can put them.
Mounting a copy there takes a user namespace, which many machines and most containers forbid. So a copy of the program
gets another path of the same length: that of an open file descriptor, which its launcher opens on the unpacked folder.
Linux only, as the packages are.
"""

from __future__ import annotations

from pathlib import Path

DESCRIPTOR = 9
"""The highest that every shell can open; programs take the lowest that is free."""


class RelocationError(Exception):
    """A program that can't be made to read another folder."""


def relocate(program: Path, folder: str) -> Path:
    """Write a copy of the program that reads file descriptor DESCRIPTOR in place of `folder`; return its path."""
    there, here = folder.encode(), f"/proc/self/fd/{DESCRIPTOR}".encode()
    content = program.read_bytes()
    if there not in content or len(here) > len(there):
        raise RelocationError(f"{program} doesn't name {folder}, or the name is too short to be replaced")
    copy = program.with_name(f"{program.name}-relocated")
    # A path may have any number of slashes at its end or within.
    copy.write_bytes(content.replace(there, here.ljust(len(there), b"/")))
    copy.chmod(0o755)
    return copy
