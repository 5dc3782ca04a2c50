"""GitHub's parser of workflows, and a GitLab runner with its schema; fetched from npm into .tools as the pins say."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.npm import installed, node

HERE = Path(__file__).parent


def fetch() -> Path:
    """Return the folder with the packages, filled first where that is needed."""
    return installed("automation", HERE)


def problems(text: str, name: str) -> list[str]:
    """Return what GitHub would refuse in a workflow, or in an action where `name` ends in action.yml."""
    done = subprocess.run(
        [node(), HERE / "check.mjs", fetch(), name], input=text, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def gitlab_ci(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run gitlab-ci-local on the .gitlab-ci.yml of a repository: it checks the schema, then lists jobs."""
    command = [node(), fetch() / "node_modules/gitlab-ci-local/dist/index.js", *arguments]
    given = [word for name, value in variables.items() for word in ("--variable", f"{name}={value}")]
    # It warns on stdout of variables that GitLab sets itself; which those are is the test's to say.
    environment = {**os.environ, "HOME": str(folder.parent), "GCL_IGNORE_PREDEFINED_VARS": ",".join(variables)}
    return subprocess.run([*command, *given], cwd=folder, env=environment, capture_output=True, text=True, check=False)
