"""A careful Splink model of each generated list against the registry, scored as `padan evaluate` scores padan.

`python synth.py OUT TRUTH [--only SOURCE,…] [--results FILE]`: OUT is the folder of a `padan run`, TRUTH the `truth` folder of
`padan synth`, with the extracts beside it. Needs splink==5.0.0, duckdb, polars, pyarrow and fastexcel. Splink is given the columns that
padan links on (`synth_features.py`) and links each list to `dtsen-anggota` alone. A row is decided by its candidate of the greatest
weight: at the threshold that is best against the truth, which flatters Splink, and at a weight of 7 (p ≈ 0.99). Splink decides rows
one by one; padan also lets rows of a family speak for one another, which is what this comparison is to show.
"""

import argparse
import logging
import sys
import time
from pathlib import Path

import polars as pl
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from synth_features import REGISTRY, features

logging.getLogger("splink").setLevel(logging.ERROR)
HEADER = ["source", "rows", "Splink best F1", "Splink at weight 7", "padan F1", "errors, padan / Splink best", "pairs", "seconds"]
# m of the name levels as the lists with NIK teach it, for a list that has no NIK and no date.
NAME_M = [0.72, 0.11, 0.01, 0.05, 0.005, 0.035, 0.02, 0.005, 0.01, 0.035]
# And those of place and size of the family, as the truth has them, which flatters Splink.
PLACE_M = [0.116, 0.624, 0.048, 0.063, 0.055, 0.013, 0.004, 0.001, 0.076]
SIZE_M = [0.60, 0.28, 0.09, 0.03]
# m of a NIK that is equal under another name: a judgement, for no blocking rule can teach it.
LENT_M = 0.001


def given(levels: list, m: list[float], learnt: bool) -> list:
    """The levels, with that m unless it can be learnt."""
    return levels if learnt else [level.configure(m_probability=m, fix_m_probability=True) for level, m in zip(levels, m)]


def name_comparison(learnt: bool) -> cl.CustomComparison:
    """Spelling, sound, order, parts left out, likeness; with m given where the list has nothing else to learn it from."""
    parts = "list_intersect(kata_l, kata_r)"
    levels = [
        cll.ExactMatchLevel("nama", term_frequency_adjustments=True),
        cll.ExactMatchLevel("kunci", term_frequency_adjustments=True),
        cll.ExactMatchLevel("urut", term_frequency_adjustments=True),
        cll.JaroWinklerLevel("kunci", 0.95),
        cll.CustomLevel(f"len({parts}) >= 2 and len({parts}) = least(len(kata_l), len(kata_r))", "parts left out"),
        cll.JaroWinklerLevel("kunci", 0.88),
        cll.CustomLevel(f"len({parts}) >= 1 and len({parts}) = least(len(kata_l), len(kata_r))", "one part, all of the shorter"),
        cll.CustomLevel(f"len({parts}) >= 1", "a part in common"),
        cll.JaroWinklerLevel("kunci", 0.75),
        cll.ElseLevel(),
    ]
    return cl.CustomComparison(output_column_name="nama", comparison_levels=[cll.NullLevel("nama"), *given(levels, NAME_M, learnt)])


def chance(rows: pl.DataFrame, registry: pl.DataFrame, column: str) -> float:
    """The share of all pairs that agree on the column: u of an equality too rare for a random sample to meet."""
    counts = [table[column].drop_nulls().value_counts(name="n") for table in (rows, registry)]
    both = counts[0].join(counts[1], on=column)
    return (both["n"] * both["n_right"].cast(pl.UInt64)).sum() / (rows.height * registry.height)


def rare(column: str, u: float) -> cll.ExactMatchLevel:
    """Equality with u given."""
    return cll.ExactMatchLevel(column).configure(u_probability=max(u, 1e-7), fix_u_probability=True)


