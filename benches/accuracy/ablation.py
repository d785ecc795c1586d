"""What each part of the engine adds: one binary, labelled sets and a generated night, each part left out in turn.

`ablation.py PADAN TRUTH_DIR SYNTH_DIR [WORK_DIR]`: TRUTH_DIR as for run.sh, SYNTH_DIR as `padan synth --persons 200000 --out SYNTH_DIR` makes
it. Prints two tables in Markdown. Labels score and nothing else.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

# Part of the engine, and whether it can change a link of files and a night.
PARTS = {
    "term-frequency": (True, True),
    "local-frequency": (False, True),
    "interactions": (True, True),
    "embedded": (False, True),
    "household-class": (True, True),
    "group-evidence": (False, True),
    "lent-numbers": (False, True),
    "one-to-one": (True, True),
    "clusters": (True, False),
}
SETS = {"historical_50k": "historical_50k", "fake_1000": "fake_1000", "febrl3": "febrl", "febrl4": "febrl"}
# Lists of the night where something is left to gain; the others stand in the sum of all.
LISTS = ["bdt", "kks", "pip", "pkh", "rastra", "siks-ng", "slrt"]


def padan(binary, *arguments):
    done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"padan {' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stdout


def of_set(binary, truth, name, model, out, left_out):
    folder = truth / name
    both = [folder / "left.parquet", folder / "right.parquet"]
    files = both if both[0].is_file() else [folder / "records.parquet"]
    padan(binary, "link", *files, "--model", model, "--out", out, *left_out)
    report = json.loads(padan(binary, "evaluate", out, "--truth", folder / "truth.parquet", "--json"))
    return report["at_default"]["scores"]["f1"], report["calibration"]["all"]["ece"]


def of_night(binary, pipeline, synth, out, left_out):
    padan(binary, "run", pipeline, "--input", synth, "--output", out, "--keep", 1, *left_out)
    report = json.loads(padan(binary, "evaluate", out, "--truth", synth, "--json"))
    sources = {source["source"]: source for source in report["sources"]}
    return [sources[name]["model"]["scores"]["f1"] for name in LISTS], report["trust"]["calibration"]["all"]["ece"]


def row(cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    binary, truth, synth = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    work = pathlib.Path(sys.argv[4] if len(sys.argv) > 4 else tempfile.mkdtemp())
    here = pathlib.Path(__file__).resolve().parents[2] / "pipelines"

    row(["without"] + [f"{name} F1 | ECE" for name in SETS])
    row(["---"] + ["---:"] * (2 * len(SETS)))
    for part in [None] + [part for part, (files, _) in PARTS.items() if files]:
        left_out = ["--ablate", part] if part else []
        cells = []
        for name, model in SETS.items():
            f1, ece = of_set(binary, truth, name, here / "link" / f"{model}.toml", work / "link", left_out)
            cells += [f"{f1:.4f}", f"{ece:.4f}"]
        row([part or "(nothing)"] + cells)

    print()
    row(["without"] + LISTS + ["ECE, all lists"])
    row(["---"] + ["---:"] * (len(LISTS) + 1))
    for part in [None] + [part for part, (_, night) in PARTS.items() if night]:
        left_out = ["--ablate", part] if part else []
        f1, ece = of_night(binary, here / "nightly.toml", synth, work / "night", left_out)
        row([part or "(nothing)"] + [f"{value:.4f}" for value in f1] + [f"{ece:.4f}"])


main()
