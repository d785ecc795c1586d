//! Mistakes of a profile, message by message.

use crate::refused_profile;

#[test]
fn an_unknown_key_names_the_nearest() {
    let message = refused_profile(r#"delimiter = ";""#, r#"delimeter = ";""#);
    assert_eq!(
        message,
        r#"unknown key `delimeter`
 --> DIR/pbi.toml:5:1
  |
5 | delimeter = ";"
  | ^^^^^^^^^
hint: did you mean `delimiter`?"#
    );
}

#[test]
fn a_missing_key() {
    let message = refused_profile("title = \"PBI-JK\"\n", "");
    assert_eq!(
        message,
        r#"the key `title` is missing
 --> DIR/pbi.toml:1:1
  |
1 | id = "pbi"
  | ^"#
    );
}

#[test]
fn an_unknown_field_names_the_nearest() {
    let message = refused_profile(r#"nik = "nik""#, r#"nikk = "nik""#);
    assert_eq!(
        message,
        r#"unknown field `nikk`
  --> DIR/pbi.toml:12:1
   |
12 | nikk = "nik"
   | ^^^^
hint: did you mean `nik`?"#
    );
}

#[test]
fn an_unknown_unit_lists_the_units() {
    let message = refused_profile(r#"unit = "jiwa""#, r#"unit = "person""#);
    assert_eq!(
        message,
        r#"unknown unit `person`
 --> DIR/pbi.toml:6:8
  |
6 | unit = "person"
  |        ^^^^^^^^
hint: it can be `jiwa` or `kpm`"#
    );
}

#[test]
fn an_unknown_role() {
    let message = refused_profile(r#"role = "programme""#, r#"role = "program""#);
    assert_eq!(
        message,
        r#"unknown role `program`
 --> DIR/pbi.toml:7:8
  |
7 | role = "program"
  |        ^^^^^^^^^
hint: did you mean `programme`?"#
    );
}

#[test]
fn an_unknown_encoding() {
    let message = refused_profile(r#"delimiter = ";""#, "delimiter = \";\"\nencoding = \"utf8\"");
    assert_eq!(
        message,
        r#"unknown encoding `utf8`
 --> DIR/pbi.toml:6:12
  |
6 | encoding = "utf8"
  |            ^^^^^^
hint: did you mean `utf-8`?"#
    );
}

#[test]
fn an_unknown_format() {
    let message = refused_profile(r#"format = "csv""#, r#"format = "xls""#);
    assert_eq!(
        message,
        r#"unknown format `xls`
 --> DIR/pbi.toml:4:10
  |
4 | format = "xls"
  |          ^^^^^
hint: did you mean `xlsx`?"#
    );
}

#[test]
fn an_unknown_date_format() {
    let message = refused_profile(r#"dates = ["dmy"]"#, r#"dates = ["dmy", "ydm"]"#);
    assert_eq!(
        message,
        r#"unknown date format `ydm`
 --> DIR/pbi.toml:9:17
  |
9 | dates = ["dmy", "ydm"]
  |                 ^^^^^
hint: did you mean `ymd`?"#
    );
}

#[test]
fn an_unknown_code_system() {
    let message = refused_profile(r#"dates = ["dmy"]"#, "region-codes = \"kemdagri\"\ndates = [\"dmy\"]");
    assert_eq!(
        message,
        r#"unknown code system `kemdagri`
 --> DIR/pbi.toml:9:16
  |
9 | region-codes = "kemdagri"
  |                ^^^^^^^^^^
hint: did you mean `kemendagri`?"#
    );
}

#[test]
fn a_field_twice() {
    let message = refused_profile(r#"nik = "nik""#, "nik = \"nik\"\nnik = \"no_ktp\"");
    assert_eq!(
        message,
        r#"duplicate key
  --> DIR/pbi.toml:13:1
   |
13 | nik = "no_ktp"
   | ^^^
hint: a key stands once in a table: join the two"#
    );
}

#[test]
fn a_misspelt_key_of_a_column() {
    let message = refused_profile("required = true", "requird = true");
    assert_eq!(
        message,
        r#"unknown key `requird`
  --> DIR/pbi.toml:13:30
   |
13 | nama = { headers = ["nama"], requird = true }
   |                              ^^^^^^^
hint: did you mean `required`?"#
    );
}

#[test]
fn a_column_of_a_wrong_type() {
    let message = refused_profile(r#"nik = "nik""#, "nik = 3");
    assert_eq!(
        message,
        r"invalid type: integer `3`, expected a header, a list of headers or { headers = [...], required = true }
  --> DIR/pbi.toml:12:7
   |
12 | nik = 3
   |       ^"
    );
}

#[test]
fn a_field_without_headers() {
    let message = refused_profile(r#"nik = "nik""#, "nik = []");
    assert_eq!(
        message,
        r"`nik` is empty
  --> DIR/pbi.toml:12:1
   |
12 | nik = []
   | ^^^
hint: name at least one header of the extract, or leave the field out"
    );
}

#[test]
fn a_delimiter_of_two_characters() {
    let message = refused_profile(r#"delimiter = ";""#, r#"delimiter = ";;""#);
    assert_eq!(
        message,
        r#"`;;` is no delimiter
 --> DIR/pbi.toml:5:13
  |
5 | delimiter = ";;"
  |             ^^^^
hint: a delimiter is one character: ",", ";", "|" or "\t""#
    );
}

#[test]
fn a_delimiter_of_a_workbook() {
    let message = refused_profile(r#"format = "csv""#, r#"format = "xlsx""#);
    assert_eq!(
        message,
        r#"`delimiter` has no meaning for format `xlsx`
 --> DIR/pbi.toml:5:13
  |
5 | delimiter = ";"
  |             ^^^"#
    );
}

#[test]
fn text_dates_without_a_format() {
    let message = refused_profile("dates = [\"dmy\"]\n", "");
    assert_eq!(
        message,
        r#"the key `dates` is missing
  --> DIR/pbi.toml:13:1
   |
13 | tanggal_lahir = "tanggal_lahir"
   | ^^^^^^^^^^^^^
hint: name the formats to try in order, such as dates = ["dmy", "ymd"]"#
    );
}

#[test]
fn a_pattern_with_a_folder() {
    let message = refused_profile(r#"files = ["pbi_jk*.csv"]"#, r#"files = ["in/pbi_jk*.csv"]"#);
    assert_eq!(
        message,
        r#"`in/pbi_jk*.csv` is no file-name pattern
 --> DIR/pbi.toml:3:10
  |
3 | files = ["in/pbi_jk*.csv"]
  |          ^^^^^^^^^^^^^^^^
hint: extracts are looked for in the input folder itself: give the file's name alone"#
    );
}

#[test]
fn no_file_pattern() {
    let message = refused_profile(r#"files = ["pbi_jk*.csv"]"#, "files = []");
    assert_eq!(
        message,
        r"`files` is empty
 --> DIR/pbi.toml:3:9
  |
3 | files = []
  |         ^^"
    );
}

#[test]
fn an_id_in_capitals() {
    let message = refused_profile(r#"id = "pbi""#, r#"id = "PBI""#);
    assert_eq!(
        message,
        r#"`PBI` is no source id
 --> DIR/pbi.toml:1:6
  |
1 | id = "PBI"
  |      ^^^^^
hint: an id has lower case letters, digits and hyphens, such as `dtsen-anggota`"#
    );
}

#[test]
fn a_list_without_a_programme() {
    let message = refused_profile("programme = \"pbi-jk\"\n", "");
    assert_eq!(
        message,
        r#"the key `programme` is missing
 --> DIR/pbi.toml:7:8
  |
7 | role = "programme"
  |        ^^^^^^^^^^^
hint: say whose list it is, such as programme = "pbi-jk""#
    );
}

#[test]
fn a_programme_of_a_proposal() {
    let message = refused_profile(r#"role = "programme""#, r#"role = "proposal""#);
    assert_eq!(
        message,
        r#"a source of role `proposal` is no programme's list
 --> DIR/pbi.toml:8:13
  |
8 | programme = "pbi-jk"
  |             ^^^^^^^^
hint: remove `programme`, or write role = "programme""#
    );
}

#[test]
fn a_registry_of_families() {
    let message = refused_profile("unit = \"jiwa\"\nrole = \"programme\"", "unit = \"kpm\"\nrole = \"registry\"");
    assert_eq!(
        message,
        r#"a source of role `registry` counts `jiwa`, not `kpm`
 --> DIR/pbi.toml:6:8
  |
6 | unit = "kpm"
  |        ^^^^^"#
    );
}

#[test]
fn a_period_that_is_a_date() {
    let message = refused_profile(r#"programme = "pbi-jk""#, "programme = \"pbi-jk\"\nperiod = \"01-06-2025\"");
    assert_eq!(
        message,
        r#"`01-06-2025` is no period
 --> DIR/pbi.toml:9:10
  |
9 | period = "01-06-2025"
  |          ^^^^^^^^^^^^
hint: a period is a year, a month or a stage: `2025`, `2025-06` or `2025-T2`"#
    );
}

#[test]
fn codes_of_a_field_that_no_column_maps() {
    let message = refused_profile("[codes.jenis_kelamin]", "[codes.status_kawin]");
    assert_eq!(
        message,
        r"codes for `status_kawin`, a field that no column maps
  --> DIR/pbi.toml:17:8
   |
17 | [codes.status_kawin]
   |        ^^^^^^^^^^^^
hint: it can be `nik`, `nama`, `tanggal_lahir` or `jenis_kelamin`"
    );
}

#[test]
fn codes_of_a_free_text_field() {
    let message = refused_profile("[codes.jenis_kelamin]", "[codes.nama]");
    assert_eq!(
        message,
        r"the field `nama` has no standard codes: its text is used as it is
  --> DIR/pbi.toml:17:8
   |
17 | [codes.nama]
   |        ^^^^"
    );
}

#[test]
fn an_unknown_standard_code() {
    let message = refused_profile("values.L =", "values.LK =");
    assert_eq!(
        message,
        r#"unknown standard code `LK`
  --> DIR/pbi.toml:19:8
   |
19 | values.LK = ["1", "Laki-laki"]
   |        ^^
hint: did you mean `L`?"#
    );
}

#[test]
fn a_written_value_twice() {
    let message = refused_profile(r#"values.P = ["2"]"#, r#"values.P = ["2", "laki-laki"]"#);
    assert_eq!(
        message,
        r#"the written value `LAKI-LAKI` stands twice
  --> DIR/pbi.toml:20:18
   |
20 | values.P = ["2", "laki-laki"]
   |                  ^^^^^^^^^^^"#
    );
}

#[test]
fn a_text_that_is_no_toml() {
    let message = refused_profile(r#"title = "PBI-JK""#, r#"title = "PBI-JK"#);
    assert_eq!(
        message,
        r#"invalid basic string, expected `"`
 --> DIR/pbi.toml:2:16
  |
2 | title = "PBI-JK
  |                ^"#
    );
}
