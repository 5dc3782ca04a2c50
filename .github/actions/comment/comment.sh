#!/usr/bin/env bash
# Compare and comment, with the Python that the dash-sync on the PATH runs with.
set -euo pipefail
exec "$(dirname "$(command -v dash-sync)")/python" -m sync.review github --dir "$DIRECTORY" --author "$AUTHOR"
