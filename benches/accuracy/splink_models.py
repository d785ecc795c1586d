"""Splink's own models for the labelled sets: those of its documentation, in the words of Splink 5.

Source: the examples of the Splink repository (docs/demos/examples/duckdb): `febrl3`, `febrl4` (the detailed model),
`accuracy_analysis_from_labels_column` for fake_1000, `deduplicate_50k_synthetic` for historical_50k. febrl1 and febrl2 are of the same
make as febrl3 and have no example of their own: they take its model. Comparisons, rules, recalls and sample sizes are as documented;
what differs is the reading of text columns, a fixed seed, and that every candidate pair is scored, not only those of p ≥ 0.2. Three
lines go beyond the documentation, in Splink's favour: better comparisons for febrl2 and febrl3, looser blocking rules for
historical_50k. Each function takes the frames of a set and returns a trained linker.
"""

import logging

import polars as pl
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.getLogger("splink").setLevel(logging.ERROR)
# The examples learn without term frequencies, which would slow the iterations, and score with them.
FAST = {"estimate_without_term_frequencies": True}


def linker_of(frames: list[pl.DataFrame], link_type: str, rules: list, comparisons: list) -> Linker:
    """An untrained linker over the frames."""
    settings = SettingsCreator(
        link_type=link_type,
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=rules,
        comparisons=comparisons,
        retain_matching_columns=False,
    )
    api = DuckDBAPI()
    names = ["left", "right"] if len(frames) > 1 else ["records"]
    tables = [api.register(frame.to_arrow(), dataset_display_name=f"{name}_rows") for name, frame in zip(names, frames)]
    return Linker(tables if len(tables) > 1 else tables[0], settings, log_level=logging.ERROR)


FEBRL_3 = [
    cl.NameComparison("given_name"),
    cl.NameComparison("surname"),
    cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
    cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
    cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
    cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
]
FEBRL_4 = [
    cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
    cl.NameComparison("surname").configure(term_frequency_adjustments=True),
    cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True),
    cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
    cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
    cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
]


def febrl3(frames: list[pl.DataFrame], comparisons: list = FEBRL_3) -> Linker:
    """Example `febrl3`."""
    rules = [block_on(column) for column in ["soc_sec_id", "given_name", "surname", "date_of_birth", "postcode"]]
    linker = linker_of(frames, "dedupe_only", rules, comparisons)
    deterministic = [
        block_on("soc_sec_id"),
        block_on("given_name", "surname", "date_of_birth"),
        "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
    ]
    linker.training.estimate_probability_two_random_records_match(deterministic, recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=2)
    for column in ["date_of_birth", "postcode"]:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    return linker


def febrl3_detailed(frames: list[pl.DataFrame]) -> Linker:
    """Example `febrl3` with the comparisons of `febrl4`, which suit these sets better than their own."""
    return febrl3(frames, FEBRL_4)


def febrl4(frames: list[pl.DataFrame]) -> Linker:
    """Example `febrl4`, its detailed model."""
    rules = [
        block_on("given_name", "surname"),
        "l.given_name = r.surname and l.surname = r.given_name",
        block_on("date_of_birth"),
        block_on("soc_sec_id"),
        block_on("state", "address_1"),
        block_on("street_number", "address_1"),
        block_on("postcode"),
    ]
    linker = linker_of(frames, "link_only", rules, FEBRL_4)
    deterministic = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
    linker.training.estimate_probability_two_random_records_match(deterministic, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=2)
    for column in ["date_of_birth", "postcode"]:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column), **FAST)
    return linker


def fake_1000(frames: list[pl.DataFrame]) -> Linker:
    """Example `accuracy_analysis_from_labels_column`."""
    frames = [frame.with_columns(pl.col("dob").str.to_date("%Y-%m-%d", strict=False)) for frame in frames]
    rules = [block_on(column) for column in ["first_name", "surname", "dob", "email"]]
    comparisons = [
        cl.ForenameSurnameComparison("first_name", "surname"),
        cl.DateOfBirthComparison("dob", input_is_string=False),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ]
    linker = linker_of(frames, "dedupe_only", rules, comparisons)
    deterministic = [
        "l.first_name = r.first_name and levenshtein(r.dob::VARCHAR, l.dob::VARCHAR) <= 1",
        "l.surname = r.surname and levenshtein(r.dob::VARCHAR, l.dob::VARCHAR) <= 1",
        "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
        "l.email = r.email",
    ]
    linker.training.estimate_probability_two_random_records_match(deterministic, recall=0.7)
    # All pairs of the 1,000 rows: the early stop, new in Splink 5, costs this set 0.001.
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=5, min_count_per_level=None)
    for rule in [block_on("dob"), block_on("email"), block_on("first_name", "surname")]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule, **FAST)
    return linker


HISTORICAL_RULES = [
    block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
    block_on("surname", "dob"),
    block_on("first_name", "dob"),
    block_on("postcode_fake", "first_name"),
    block_on("postcode_fake", "surname"),
    block_on("dob", "birth_place"),
    block_on("substr(postcode_fake,1,3)", "dob"),
    block_on("substr(postcode_fake,1,3)", "first_name"),
    block_on("substr(postcode_fake,1,3)", "surname"),
    block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
]


def historical_50k(frames: list[pl.DataFrame], rules: list = HISTORICAL_RULES) -> Linker:
    """Example `deduplicate_50k_synthetic`."""
    full = pl.concat_str("first_name", "surname", separator=" ").alias("first_name_surname_concat")
    frames = [frame.with_columns(full) for frame in frames]
    comparisons = [
        cl.ForenameSurnameComparison(
            "first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"
        ),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.PostcodeComparison("postcode_fake"),
        cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
        cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
    ]
    linker = linker_of(frames, "dedupe_only", rules, comparisons)
    deterministic = [
        block_on("first_name", "surname", "dob"),
        block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
        block_on("dob", "postcode_fake"),
    ]
    linker.training.estimate_probability_two_random_records_match(deterministic, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=2)
    for rule in [block_on("first_name", "surname"), block_on("dob")]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule, **FAST)
    return linker


def historical_50k_loose(frames: list[pl.DataFrame]) -> Linker:
    """The same model under looser rules: what Splink reaches when blocking hides less."""
    rules = [
        block_on("surname"),
        block_on("dob"),
        block_on("postcode_fake"),
        block_on("birth_place", "substr(dob,1,4)"),
        block_on("birth_place", "first_name"),
        block_on("substr(postcode_fake,1,4)", "substr(dob,1,4)"),
        block_on("first_name", "substr(dob,1,4)"),
    ]
    return historical_50k(frames, HISTORICAL_RULES + rules)


# The labelled set of each row of the table, and its model.
MODELS = {
    "febrl1": ("febrl1", febrl3),
    "febrl2": ("febrl2", febrl3),
    "febrl3": ("febrl3", febrl3),
    "febrl2, comparisons of febrl4": ("febrl2", febrl3_detailed),
    "febrl3, comparisons of febrl4": ("febrl3", febrl3_detailed),
    "febrl4": ("febrl4", febrl4),
    "fake_1000": ("fake_1000", fake_1000),
    "historical_50k": ("historical_50k", historical_50k),
    "historical_50k, looser rules": ("historical_50k", historical_50k_loose),
}
