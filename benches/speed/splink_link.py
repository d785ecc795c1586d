"""One Splink linkage of two Parquet files: `python splink_link.py FOLDER narrow|wide PAIRS.parquet`, training included.

The comparisons and rules of `narrow.toml` and `wide.toml` in the words of Splink 5; u from a million random pairs, m by EM in three
sessions, as its documentation does. Every candidate pair is scored and written with its weight and probability. Prints the number of
pairs and the seconds of training and of prediction as JSON.
"""

import argparse
import json
import logging
import time
from pathlib import Path

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

NARROW = [
    block_on("first_name", "last_name"),
    block_on("last_name", "birth_date"),
    block_on("first_name", "birth_date"),
    block_on("postcode", "last_name"),
]
WIDE = [*NARROW, block_on("birth_date"), block_on("last_name", "substr(birth_date, 1, 4)"), block_on("first_name", "postcode")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("rules", choices=["narrow", "wide"])
    parser.add_argument("pairs", type=Path)
    arguments = parser.parse_args()
    logging.getLogger("splink").setLevel(logging.ERROR)
    start = time.monotonic()
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=WIDE if arguments.rules == "wide" else NARROW,
        comparisons=[
            cl.JaroWinklerAtThresholds("first_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("last_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("birth_date", [1]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1]),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    connection = duckdb.connect()
    api = DuckDBAPI(connection)
    tables = [
        api.register(connection.read_parquet(str(arguments.folder / f"{side}.parquet")), dataset_display_name=f"{side}_rows")
        for side in ("left", "right")
    ]
    linker = Linker(tables, settings, log_level=logging.ERROR)
    deterministic = [block_on("first_name", "last_name", "birth_date"), block_on("last_name", "birth_date", "postcode")]
    linker.training.estimate_probability_two_random_records_match(deterministic, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in [block_on("first_name", "last_name"), block_on("birth_date", "postcode")]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
    trained = time.monotonic()
    predictions = linker.inference.predict()
    predicted = time.monotonic()
    relation = predictions.as_duckdbpyrelation()
    relation.write_parquet(str(arguments.pairs), compression="zstd")
    pairs = connection.read_parquet(str(arguments.pairs)).aggregate("count(*)").fetchall()[0][0]
    print(json.dumps({"pairs": pairs, "training": trained - start, "predict": predicted - trained}))


if __name__ == "__main__":
    main()
