"""Splink and padan on the labelled sets, side by side: one Markdown table of F1, blocking recall, candidate pairs and seconds.

`python run.py TRUTH_DIR WORK_DIR RESULTS.md [--only SET,…] [--splink-only | --padan-only]`, by way of `run.sh`. The truth scores and
never trains. "Best" is the best threshold on the match weight, chosen with the truth, for both. padan's match is what it says at its
own default (`is_match`): pairs that clustering joined count, which may be above the best threshold on pairs; Splink's own clusters
(connected components, best of the thresholds tried) stand beside it for that. A figure that could not be had is `-`, with the reason
on stderr.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

import score
import splink_models

ROOT = Path(__file__).resolve().parents[2]
PADAN = os.environ.get("PADAN", str(ROOT / "target" / "release" / "padan"))
HEADER = [
    "set", "Splink best F1", "Splink F1 at p ≥ 0.5", "Splink best F1, clustered", "Splink blocking recall", "Splink pairs",
    "padan F1 at its default", "padan best F1", "padan suggest F1", "padan blocking recall", "padan pairs",
    "seconds, Splink / padan / suggest",
]  # fmt: skip
CLUSTER_WEIGHTS = range(-6, 21, 2)


def files_of(folder: Path) -> list[Path]:
    """The one table of a set to deduplicate, the two of one to link."""
    return [folder / f"{name}.parquet" for name in ("records", "left", "right") if (folder / f"{name}.parquet").is_file()]


def splink_row(model, folder: Path, truth: pl.DataFrame) -> dict:
    """Splink's figures; the seconds are those of training and prediction, without reading files and scoring."""
    frames = [pl.read_parquet(file) for file in files_of(folder)]
    start = time.monotonic()
    linker = model(frames)
    predictions = linker.inference.predict()
    pairs = predictions.as_duckdbpyrelation().pl()
    seconds = time.monotonic() - start
    labels = pl.read_parquet(folder / "clusters.parquet").select("id", "cluster", "table")
    cluster = linker.clustering.cluster_pairwise_predictions_at_threshold
    clusters = (cluster(predictions, threshold_match_weight=weight).as_duckdbpyrelation().pl() for weight in CLUSTER_WEIGHTS)
    said = pairs.filter(pl.col("match_probability") >= 0.5)
    return {
        "best": score.best_f1(pairs, truth)[0],
        "half": score.f1_of(said, truth),
        "clustered": max(score.clustered_f1(found.select("id", "cluster_id"), labels, truth.height) for found in clusters),
        "recall": score.recall(pairs, truth),
        "pairs": pairs.height,
        "seconds": seconds,
    }


def padan(*arguments: str) -> str | None:
    """The standard output of a padan command; `None`, and its complaint on stderr, where it fails."""
    try:
        done = subprocess.run([PADAN, *arguments], capture_output=True, text=True, check=False)
    except OSError as error:
        print(f"{PADAN}: {error}", file=sys.stderr)
        return None
    if done.returncode:
        print(f"padan {' '.join(arguments)}\n{done.stderr}", file=sys.stderr)
        return None
    return done.stdout


def model_file(name: str) -> Path:
    """The model of a set: its own, or that of its family (`febrl.toml` of febrl1 to febrl4)."""
    folder = ROOT / "pipelines" / "link"
    own = folder / f"{name}.toml"
    return own if own.is_file() else folder / f"{name.rstrip('0123456789')}.toml"


def padan_run(folder: Path, out: Path, how: list[str], truth: pl.DataFrame) -> dict:
    """The figures of one `padan link`; the seconds are those of the whole command, files and all."""
    files = [str(file) for file in files_of(folder)]
    start = time.monotonic()
    if padan("link", *files, *how, "--id", "id", "--out", str(out)) is None:
        return {}
    seconds = time.monotonic() - start
    pairs = pl.read_parquet(out / "pairs.parquet")
    row = {
        "default": score.f1_of(pairs.filter(pl.col("is_match")), truth),
        "best": score.best_f1(pairs, truth)[0],
        "pairs": json.loads((out / "summary.json").read_text()).get("candidate_pairs"),
        "seconds": seconds,
    }
    report = padan("evaluate", str(out), "--truth", str(folder / "truth.parquet"), "--json")
    if report is not None:
        row["recall"] = json.loads(report).get("blocking", {}).get("blocking_recall")
    return row


def shown(value) -> str:
    """A figure as the table shows it."""
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def line(name: str, splink: dict, own: dict, suggest: dict) -> list[str]:
    """One line of the table."""
    seconds = [f"{run['seconds']:.1f}" if run else "-" for run in (splink, own, suggest)]
    cells = [splink.get(key) for key in ("best", "half", "clustered", "recall", "pairs")] + [own.get("default"), own.get("best")]
    cells += [suggest.get("default"), own.get("recall"), own.get("pairs"), " / ".join(seconds)]
    return [name, *map(shown, cells)]


def table(lines: list[list[str]]) -> str:
    """The table as Markdown, with what it was measured with."""
    version = (padan("--version") or "padan, not run").strip()
    import duckdb
    import splink

    rows = [HEADER, ["---"] + ["---:"] * (len(HEADER) - 1), *lines]
    note = f"Splink {splink.__version__} on DuckDB {duckdb.__version__}; {version}; {os.cpu_count()} processors."
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + f"\n\n{note}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("truth", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--only", help="sets, joined by commas")
    parser.add_argument("--splink-only", action="store_true")
    parser.add_argument("--padan-only", action="store_true")
    arguments = parser.parse_args()
    lines = []
    for name, (data, model) in splink_models.MODELS.items():
        if arguments.only and data not in arguments.only.split(","):
            continue
        folder, out = arguments.truth / data, arguments.work / data
        truth = pl.read_parquet(folder / "truth.parquet")
        splink = {} if arguments.padan_only else splink_row(model, folder, truth)
        own, suggest = {}, {}
        # A second Splink model of a set is a line of its own; padan has one answer a set.
        if name == data and not arguments.splink_only:
            own = padan_run(folder, out, ["--model", str(model_file(data))], truth)
            suggest = padan_run(folder, arguments.work / f"{data}-suggest", ["--suggest"], truth)
        if splink or own or suggest:
            lines.append(line(name, splink, own, suggest))
            arguments.results.write_text(table(lines))
            print(" | ".join(lines[-1]), file=sys.stderr)
    print(table(lines), end="")


if __name__ == "__main__":
    main()
