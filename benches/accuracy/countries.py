"""Invented lists of many countries and scripts, by proposed models: `python countries.py PADAN WORK [LOCALE …]` prints a table.

Names, towns and streets of a country come from the PyPI package `faker`; WORK takes a Python environment with it. Persons live in
households that share a surname and an address, some of them twins; rows have mistyped letters, initials, swapped names, other surnames,
mistaken dates, other addresses of those who moved, and gaps. Nothing is a real person's. padan gets the files and no model (`--suggest`);
labels only score.
"""

import csv
import datetime
import json
import os
import random
import subprocess
import sys
from pathlib import Path

LOCALES = ["de_DE", "pl_PL", "ru_RU", "el_GR", "es_MX", "pt_BR", "hu_HU", "ja_JP", "zh_CN", "ko_KR"]
# Columns of the lists.
SCHEMAS = {
    "all": ["first", "last", "sex", "dob", "street", "house", "city", "zip", "phone", "email"],
    "number": ["first", "last", "dob", "ssn", "city"],
    "names, date": ["first", "last", "dob"],
    "names, address": ["first", "last", "street", "house", "zip", "city"],
    "one name": ["name", "dob", "address", "phone"],
}
PERSONS = 4_000
SEVERITY = 1.2
NEIGHBOURS = {"a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "g": "h", "i": "o", "k": "l", "m": "n", "p": "o", "t": "y", "u": "i", "z": "x"}


class Country:
    """A population, and clerks who write it down."""

    def __init__(self, locale: str, seed: int):
        from faker import Faker

        self.random, self.faker = random.Random(seed), Faker(locale)
        Faker.seed(seed)
        self.towns = [self.make("city") for _ in range(40)]
        self.zips = {town: [self.make("postcode") for _ in range(6)] for town in self.towns}
        self.streets = [self.make("street_name") for _ in range(600)]
        self.people = []
        while len(self.people) < PERSONS:
            self.people += self.household()

    def make(self, what: str) -> str:
        try:
            return str(getattr(self.faker, what)()).replace("\n", " ")
        except AttributeError:
            return "".join(self.random.choices("0123456789", k=10))

    def address(self) -> dict:
        town = self.towns[min(int(self.random.expovariate(1 / 8)), 39)]
        house = str(self.random.randint(1, 180))
        return {"street": self.random.choice(self.streets), "house": house, "city": town, "zip": self.random.choice(self.zips[town])}

    def household(self) -> list[dict]:
        at, phone, surname = self.address(), self.make("phone_number"), self.make("last_name_male")
        members = []
        for member in range(self.random.choices([1, 2, 3, 4, 5], [30, 30, 15, 15, 10])[0]):
            sex = self.random.choice("MF")
            born = datetime.date(2020 - (self.random.randint(22, 90) if member < 2 else self.random.randint(0, 21)), 1, 1)
            born += datetime.timedelta(days=self.random.randint(0, 364))
            is_twin = member > 2 and self.random.random() < 0.05
            members.append({
                "first": self.make("first_name_male" if sex == "M" else "first_name_female"),
                "last": self.make("last_name") if member == 1 and self.random.random() < 0.25 else surname,
                "sex": sex,
                "dob": members[-1]["dob"] if is_twin else born,
                "phone": phone if self.random.random() < 0.5 else self.make("phone_number"),
                "ssn": self.make("ssn"),
                "email": self.make("email"),
                **at,
            })
        return members

    def mistype(self, text: str) -> str:
        if len(text) < 3:
            return text
        at, kind = self.random.randrange(len(text)), self.random.randrange(4)
        if kind == 0:
            return text[:at] + text[at + 1 :]
        if kind == 1:
            other = str(self.random.randint(0, 9)) if text[at].isdigit() else NEIGHBOURS.get(text[at].lower(), text[at])
            return text[:at] + other + text[at + 1 :]
        if kind == 2 and at + 1 < len(text):
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        return text[:at] + text[at] + text[at:]

    def written(self, person: dict) -> dict:
        """A person as a clerk wrote him down."""
        row = dict(person)
        happens = lambda share: self.random.random() < share * SEVERITY
        if happens(0.12):
            row.update(self.address())
        if happens(0.15):
            row["phone"] = self.make("phone_number")
        if happens(0.10):
            row["email"] = self.make("email")
        if row["sex"] == "F" and happens(0.06):
            row["last"] = self.make("last_name_female")
        for column, share in {"first": 0.12, "last": 0.12, "street": 0.08, "zip": 0.06, "city": 0.08, "ssn": 0.06}.items():
            if happens(share):
                row[column] = self.mistype(row[column])
        if happens(0.03):
            row["first"], row["last"] = row["last"], row["first"]
        if happens(0.04):
            row["first"] = row["first"][:1] + self.random.choice([".", ""])
        row["dob"] = self.mistaken(row["dob"])
        gaps = {"first": 0.01, "last": 0.01, "sex": 0.03, "dob": 0.03, "phone": 0.15, "street": 0.03, "house": 0.05, "city": 0.02}
        for column, share in {**gaps, "zip": 0.04, "ssn": 0.12, "email": 0.25}.items():
            if happens(share):
                row[column] = ""
        return row

    def mistaken(self, date: datetime.date) -> datetime.date:
        kind = self.random.random() / SEVERITY
        if kind < 0.03 and date.day <= 12:
            return date.replace(month=date.day, day=date.month)
        if kind < 0.07:
            return date.replace(day=self.random.randint(1, 28))
        if kind < 0.09:
            return date.replace(day=min(date.day, 28), year=date.year + self.random.choice([-10, -1, 1, 10]))
        return date.replace(month=1, day=1) if kind < 0.10 else date

    def lists(self, dedupe: bool) -> list[list[tuple[int, dict]]]:
        """One list with copies, or two that hold nobody twice and share four persons in ten."""
        if dedupe:
            copies = lambda: self.random.choices([0, 1, 2, 4], [60, 25, 10, 5])[0]
            rows = [(at, row) for at, person in enumerate(self.people) for row in [person] + [self.written(person) for _ in range(copies())]]
            made = [rows]
        else:
            made = [[], []]
            for at, person in enumerate(self.people):
                where = self.random.random()
                if where < 0.7:
                    made[0].append((at, person if self.random.random() < 0.5 else self.written(person)))
                if where < 0.4 or where > 0.7:
                    made[1].append((at, self.written(person)))
        for rows in made:
            self.random.shuffle(rows)
        return made


def value(row: dict, column: str) -> str:
    if column == "name":
        return f"{row['first']} {row['last']}".strip()
    if column == "address":
        return " ".join(part for part in (row["street"], row["house"], row["zip"], row["city"]) if part)
    return row[column].strftime("%d/%m/%Y") if column == "dob" and row["dob"] else row[column]


def measure(binary: str, work: Path, country: Country, name: str, columns: list[str], dedupe: bool) -> str:
    files, truth = [], work / f"{name}.truth.csv"
    with truth.open("w", newline="") as labels:
        label = csv.writer(labels)
        label.writerow(["table", "id", "cluster"])
        for at, rows in enumerate(country.lists(dedupe)):
            files.append(work / f"{name}-{at}.csv")
            with files[-1].open("w", newline="") as out:
                writer = csv.writer(out)
                writer.writerow(["id", *columns])
                for id_, (person, row) in enumerate(rows, 1):
                    writer.writerow([id_, *(value(row, column) for column in columns)])
                    label.writerow([files[-1].stem, id_, person])
    out = work / name
    subprocess.run([binary, "link", *map(str, files), "--suggest", "--out", str(out)], check=True, capture_output=True)
    told = subprocess.run([binary, "evaluate", str(out), "--truth", str(truth), "--json"], check=True, capture_output=True)
    return f"{json.loads(told.stdout)['at_default']['scores']['f1']:.3f}"


def main() -> None:
    binary, work, chosen = os.path.abspath(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] or LOCALES
    work.mkdir(parents=True, exist_ok=True)
    scratch = work / "venv"
    if not scratch.exists():
        subprocess.run([sys.executable, "-m", "venv", str(scratch)], check=True)
        subprocess.run([str(scratch / "bin" / "pip"), "install", "--quiet", "faker"], check=True)
    if Path(sys.prefix).resolve() != scratch.resolve():
        os.execv(scratch / "bin" / "python", [str(scratch / "bin" / "python"), __file__, binary, str(work), *chosen])
    print("| lists | " + " | ".join(f"{schema}: {kind}" for schema in SCHEMAS for kind in ("copies", "two lists")) + " |")
    print("| --- |" + " ---: |" * (2 * len(SCHEMAS)))
    for locale in chosen:
        cells = []
        for at, columns in enumerate(SCHEMAS.values()):
            for dedupe in (True, False):
                cells.append(measure(binary, work, Country(locale, seed=7), f"{locale}-{at}-{'copies' if dedupe else 'two'}", columns, dedupe))
        print(f"| {locale} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
