"""Splink and padan link two lists of a million persons, one after the other: seconds, memory, pairs and F1 as a Markdown table.

`python run.py WORK_DIR [--persons N] [--rules narrow,wide] [--repeat N] [--splink-only | --padan-only]`, by way of `run.sh`. The lists
are made once (`../accuracy/households.py`, seed 1) and kept. Every program runs as a process of its own, from Parquet files to a
Parquet file of scored pairs, training included; seconds and peak memory are the operating system's account of it. Of several runs the
median is told. PADAN names the binary.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "accuracy"))

PADAN = os.environ.get("PADAN", str(HERE.parents[1] / "target" / "release" / "padan"))
HEADER = ["rules", "program", "candidate pairs", "pairs written", "seconds", "CPU seconds", "peak MB", "best F1", "F1 at p ≥ 0.5"]


def measured(command: list[str]) -> dict:
    """Standard output, wall and CPU seconds and peak memory of one command."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode()
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit status {process.returncode}")
    return {"output": text, "seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}


def median(command: list[str], repeat: int) -> dict:
    """The median of several runs by seconds."""
    runs = sorted((measured(command) for _ in range(repeat)), key=lambda run: run["seconds"])
    print(f"{Path(command[0]).name}: {[round(run['seconds'], 2) for run in runs]} s", file=sys.stderr)
    return runs[len(runs) // 2]


def splink(data: Path, rules: str, work: Path, repeat: int) -> tuple[dict, Path]:
    """Splink's run and its pairs."""
    out = work / f"splink-{rules}.parquet"
    run = median([sys.executable, str(HERE / "splink_link.py"), str(data), rules, str(out)], repeat)
    told = json.loads(run["output"].splitlines()[-1])
    print(f"splink {rules}: {told}", file=sys.stderr)
    return run | {"candidates": told["pairs"]}, out


def padan(data: Path, rules: str, work: Path, repeat: int) -> tuple[dict, Path]:
    """padan's run and its pairs."""
    out = work / f"padan-{rules}"
    files = [str(data / f"{side}.parquet") for side in ("left", "right")]
    run = median([PADAN, "link", *files, "--model", str(HERE / f"{rules}.toml"), "--out", str(out), "--json"], repeat)
    return run | {"candidates": json.loads(run["output"])["candidate_pairs"]}, out / "pairs.parquet"


def line(rules: str, program: str, run: dict, pairs: Path, truth: Path) -> list[str]:
    """One line of the table."""
    # Only once everything is measured: a process starts with the memory of the one that starts it on its account.
    import polars as pl
    import score

    truth = pl.read_parquet(truth)
    written = pl.read_parquet(pairs, columns=["id_l", "id_r", "match_weight", "match_probability"])
    # What is far below any threshold that could be best only costs memory.
    likely = written.filter(pl.col("match_weight") > -10)
    said = likely.filter(pl.col("match_probability") >= 0.5)
    figures = [f"{score.best_f1(likely, truth)[0]:.4f}", f"{score.f1_of(said, truth):.4f}"]
    counts = [f"{run['candidates']:,}", f"{written.height:,}"]
    return [rules, program, *counts, f"{run['seconds']:.2f}", f"{run['cpu']:.2f}", f"{run['memory']:,.0f}", *figures]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--rules", default="narrow,wide")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--splink-only", action="store_true")
    parser.add_argument("--padan-only", action="store_true")
    arguments = parser.parse_args()
    data = arguments.work / f"households-{arguments.persons}"
    if not (data / "truth.parquet").is_file():
        subprocess.run([sys.executable, str(HERE.parent / "accuracy" / "households.py"), str(arguments.persons), str(data)], check=True)
    runs = {}
    for rules in arguments.rules.split(","):
        for program, left_out in [(splink, arguments.padan_only), (padan, arguments.splink_only)]:
            if not left_out:
                runs[rules, program.__name__] = program(data, rules, arguments.work, arguments.repeat)
    print("| " + " | ".join(HEADER) + " |\n" + "| --- | --- |" + " ---: |" * (len(HEADER) - 2))
    for (rules, program), (run, pairs) in runs.items():
        print("| " + " | ".join(line(rules, program, run, pairs, data / "truth.parquet")) + " |", flush=True)
        if program == "padan" and (rules, "splink") in runs:
            other, _ = runs[rules, "splink"]
            cells = [f"{other[key] / run[key]:.1f} ×" for key in ("seconds", "cpu", "memory")]
            print("| " + " | ".join([rules, "Splink over padan", "", "", *cells, "", ""]) + " |", flush=True)


if __name__ == "__main__":
    main()
