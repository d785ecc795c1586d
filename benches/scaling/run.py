"""Nights of growing populations: seconds and peak memory of every stage, and how they grow with the rows, as a Markdown table.

`python3 run.py WORK_DIR [--persons 200000,1000000] [--repeat N] [--threads N] [--memory SIZE]`. Extracts are made once for every size
(`padan synth`, seed 1) and kept in WORK_DIR; each run starts with an empty output folder. Of several runs the one of median seconds is told.
A size for which the disk has no room is left out, and so said. PADAN names the binary.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PADAN = os.environ.get("PADAN", str(ROOT / "target" / "release" / "padan"))
PIPELINE = ROOT / "pipelines" / "nightly.toml"
STAGES = ["ingest", "link", "reconcile", "publish"]
# Bytes a person: extracts, and beside them the temporary folder and the tables.
EXTRACTS, RUN = 1_500, 1_800
SAMPLED = 0.1


def has_room(work: Path, persons: int, extracts: Path) -> bool:
    """Whether the disk holds the extracts, where they are still to be made, and a run."""
    needed = persons * (RUN + (0 if extracts.exists() else EXTRACTS))
    free = shutil.disk_usage(work).free
    if needed > free:
        print(f"{persons:,} persons: {needed / 1e9:.0f} GB needed, {free / 1e9:.0f} GB free: left out", file=sys.stderr)
    return needed <= free


def made(work: Path, persons: int) -> Path | None:
    """The extracts of a population."""
    extracts = work / f"extracts-{persons}"
    if not has_room(work, persons, extracts):
        return None
    if not extracts.exists():
        half_done = work / f"extracts-{persons}.part"
        shutil.rmtree(half_done, ignore_errors=True)
        subprocess.run([PADAN, "synth", "--persons", str(persons), "--seed", "1", "--out", str(half_done)], check=True, stdout=subprocess.DEVNULL)
        half_done.rename(extracts)
    return extracts


def resident(pid: int) -> float:
    """MiB that the process holds; 0 once it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:")), 0.0)


def measured(work: Path, extracts: Path, options: list[str]) -> dict:
    """One run: its summary, and the peak of every stage in MiB."""
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    command = [PADAN, "run", str(PIPELINE), "--input", str(extracts), "--output", str(out), "--json", *options]
    with tempfile.TemporaryFile() as told:
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=told)
        samples: list[tuple[float, float]] = []
        done = threading.Event()

        def sample() -> None:
            while not done.wait(SAMPLED):
                samples.append((time.monotonic() - start, resident(process.pid)))

        sampler = threading.Thread(target=sample)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        done.set()
        sampler.join()
        if process.returncode:
            sys.exit(f"{' '.join(command)}: exit status {process.returncode}")
        told.seek(0)
        summary = json.load(told)
    shutil.rmtree(out, ignore_errors=True)
    # What is before the first stage, a second at most, counts as its own.
    begin, peaks = 0.0, {}
    seconds = {stage["stage"]: stage["seconds"] for stage in summary["stages"]}
    for stage in STAGES:
        end = begin + seconds[stage]
        peaks[stage] = max((held for at, held in samples if begin <= at <= end + SAMPLED), default=0.0)
        begin = end
    rows = next(stage["rows_in"] for stage in summary["stages"] if stage["stage"] == "ingest")
    return {
        "rows": rows,
        "seconds": seconds,
        "all": summary["seconds"],
        "cpu": usage.ru_utime + usage.ru_stime,
        "peaks": peaks,
        "peak": usage.ru_maxrss / 1024,
    }


def main() -> None:
    """Measures every size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--persons", default="200000,1000000", help="sizes, with commas between")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each size; the median is told")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--memory", help="the budget that `padan run` is given")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    options = [f"--{name}={value}" for name in ("threads", "memory") if (value := getattr(arguments, name)) is not None]
    print("| persons | rows | " + " | ".join(f"{stage}, s / MiB" for stage in STAGES) + " | seconds | CPU seconds | peak MiB | seconds a row, to the first |")
    print("| ---: " * (len(STAGES) + 6) + "|")
    first = None
    for persons in map(int, arguments.persons.split(",")):
        extracts = made(arguments.work, persons)
        if extracts is None:
            continue
        runs = sorted((measured(arguments.work, extracts, options) for _ in range(arguments.repeat)), key=lambda run: run["all"])
        run = runs[len(runs) // 2]
        first = first or run["all"] / run["rows"]
        stages = " | ".join(f"{run['seconds'][stage]:.1f} / {run['peaks'][stage]:,.0f}" for stage in STAGES)
        growth = run["all"] / run["rows"] / first
        print(f"| {persons:,} | {run['rows']:,} | {stages} | {run['all']:.1f} | {run['cpu']:.0f} | {run['peak']:,.0f} | {growth:.2f} |", flush=True)


if __name__ == "__main__":
    main()
