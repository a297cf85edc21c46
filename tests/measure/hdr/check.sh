#!/usr/bin/env bash
# Reads back with hdr-histogram-js what hdr_samples writes. Usage: check.sh SAMPLES_PROGRAM WORK_DIRECTORY
# Exit code 77 (skipped) where node or the library cannot be had; anything else that goes wrong is a failure.
set -euo pipefail
program=$1 work=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for tool in node npm; do
  if ! command -v "$tool" >/dev/null; then
    echo "skipped: $tool is not installed (scripts/install-packages oracle)"
    exit 77
  fi
done
mkdir -p "$work/samples"
cp "$here"/package.json "$here"/package-lock.json "$here"/read_back.mjs "$work"
cd "$work"
if ! cmp -s package-lock.json installed-lock.json; then
  if ! npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; then
    echo "skipped: npm could not install hdr-histogram-js (no network?)"
    exit 77
  fi
  cp package-lock.json installed-lock.json
fi
"$program" samples
node read_back.mjs samples