def nik_comparison(rows: pl.DataFrame, registry: pl.DataFrame) -> cl.CustomComparison:
    """The NIK: equal, equal but of somebody whose name is quite another (lent within a family), mistyped, of the same birth and place."""
    # Not by `kunci`: EM leaves out of a block what its rule speaks of.
    lent = "nik_l = nik_r and len(list_intersect(kata_l, kata_r)) = 0 and jaro_winkler_similarity(rapat_l, rapat_r) < 0.75"
    pairs = rows.join(registry, on="nik").filter(pl.col("kata").list.set_intersection("kata_right").list.len() == 0).height
    u = max(pairs, 1) / (rows.height * registry.height)
    stem = chance(rows, registry, "nik12") - chance(rows, registry, "nik")
    return cl.CustomComparison(
        output_column_name="nik",
        comparison_levels=[
            cll.NullLevel("nik"),
            cll.CustomLevel(lent, "equal, of another name").configure(
                m_probability=LENT_M, fix_m_probability=True, u_probability=u, fix_u_probability=True
            ),
            cll.ExactMatchLevel("nik"),
            cll.DamerauLevenshteinLevel("nik", 1),
            cll.DamerauLevenshteinLevel("nik", 2),
            rare("nik12", stem),
            cll.ElseLevel(),
        ],
    )


def family_comparison(parents: bool) -> cl.CustomComparison:
    """No KK, and where it says nothing the mother: one comparison, because brothers agree on both."""
    mother = [
        cll.ExactMatchLevel("ibu", term_frequency_adjustments=True),
        cll.ExactMatchLevel("ibu_kunci", term_frequency_adjustments=True),
        cll.JaroWinklerLevel("ibu", 0.88),
    ]
    nothing = "(no_kk_l is null or no_kk_r is null)" + (" and (ibu_l is null or ibu_r is null)" if parents else "")
    return cl.CustomComparison(
        output_column_name="keluarga",
        comparison_levels=[
            cll.CustomLevel(nothing, "unknown").configure(is_null_level=True),
            cll.ExactMatchLevel("no_kk"),
            cll.DamerauLevenshteinLevel("no_kk", 1),
            cll.DamerauLevenshteinLevel("no_kk", 2),
            *(mother if parents else []),
            cll.ElseLevel(),
        ],
    )


def birth_comparison(dated: bool) -> cl.CustomComparison:
    """The date where a list has one, the year where it has an age."""
    swapped = (
        "tanggal_l[1:4] = tanggal_r[1:4] and tanggal_l[6:7] = tanggal_r[9:10] and tanggal_l[9:10] = tanggal_r[6:7]"
    )
    levels = [cll.NullLevel("tahun")]
    if dated:
        levels += [
            cll.ExactMatchLevel("tanggal"),
            cll.DamerauLevenshteinLevel("tanggal", 1),
            cll.CustomLevel(swapped, "day and month swapped"),
            cll.CustomLevel("tanggal_l[6:10] = tanggal_r[6:10]", "same day and month"),
        ]
    levels += [
        cll.ExactMatchLevel("tahun"),
        cll.CustomLevel("abs(tahun_l - tahun_r) <= 1", "a year apart"),
        cll.CustomLevel("abs(tahun_l - tahun_r) <= 5", "up to five years apart"),
    ]
    return cl.CustomComparison(output_column_name="lahir", comparison_levels=[*levels, cll.ElseLevel()])


def place_comparison(learnt: bool, larger: list[cll.ExactMatchLevel]) -> cl.CustomComparison:
    """House, RT and street or hamlet, RT and RW in a village, then ever larger regions."""
    street = "(jalan_l = jalan_r or dusun_l = dusun_r)"
    other = "(coalesce(jalan_l <> jalan_r, false) or coalesce(dusun_l <> dusun_r, false))"
    levels = [
        cll.CustomLevel("desa_l = desa_r and jalan_l = jalan_r and rumah_l = rumah_r", "same house"),
        cll.CustomLevel(f"desa_l = desa_r and rw_l = rw_r and rt_l = rt_r and {street}", "same RT and street or hamlet"),
        cll.CustomLevel(f"desa_l = desa_r and rw_l = rw_r and rt_l = rt_r and not {other}", "same RT"),
        cll.CustomLevel(f"desa_l = desa_r and {street}", "same street or hamlet"),
        cll.CustomLevel("desa_l = desa_r and rw_l = rw_r", "same RW"),
        cll.ExactMatchLevel("desa"),
        *larger,
        cll.ElseLevel(),
    ]
    return cl.CustomComparison(output_column_name="tempat", comparison_levels=[cll.NullLevel("kab"), *given(levels, PLACE_M, learnt)])


