#!/usr/bin/env bash
# Splink 5.0.0 and padan on two lists of a million persons, side by side: `run.sh WORK_DIR [OPTIONS OF run.py]`.
#
# WORK_DIR takes the Python environment, the lists and what both write; the table goes to stdout. PADAN names the binary to measure.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ $# -lt 1 ]; then
  sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 1
fi
work=$1
shift
mkdir -p "$work"
if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
fi
"$work/venv/bin/pip" install --quiet splink==5.0.0 duckdb numpy polars pyarrow
exec "$work/venv/bin/python" "$here/run.py" "$work" "$@"
