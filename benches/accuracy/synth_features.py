"""The standardized columns that padan links the generated lists on, for a linker of another make.

From the `records` table of a run, plus what is not published and has to be taken from the extracts by row: parents' and spouses' names, the size of
the family, the age of BDT, and kinship, by which the registry's children get their parents. The name key is a re-writing of padan's rules: spellings of one
sound are one key.
"""

import csv
import json
import re
from pathlib import Path

import polars as pl

REGISTRY = "dtsen-anggota"
# Of an extract: its headers of name (to check that rows meet rows), mother, father, age with its year, and kinship.
EXTRA = {
    REGISTRY: {"nama": "nama", "hubungan": "status_hubungan_keluarga"},
    "dukcapil": {"nama": "NAMA_LGKP", "ibu": "NAMA_LGKP_IBU", "ayah": "NAMA_LGKP_AYAH"},
    "dtks": {"nama": "NAMA", "ibu": "NAMA IBU KANDUNG"},
    "pbi": {"nama": "nama", "ibu": "nama_ibu_kandung"},
    "pksa": {"nama": "nama_anak", "ibu": "nama_ibu_kandung"},
    "pip": {"nama": "nama", "ibu": "nama_ibu", "ayah": "nama_ayah"},
    "rastra": {"nama": "nama_kepala_keluarga", "pasangan": "nama_pasangan", "anggota": "jumlah_art"},
    "bdt": {"nama": "Nama ART", "umur": "Umur anggota rumah tangga (tahun)", "anggota": "Jumlah ART"},
}
BDT_YEAR = 2015
TITLES = r"^((HJ|H|IBU|BU|NY|NYONYA|BAPAK|BPK|PAK|MBAH|ALM|ALMH|ALMARHUM|ALMARHUMAH) )+"
NO_STREET = r"^(BLOK|NO|RT|RW|DUSUN) .*$"
HEAD, SPOUSE, CHILD = "1", "2", "3"
# Sounds of a token, in order; the last lines are vowels and ends.
SOUNDS = [
    (r"OE", "U"), (r"DJ", "J"), (r"TJ", "C"), (r"SY(?=[AEIOU])|SH", "S"), (r"KH", "H"), (r"CH", "C"), (r"CK|Q|C(?=[^AEIOU]|$)", "K"),
    (r"PH|[FV]", "P"), (r"(?<=[DTBGRL])H", ""), (r"X", "KS"), (r"Z$", "S"), (r"Z", "J"), (r"(?<=.)H(?=[^AEIOUY]|$)", ""),
    (r"([^AEIOU])\1+", r"\1"), (r"(?<=U)W(?=[AEIOU])|(?<=[IE])Y(?=[AEIOU])", ""), (r"(?<=.)Y|^Y(?![AEIOU])", "I"), (r"IE", "I"),
]  # fmt: skip


def token_key(token: str) -> str:
    """The sound of one token."""
    key = token
    for pattern, sound in SOUNDS:
        key = re.sub(pattern, sound, key)
    # In short names the vowel is all that tells them apart.
    key = key.replace("E", "I") if len(token) >= 4 else key
    key = key.replace("O", "A") if len(token) >= 5 else key
    key = re.sub(r"([AEIOU])\1+", r"\1", key)
    key = re.sub(r"(?<=.)D$", "T", re.sub(r"(?<=.)B$", "P", re.sub(r"(?<=[^N])G$", "K", key)))
    return (key[:-1] if len(key) > 4 and key.endswith("K") else key) or token


def keyed(names: pl.Series) -> pl.DataFrame:
    """Name → its key, tokens in order, and the list of the tokens' keys."""
    distinct = names.drop_nulls().unique().sort()
    tokens = distinct.str.split(" ")
    memory = {token: token_key(token) for token in tokens.explode().unique().to_list() if token}
    keys = [[memory[token] for token in name if token] for name in tokens.to_list()]
    return pl.DataFrame({"nama": distinct, "kunci": [" ".join(key) for key in keys], "kata": [sorted(set(key)) for key in keys]})


def extract(path: Path) -> pl.DataFrame:
    """A delimited or Excel file, all text, in its own order."""
    if path.suffix == ".xlsx":
        return pl.read_excel(path, infer_schema_length=0, engine="calamine").cast(pl.String)
    # Offices leave a quote open or write bytes of another encoding: a row is a line, whatever stands in it.
    lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
    separator = max(",;|\t", key=lines[0].count)
    rows = [next(csv.reader([line], delimiter=separator)) if line.count('"') % 2 == 0 else line.replace('"', "").split(separator) for line in lines]
    return pl.DataFrame({name: [row[at] if at < len(row) else None for row in rows[1:]] for at, name in enumerate(rows[0])})


def folded(column: str) -> pl.Expr:
    """Upper case, one space between words, nothing but letters."""
    return pl.col(column).str.to_uppercase().str.replace_all(r"[^A-Z]+", " ").str.strip_chars()