def size_comparison(learnt: bool) -> cl.CustomComparison:
    """How many the family has."""
    levels = [
        cll.ExactMatchLevel("anggota"),
        cll.CustomLevel("abs(anggota_l - anggota_r) = 1", "one apart"),
        cll.CustomLevel("abs(anggota_l - anggota_r) = 2", "two apart"),
        cll.ElseLevel(),
    ]
    return cl.CustomComparison(output_column_name="anggota", comparison_levels=[cll.NullLevel("anggota"), *given(levels, SIZE_M, learnt)])


def parent_comparison(column: str) -> cl.CustomComparison:
    """A parent's name."""
    sound = [cll.ExactMatchLevel("ibu_kunci", term_frequency_adjustments=True)] if column == "ibu" else []
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            cll.NullLevel(column),
            cll.ExactMatchLevel(column, term_frequency_adjustments=True),
            *sound,
            cll.JaroWinklerLevel(column, 0.92),
            cll.JaroWinklerLevel(column, 0.8),
            cll.ElseLevel(),
        ],
    )


def model(rows: pl.DataFrame, registry: pl.DataFrame) -> dict:
    """Comparisons, blocking rules, EM rules and deterministic rules for the columns that the list has."""
    has = {column for column in rows.columns if rows[column].is_not_null().any()}
    u = {column: chance(rows, registry, column) for column in ("desa", "kec", "kab")}
    learnt = bool(has & {"nik", "tanggal"})
    comparisons = [name_comparison(learnt)]
    comparisons += [nik_comparison(rows, registry)] if "nik" in has else []
    comparisons += [family_comparison("ibu" in has)] if "no_kk" in has else []
    comparisons += [birth_comparison("tanggal" in has)] if "tahun" in has else []
    comparisons += [cl.ExactMatch("jenis_kelamin")] if "jenis_kelamin" in has else []
    comparisons += [place_comparison(learnt, [rare("kec", u["kec"] - u["desa"]), rare("kab", u["kab"] - u["kec"])])] if "kab" in has else []
    comparisons += [size_comparison(learnt)] if "anggota" in has else []
    comparisons += [parent_comparison("ibu")] if "ibu" in has and "no_kk" not in has else []
    comparisons += [parent_comparison("ayah")] if "ayah" in has else []
    comparisons += [parent_comparison("pasangan")] if "pasangan" in has else []

    def rules_of(columns: list[tuple[str, ...]]) -> list:
        return [block_on(*rule) for rule in columns if has.issuperset(rule)]

    blocking = [
        ("nik",), ("no_kk",), ("nik12",), ("tanggal", "kab"), ("tanggal", "pertama"), ("tanggal", "rapat"), ("desa", "rapat"),
        ("desa", "pertama", "tahun"), ("desa", "rw", "rt", "pertama"), ("desa", "rw", "rt", "tahun"), ("kab", "urut"),
        ("rapat", "tahun"), ("rapat", "ibu_kunci"), ("pertama", "ibu_kunci"), ("rapat", "ayah"), ("pertama", "ayah"),
        ("ibu_kunci", "ayah"), ("rapat", "pasangan"), ("pertama", "pasangan"), ("pasangan", "desa"),
    ]  # fmt: skip
    # Where a list has little, wider rules: the neighbours of an RT, everybody of a name.
    blocking += [("desa", "rw", "rt")] if not has & {"no_kk", "tahun"} else []
    blocking += [("rapat",)] if not has & {"kab", "tahun"} else []
    # One word of a name in the same village: the words are rows of their own for this rule.
    words = [block_on("desa", "kata", arrays_to_explode=["kata"])] if "desa" in has else []
    # No rule that makes a block of a family or of neighbours: EM would take brothers for one person.
    learning = [("nik",), ("tanggal",), ("kunci",)]
    certain = [("nik",), ("kunci", "tanggal"), ("kunci", "no_kk"), ("kunci", "desa", "rw", "rt"), ("kunci", "ibu_kunci", "ayah")]
    return {
        "comparisons": comparisons,
        "blocking": rules_of(blocking) + words,
        "learning": rules_of(learning),
        "certain": rules_of(certain),
    }


