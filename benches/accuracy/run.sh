#!/usr/bin/env bash
# Splink 5.0.0 and padan on labelled sets, side by side: `run.sh TRUTH_DIR [WORK_DIR] [-- OPTIONS OF run.py]`.
#
# TRUTH_DIR holds a folder a set: records.parquet, or left.parquet and right.parquet, with truth.parquet (id_l, id_r). WORK_DIR takes
# the Python environment, what padan writes, and results.md; a temporary folder unless given. PADAN names the binary to measure.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ $# -lt 1 ]; then
  sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 1
fi
truth=$1
shift
work=
if [ $# -gt 0 ] && [ "$1" != -- ]; then
  work=$1
  shift
fi
if [ "${1:-}" = -- ]; then
  shift
fi
work=${work:-$(mktemp -d)}
mkdir -p "$work"

if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
fi
"$work/venv/bin/pip" install --quiet splink==5.0.0 duckdb polars pyarrow

"$work/venv/bin/python" "$here/run.py" "$truth" "$work" "$work/results.md" "$@"
echo "$work/results.md" >&2