def extras(out: Path, extracts: Path, records: pl.DataFrame) -> pl.DataFrame:
    """source, row, ibu, ayah, umur, hubungan."""
    files = {entry["source"]: entry["file"] for entry in json.loads((out / "manifest.json").read_text())["inputs"]}
    spelling = records.select(folded("nama"), "nama_standar").drop_nulls().unique("nama", keep="first", maintain_order=True)
    tables = []
    for source, headers in EXTRA.items():
        if source not in files:
            continue
        table = extract(extracts / files[source]).with_row_index("row", offset=1)
        table = table.select(pl.lit(source).alias("source"), pl.col("row").cast(pl.Int64), **{k: pl.col(v) for k, v in headers.items()})
        check = table.join(records.select("source", "row", pl.col("nama").alias("published")), on=["source", "row"])
        alike = check.select((folded("nama") == folded("published")).mean()).item()
        if alike is None or alike < 0.99:
            raise SystemExit(f"{files[source]}: its rows are not those of the run ({alike} of the names agree)")
        # Parents are spelled as padan spells persons, where one of that name is listed.
        for parent in {"ibu", "ayah", "pasangan"} & set(headers):
            table = table.with_columns(folded(parent).str.replace(TITLES, "")).join(spelling, left_on=parent, right_on="nama", how="left")
            table = table.with_columns(pl.coalesce("nama_standar", parent).replace("", None).alias(parent)).drop("nama_standar")
        tables.append(table.drop("nama"))
    return pl.concat(tables, how="diagonal")


def registry_parents(registry: pl.DataFrame) -> pl.DataFrame:
    """The registry's rows with the parents that their families show: the woman and the man who are head and spouse, of children."""
    for parent, sex in [("ibu", "P"), ("ayah", "L")]:
        pair = pl.col("hubungan").is_in([HEAD, SPOUSE]) & (pl.col("jenis_kelamin") == sex)
        of = registry.filter(pair).drop_nulls("no_kk").unique("no_kk", keep="first", maintain_order=True)
        of = of.select("no_kk", pl.col("nama").alias("found"))
        registry = registry.join(of, on="no_kk", how="left").with_columns(
            pl.when(pl.col("hubungan") == CHILD).then(pl.coalesce(parent, "found")).otherwise(pl.col(parent)).alias(parent)
        )
        registry = registry.drop("found")
    return registry


def registry_spouses(registry: pl.DataFrame) -> pl.DataFrame:
    """The registry's heads and spouses with each other's names."""
    for own, other in [(HEAD, SPOUSE), (SPOUSE, HEAD)]:
        of = registry.filter(pl.col("hubungan") == other).drop_nulls("no_kk").unique("no_kk", keep="first", maintain_order=True)
        registry = registry.join(of.select("no_kk", pl.col("nama").alias("found")), on="no_kk", how="left").with_columns(
            pl.when(pl.col("hubungan") == own).then(pl.coalesce("pasangan", "found")).otherwise(pl.col("pasangan")).alias("pasangan")
        )
        registry = registry.drop("found")
    return registry


def features(out: Path, extracts: Path) -> pl.DataFrame:
    """One row a record of a person: source, row, and the columns that a model compares or blocks on."""
    records = pl.read_parquet(out / "tables" / "records" / "*.parquet")
    table = records.join(extras(out, extracts, records), on=["source", "row"], how="left")
    region, line = pl.col("kode_wilayah"), pl.col("alamat_standar")
    single = ~pl.col("nik_status").is_in(["shared", "placeholder", "blank"])
    table = table.select(
        "source", "row", "no_kk", "jenis_kelamin", "rt", "rw", "ibu", "ayah", "pasangan", "hubungan",
        nama="nama_standar",
        anggota=pl.col("anggota").cast(pl.Int32, strict=False),
        jalan=line.str.extract(r"^(.+?)(?: BLOK .*| NO .*| RT .*| RW .*| DUSUN .*)?$", 1).str.replace("^JALAN ", "").str.replace(NO_STREET, ""),
        rumah=line.str.extract(r" NO (\S+)", 1),
        dusun=line.str.extract(r"DUSUN (.+)$", 1),
        nik=pl.when(single).then("nik"),
        tanggal=pl.col("tanggal_lahir").cast(pl.String),
        tahun=pl.coalesce(pl.col("tanggal_lahir").dt.year(), BDT_YEAR - pl.col("umur").cast(pl.Int32, strict=False)),
        desa=pl.when(region.str.len_chars() == 10).then(region),
        kec=pl.when(region.str.len_chars() >= 6).then(region.str.slice(0, 6)),
        kab=region.str.slice(0, 4),
    )  # fmt: skip
    table = pl.concat([registry_spouses(registry_parents(table.filter(source=REGISTRY))), table.filter(pl.col("source") != REGISTRY)])
    table = table.with_columns(pl.col("jalan").replace("", None))
    size = pl.when((pl.col("source") == REGISTRY) & pl.col("no_kk").is_not_null()).then(pl.len().over("source", "no_kk").cast(pl.Int32))
    table = table.with_columns(anggota=pl.coalesce("anggota", size))
    table = table.with_columns(nik12=pl.col("nik").str.slice(0, 12)).join(keyed(table["nama"]), on="nama", how="left")
    mothers = keyed(table["ibu"]).select(pl.col("nama").alias("ibu"), pl.col("kunci").alias("ibu_kunci"))
    table = table.join(mothers, on="ibu", how="left")
    return table.with_columns(
        urut=pl.col("kata").list.join(" "),
        rapat=pl.col("kunci").str.replace_all(" ", ""),
        pertama=pl.col("kunci").str.split(" ").list.first(),
    ).drop("hubungan")