def candidates(rows: pl.DataFrame, registry: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Each row's best registry row (row, to_row, weight), and the number of pairs scored."""
    parts = model(rows, registry)
    api = DuckDBAPI()
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="row",
        comparisons=parts["comparisons"],
        blocking_rules_to_generate_predictions=parts["blocking"],
        retain_matching_columns=False,
    )
    tables = [("a_rows", rows), ("b_registry", registry)]
    linker = Linker(
        [api.register(table.drop("source").to_arrow(), dataset_display_name=name) for name, table in tables],
        settings,
        log_level=logging.ERROR,
    )
    linker.training.estimate_probability_two_random_records_match(parts["certain"], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in parts["learning"]:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True, max_pairs=3e6, record_sample_proportion=0.1
        )
    found = linker.inference.predict().as_duckdbpyrelation()
    pairs = found.aggregate("count(*)").fetchall()[0][0]
    sql = """select row_l as row, arg_max(row_r, (match_weight, -row_r)) as to_row, max(match_weight) as weight
             from found group by row_l order by row_l"""
    return api.duckdb_con.sql(sql).pl(), pairs


def f1_at(rows: pl.DataFrame, threshold: float) -> float:
    """F1 of the rows linked from that weight on, as `padan-evaluate/src/links.rs` counts."""
    linked = rows.filter(pl.col("weight") >= threshold)
    right = linked.filter(pl.col("to_person") == pl.col("person_id")).height
    return 2 * right / (linked.height + rows["in_registry"].sum())


def best_f1(rows: pl.DataFrame) -> float:
    """The best F1 over all thresholds."""
    steps = rows.drop_nulls("weight").group_by("weight").agg(
        said=pl.len(), right=(pl.col("to_person") == pl.col("person_id")).sum()
    )
    steps = steps.sort("weight", descending=True).with_columns(pl.col("said", "right").cum_sum())
    return (2 * steps["right"] / (steps["said"] + rows["in_registry"].sum())).max() or 0.0


def padan_f1(out: Path, labels: pl.DataFrame) -> dict[str, float]:
    """padan's F1 of every list: a row's person stands for the true person that most of its registry rows belong to."""
    records = pl.read_parquet(out / "tables" / "records" / "*.parquet", columns=["source", "row", "person_id"])
    rows = labels.join(records.rename({"person_id": "said"}), on=["source", "row"]).drop_nulls(["said", "person_id"])
    votes = rows.filter(source=REGISTRY).group_by("said", "person_id").agg(pl.len(), first=pl.col("row").min())
    votes = votes.sort(["len", "first"], descending=[True, False]).unique("said", keep="first", maintain_order=True)
    rows = rows.join(votes.select("said", to_person="person_id"), on="said", how="left")
    rows = rows.with_columns(weight=pl.when(pl.col("to_person").is_not_null()).then(0.0))
    return {source: f1_at(part, 0.0) for (source,), part in rows.group_by("source")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--only", help="sources, joined by commas")
    parser.add_argument("--results", type=Path)
    arguments = parser.parse_args()
    truth = arguments.truth if (arguments.truth / "records.parquet").is_file() else arguments.truth / "truth"
    labels = pl.read_parquet(truth / "records.parquet", columns=["source", "row", "person_id"])
    labels = labels.with_columns(pl.col("row").cast(pl.Int64), pl.col("source").cast(pl.String)).drop_nulls("person_id")
    in_registry = labels.filter(source=REGISTRY)
    labels = labels.with_columns(in_registry=pl.col("person_id").is_in(in_registry["person_id"].unique().implode()))
    own = padan_f1(arguments.out, labels)
    everything = features(arguments.out, truth.parent)
    registry = everything.filter(source=REGISTRY)
    lines = [HEADER, ["---"] + ["---:"] * (len(HEADER) - 1)]
    for source in sorted(set(own) - {REGISTRY}):
        if arguments.only and source not in arguments.only.split(","):
            continue
        start = time.monotonic()
        best, pairs = candidates(everything.filter(source=source), registry)
        seconds = time.monotonic() - start
        people = in_registry.select(to_row="row", to_person="person_id")
        rows = labels.filter(source=source).join(best, on="row", how="left").join(people, on="to_row", how="left")
        at_best, at_seven = best_f1(rows), f1_at(rows, 7.0)
        ratio = f"{(1 - own[source]) / (1 - at_best):.2f}" if at_best < 1 else "-"
        cells = [f"{value:.4f}" for value in (at_best, at_seven, own[source])]
        lines.append([source, f"{rows.height:,}", *cells, ratio, f"{pairs:,}", f"{seconds:.0f}"])
        print(" | ".join(lines[-1]), file=sys.stderr)
    text = "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
    print(text, end="")
    if arguments.results:
        arguments.results.write_text(text)


if __name__ == "__main__":
    main()
