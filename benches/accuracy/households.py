"""Two lists of persons in households, with the truth: families share a surname and an address, so likeness alone misleads.

`python households.py N OUT_DIR [--seed S]` writes left.parquet and right.parquet, N persons each (id, first_name, last_name,
birth_date, street, city, postcode, all text), and truth.parquet (id_l, id_r). 70 % of each side's persons are on the other. Names and
places are made of syllables, with frequencies as skewed as real ones (Zipf–Mandelbrot). What misleads: siblings and twins, sons named
after their fathers, families of one name in one street; what hides: typos, nicknames, missing values, wrong dates, moved households
and changed surnames on the right, a few errors on the left. Nobody in it is real. The same seed gives the same files. Needs numpy and
polars.
"""

import argparse
import datetime
from pathlib import Path

import numpy as np
import polars as pl

SHARED = 0.7
HOUSEHOLD_SIZES = [0.28, 0.33, 0.16, 0.14, 0.06, 0.03]
LEFT = {"typo": 0.01, "other_name": 0.002, "date": 0.003, "moved": 0.0, "alone": 0.0, "surname": 0.0, "missing": 0.25}
RIGHT = {"typo": 0.08, "other_name": 0.01, "date": 0.03, "moved": 0.06, "alone": 0.01, "surname": 0.02, "missing": 1.0}
# Shares of missing values; a side has them times its `missing`.
MISSING = {"first_name": 0.02, "last_name": 0.02, "birth_date": 0.05, "street": 0.03, "city": 0.02, "postcode": 0.04}
TODAY = datetime.date(2025, 1, 1)
ONSETS = "b br c ch d dr f g gr h j k kl l m n p r s sh st t tr v w z".split()
VOWELS = "a a a e e i i o o u ai ei ia au".split()
CODAS = ["", "", "", "", "", "", "n", "n", "r", "l", "s", "t", "nd", "rk"]


def words(rng: np.random.Generator, count: int, syllables: tuple[int, int], endings: list[str]) -> np.ndarray:
    """That many different words of so many syllables."""
    found = np.array([], dtype=str)
    while len(found) < count:
        size = count * 2
        word, length = np.full(size, ""), rng.integers(syllables[0], syllables[1] + 1, size)
        for at in range(syllables[1]):
            sounds = [rng.choice(part, size) for part in (ONSETS, VOWELS, CODAS)]
            syllable = np.char.add(np.char.add(*sounds[:2]), sounds[2])
            word = np.char.add(word, np.where(at < length, syllable, ""))
        word = np.char.capitalize(np.char.add(word, rng.choice(endings, size)))
        found = np.unique(np.concatenate([found, word]))
    return rng.permutation(found)[:count]


def skewed(rng: np.random.Generator, kinds: int, count: int, shift: float) -> np.ndarray:
    """Codes below `kinds`, the chance of the r-th falling as 1 / (r + shift)."""
    weights = 1 / (np.arange(kinds) + 1 + shift)
    edges = np.cumsum(weights / weights.sum())
    return np.minimum(np.searchsorted(edges, rng.random(count)), kinds - 1)


