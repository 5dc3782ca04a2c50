#!/usr/bin/env bash
# Compare the rendered files in $DIRECTORY with the revision $BASE: the summary of the job says what changed, a page and
# pictures show it. Sets the output `changed`.
set -euo pipefail
out=$RUNNER_TEMP/difference
mkdir -p "$out"

status=0
dash-sync diff --base "$BASE" --dir "$DIRECTORY" --format html --pictures "$out/pictures" --exit-code \
  > "$out/difference.html" || status=$?
case $status in
  0) echo "changed=false" >> "$GITHUB_OUTPUT" ;;
  10) echo "changed=true" >> "$GITHUB_OUTPUT" ;;
  *) exit "$status" ;;
esac
dash-sync diff --base "$BASE" --dir "$DIRECTORY" --format markdown >> "$GITHUB_STEP_SUMMARY"
