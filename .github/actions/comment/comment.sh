#!/usr/bin/env bash
# Compare and comment, with the Python that the dash-sync on the PATH runs with: -P, so that it takes no module from the
# folder that it runs in.
set -euo pipefail
exec "$(dirname "$(command -v dash-sync)")/python" -P -m sync.review github --dir "$DIRECTORY" --author "$AUTHOR"