class Places:
    """Cities of Zipf sizes, postcodes in cities, streets in postcodes."""

    def __init__(self, rng: np.random.Generator, persons: int):
        self.rng, cities = rng, max(20, persons // 2600)
        self.shares = 1 / (np.arange(cities) + 3.0)
        self.shares /= self.shares.sum()
        self.city_names = words(rng, cities, (1, 2), ["ton", "ville", "burg", "ford", "stad", "field", ""])
        self.postcodes = np.ceil(self.shares * persons / 2500).astype(np.int64)
        self.first_postcode = np.concatenate([[0], np.cumsum(self.postcodes)[:-1]])
        self.step = max(1, 89_999 // int(self.postcodes.sum()))
        kinds = [f" {kind}" for kind in ("street", "street", "road", "avenue", "lane", "way")]
        self.street_names = words(rng, 4000, (1, 2), kinds)
        self.streets = rng.integers(0, len(self.street_names), (int(self.postcodes.sum()), 40))

    def address(self, count: int, city: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """Addresses as codes, in these cities or in any."""
        rng = self.rng
        if city is None:
            city = rng.choice(len(self.shares), count, p=self.shares)
        postcode = self.first_postcode[city] + (rng.random(count) * self.postcodes[city]).astype(np.int64)
        street = self.streets[postcode, skewed(rng, 40, count, 20)]
        return {"city": city, "postcode": postcode, "street": street, "number": rng.integers(1, 80, count)}


class Names:
    """First names by sex with their nicknames, and surnames."""

    def __init__(self, rng: np.random.Generator):
        male, female = words(rng, 1800, (1, 3), ["", "o", "us", "en"]), words(rng, 1800, (1, 3), ["a", "ina", "ie", "e"])
        nicknames = [name[: max(3, len(name) // 2)].rstrip("aeiou") + "y" for name in np.concatenate([male, female])]
        self.kinds = 1800
        # Code: 0 … male, then female, then the nicknames of both in the same order.
        self.first = np.concatenate([male, female, np.array(nicknames)])
        self.last = words(rng, 40_000, (1, 3), ["", "son", "er", "mann", "ez", "ov", "i"])

    def given(self, rng: np.random.Generator, female: np.ndarray) -> np.ndarray:
        return skewed(rng, self.kinds, len(female), 5) + self.kinds * female


def population(rng: np.random.Generator, persons: int, names: Names, places: Places) -> dict[str, np.ndarray]:
    """Persons as codes: household, female, first, last, birth (days), city, postcode, street, number."""
    sizes = rng.choice(np.arange(1, 7), int(persons / 2.3) + 10, p=HOUSEHOLD_SIZES)
    households = int(np.searchsorted(np.cumsum(sizes), persons)) + 1
    sizes = sizes[:households]
    home = places.address(households)
    couple = (sizes > 1) & (rng.random(households) < 0.85)
    last = skewed(rng, len(names.last), households, 10)
    # Parents of somebody are old enough and not too old; who lives alone or as a pair may be of any age.
    parent = sizes > 1 + couple
    today = (TODAY - datetime.date(1970, 1, 1)).days
    age = np.where(parent, rng.uniform(24, 66, households), rng.uniform(19, 92, households))
    head_birth = (today - age * 365.25).astype(np.int64)
    head_female = (rng.random(households) < np.where(couple, 0.03, 0.55)).astype(np.int64)
    head_first = names.given(rng, head_female)
    members, before = [], head_birth
    for place in range(6):
        at = np.flatnonzero(sizes > place)
        count, spouse = len(at), couple[at] & (place == 1)
        if place == 0:
            female, first, birth, own = head_female, head_first, head_birth, np.zeros(count, bool)
        else:
            female = np.where(spouse, 1 - head_female[at], rng.integers(0, 2, count))
            first = names.given(rng, female)
            junior = ~spouse & (female == 0) & (head_female[at] == 0) & (rng.random(count) < 0.03)
            first = np.where(junior, head_first[at], first)
            years = np.where(spouse, rng.normal(1.5, 4, count), rng.uniform(20, 42, count))
            birth = head_birth[at] + (years * 365.25).astype(np.int64)
            birth = np.where(birth > today, today - rng.integers(30, 2000, count), birth)
            twin = ~spouse & (place > 1 + couple[at]) & (rng.random(count) < 0.03)
            birth = np.where(twin, before[at], birth)
            own = rng.random(count) < np.where(spouse, 0.2, 0.05)
        before = before.copy()
        before[at] = birth
        surname = np.where(own, skewed(rng, len(names.last), count, 10), last[at])
        member = {"household": at, "female": female, "first": first, "last": surname, "birth": birth}
        members.append(member | {field: codes[at] for field, codes in home.items()})
    everyone = {field: np.concatenate([member[field] for member in members]) for field in members[0]}
    chosen = rng.permutation(len(everyone["birth"]))[:persons]
    return {field: codes[chosen] for field, codes in everyone.items()}


def mistyped(rng: np.random.Generator, word: str) -> str:
    """The word with one letter wrong, missing, doubled into another or swapped with the next."""
    at, letter = int(rng.integers(0, len(word))), "abcdefghijklmnopqrstuvwxyz"[rng.integers(0, 26)]
    kind = rng.integers(0, 4)
    if kind == 0 or len(word) < 3:
        return word[:at] + letter + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + letter + word[at:]
    at = min(at, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def misdated(rng: np.random.Generator, date: str) -> str:
    """The date with day and month swapped, or one digit wrong; a date of the past still."""
    year, month, day = date.split("-")
    if rng.random() < 0.5 and int(day) <= 12 and day != month:
        return f"{year}-{day}-{month}"
    while True:
        at = int(rng.choice([2, 3, 5, 6, 8, 9]))
        wrong = date[:at] + str(rng.integers(0, 10)) + date[at + 1 :]
        try:
            possible = datetime.date.fromisoformat(wrong) < TODAY
        except ValueError:
            continue
        if possible and wrong != date:
            return wrong


def changed(rng: np.random.Generator, column: pl.Series, share: float, change) -> pl.Series:
    """The column with that share of its values changed one by one."""
    at = np.flatnonzero(rng.random(len(column)) < share)
    return column.scatter(at, [change(rng, value) for value in column.gather(at)]) if len(at) else column


def move(rng: np.random.Generator, codes: dict, places: Places, home: np.ndarray, cities: np.ndarray) -> None:
    """New addresses for the rows whose `home` is not −1, one for each home, of the city given; half stay in that city."""
    far, near = places.address(len(cities)), places.address(len(cities), cities)
    stays, moved = rng.random(len(cities)) < 0.5, home >= 0
    for field in far:
        codes[field][moved] = np.where(stays, near[field], far[field])[home[moved]]


def text(values: np.ndarray, codes: np.ndarray) -> pl.Series:
    """What the codes stand for."""
    return pl.Series(values).gather(codes)


def side(rng: np.random.Generator, who: np.ndarray, folk: dict, names: Names, places: Places, errors: dict) -> pl.DataFrame:
    """The rows of these persons on one list, in their order, errors and all."""
    codes = {field: column[who] for field, column in folk.items()}
    count, households = len(who), int(folk["household"].max()) + 1
    # A household moves as one; a person may leave it.
    city = np.zeros(households, np.int64)
    city[folk["household"]] = folk["city"]
    moving = np.flatnonzero(rng.random(households) < errors["moved"])
    home = np.full(households, -1)
    home[moving] = np.arange(len(moving))
    move(rng, codes, places, home[codes["household"]], city[moving])
    leaving = np.flatnonzero(rng.random(count) < errors["alone"])
    home = np.full(count, -1)
    home[leaving] = np.arange(len(leaving))
    move(rng, codes, places, home, codes["city"][leaving])
    married = np.flatnonzero(rng.random(count) < errors["surname"] * 2 * codes["female"])
    codes["last"][married] = skewed(rng, len(names.last), len(married), 10)
    other = rng.random(count)
    nickname, another = other < errors["other_name"] / 2, (other >= errors["other_name"] / 2) & (other < errors["other_name"])
    codes["first"] = np.where(another, names.given(rng, codes["female"]), codes["first"]) + 2 * names.kinds * nickname
    number = pl.Series(codes["number"]).cast(pl.String)
    rows = pl.DataFrame(
        {
            "first_name": changed(rng, text(names.first, codes["first"]), errors["typo"] / 2, mistyped),
            "last_name": changed(rng, text(names.last, codes["last"]), errors["typo"] / 2, mistyped),
            "birth_date": changed(
                rng, pl.Series(codes["birth"]).cast(pl.Int32).cast(pl.Date).cast(pl.String), errors["date"], misdated
            ),
            "street": number + " " + text(places.street_names, codes["street"]),
            "city": text(places.city_names, codes["city"]),
            "postcode": pl.Series(10_000 + codes["postcode"] * places.step).cast(pl.String),
        }
    )
    absent = {field: pl.Series(rng.random(count) < share * errors["missing"]) for field, share in MISSING.items()}
    return rows.with_columns(pl.when(~mask).then(pl.col(field)).alias(field) for field, mask in absent.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("persons", type=int, metavar="N")
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng, count = np.random.default_rng(arguments.seed), arguments.persons
    shared = round(SHARED * count)
    total = 2 * count - shared
    names, places = Names(rng), Places(rng, total)
    folk = population(rng, total, names, places)
    arguments.out.mkdir(parents=True, exist_ok=True)
    # The first of all are on both sides, then come those of the left alone, then those of the right alone.
    alone = {"left": np.arange(shared, count), "right": np.arange(count, total)}
    ids = {}
    for name, errors in [("left", LEFT), ("right", RIGHT)]:
        order = rng.permutation(np.concatenate([np.arange(shared), alone[name]]))
        number = pl.Series(rng.permutation(count) + 1).cast(pl.String).str.zfill(len(str(count)))
        rows = side(rng, order, folk, names, places, errors).insert_column(0, (name[0] + number).alias("id"))
        rows.write_parquet(arguments.out / f"{name}.parquet")
        ids[name] = rows["id"].gather(np.argsort(order)[:shared])
    pl.DataFrame({"id_l": ids["left"], "id_r": ids["right"]}).sort("id_l").write_parquet(arguments.out / "truth.parquet")


if __name__ == "__main__":
    main()
