"""Scores of a pairwise linkage against labelled pairs: precision, recall, F1, and what blocking left to find.

A set of pairs is a polars frame `id_l, id_r, match_weight`. The two ids of a pair stand in no order; ids of one set are unique over
both of its tables, so a pair is its two ids sorted.
"""

import polars as pl

PAIR = ["id_l", "id_r"]


def sorted_pairs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Each pair once, the smaller id first, other columns kept."""
    smaller, larger = pl.min_horizontal(PAIR), pl.max_horizontal(PAIR)
    return pairs.with_columns(smaller.alias("id_l"), larger.alias("id_r")).unique(PAIR)


def f1(right: int, said: int, true: int) -> float:
    """F1 of `right` pairs among `said` ones where `true` are to be found."""
    return 2 * right / (said + true) if said + true else 0.0


def marked(pairs: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """The pairs with a column `true`."""
    truth = sorted_pairs(truth.select(PAIR)).with_columns(pl.lit(True).alias("true"))
    return sorted_pairs(pairs).join(truth, on=PAIR, how="left").with_columns(pl.col("true").fill_null(False))


def f1_of(pairs: pl.DataFrame, truth: pl.DataFrame) -> float:
    """F1 when every one of these pairs is called a match."""
    return f1(marked(pairs, truth)["true"].sum(), sorted_pairs(pairs).height, truth.height)


def best_f1(pairs: pl.DataFrame, truth: pl.DataFrame) -> tuple[float, float]:
    """The best F1 that any threshold on `match_weight` gives, and that threshold. Pairs of equal weight stand or fall together."""
    steps = (
        marked(pairs, truth)
        .group_by("match_weight")
        .agg(pl.len().alias("said"), pl.col("true").sum().alias("right"))
        .sort("match_weight", descending=True)
        .with_columns(pl.col("said").cum_sum(), pl.col("right").cum_sum())
        .with_columns((2 * pl.col("right") / (pl.col("said") + truth.height)).alias("f1"))
    )
    if steps.is_empty():
        return 0.0, float("inf")
    top = steps.row(steps["f1"].arg_max(), named=True)
    return top["f1"], top["match_weight"]


def recall(pairs: pl.DataFrame, truth: pl.DataFrame) -> float:
    """Share of the true pairs that are among these: over candidate pairs, the recall of blocking."""
    return marked(pairs, truth)["true"].sum() / truth.height


def pairs_within(rows: pl.DataFrame, groups: list[str], across_tables: bool) -> int:
    """Number of pairs of rows of one group; only of two tables' rows where `across_tables`."""
    count = pl.len().cast(pl.Int64)
    pairs = (count * (count - 1) // 2).alias("pairs")
    total = rows.group_by(groups).agg(pairs)["pairs"].sum()
    return total - rows.group_by([*groups, "table"]).agg(pairs)["pairs"].sum() if across_tables else total


def clustered_f1(clusters: pl.DataFrame, labels: pl.DataFrame, true: int) -> float:
    """Pairwise F1 of clusters (id, cluster_id) against labels (id, cluster, table), of which `true` pairs are to be found."""
    rows = clusters.join(labels, on="id")
    across = labels["table"].n_unique() > 1
    said, right = (pairs_within(rows, groups, across) for groups in (["cluster_id"], ["cluster_id", "cluster"]))
    return f1(right, said, true)
