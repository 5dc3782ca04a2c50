#!/usr/bin/env bash
# Plan a push of the rendered files in $DIRECTORY: the summary of the job shows it, a file keeps it. Sets the output
# `changed`.
set -euo pipefail
out=$RUNNER_TEMP/plan
mkdir -p "$out"

status=0
dash-sync plan --dir "$DIRECTORY" --out "$out/plan.json" --exit-code > "$out/plan.txt" || status=$?
cat "$out/plan.txt"
case $status in
  0) echo "changed=false" >> "$GITHUB_OUTPUT" ;;
  10) echo "changed=true" >> "$GITHUB_OUTPUT" ;;
  *) exit "$status" ;;
esac
printf '### What a push would do\n\n```\n%s\n```\n' "$(sed 's/```/ʼʼʼ/g' "$out/plan.txt")" >> "$GITHUB_STEP_SUMMARY"
