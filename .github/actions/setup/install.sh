#!/usr/bin/env bash
# Install dash-sync from the checkout that this file is part of: install.sh FOLDER makes an environment of its own there.
# What it needs is pinned and hashed, and nothing else is downloaded.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)

python3 -m venv "$1"
pip() { "$1/bin/python" -m pip --quiet --disable-pip-version-check "${@:2}"; }
pip "$1" install --require-hashes -r "$root/.github/actions/setup/requirements.txt"
pip "$1" install --no-deps --no-build-isolation "$root"
