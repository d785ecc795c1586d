//! What right files become.

use std::fs;

use padan_config::{Encoding, Format, Pipeline, RegionCodes, load_pipeline, load_profile};
use padan_model::Field;

use crate::{PIPELINE, PROFILE, REGISTRY};

fn plan(text: &str) -> Pipeline {
    let folder = tempfile::tempdir().expect("folder");
    for (name, text) in [("dtsen-anggota.toml", REGISTRY), ("pbi.toml", PROFILE), ("nightly.toml", text)] {
        fs::write(folder.path().join(name), text).expect("write");
    }
    load_pipeline(&folder.path().join("nightly.toml")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_profile() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("pbi.toml");
    fs::write(&path, PROFILE).expect("write");
    let profile = load_profile(&path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(profile.format, Format::Csv { delimiter: b';' });
    assert_eq!((profile.encoding, profile.region_codes, profile.skip_rows), (Encoding::Utf8, RegionCodes::Names, 0));
    assert_eq!(profile.fields(), [Field::Nik, Field::Nama, Field::TanggalLahir, Field::JenisKelamin]);
    assert_eq!(profile.columns[3].headers, ["jenis_kelamin", "jk"]);
    let required: Vec<Field> = profile.columns.iter().filter(|column| column.required).map(|column| column.field).collect();
    assert_eq!(required, [Field::Nama]);
    // Written values are looked up in upper case.
    let codes = &profile.codes[&Field::JenisKelamin];
    assert_eq!(codes.values.iter().map(|(written, code)| format!("{written}={code}")).collect::<Vec<_>>(), ["1=L", "2=P", "LAKI-LAKI=L"]);
}

#[test]
fn a_pipeline() {
    let pipeline = plan(PIPELINE);
    assert_eq!(pipeline.registry().profile.id.as_str(), "dtsen-anggota");
    assert_eq!((pipeline.model.as_str(), pipeline.model_path()), ("legacy", None));
    assert_eq!(pipeline.texts.len(), 3);
    let rule = &pipeline.programmes[0];
    assert_eq!((rule.eligible.text.as_str(), rule.eligible.line), ("desil <= 5", 23));
    assert_eq!((rule.exclusions[0].reason.as_str(), rule.exclusions[0].when.line), ("meninggal", 15));
}

#[test]
fn the_line_of_a_rule_of_several_lines_is_its_first() {
    let pipeline = plan(&PIPELINE.replace("\"desil <= 5\"", "\"\"\"\ndesil <= 5\nand umur < 6\"\"\""));
    assert_eq!((pipeline.programmes[0].eligible.text.as_str(), pipeline.programmes[0].eligible.line), ("desil <= 5\nand umur < 6", 24));
}

#[test]
fn a_source_of_a_pipeline_overrides_files_and_period() {
    let pipeline = plan(&PIPELINE.replace("\"pbi.toml\"", "\"pbi.toml\"\nfiles = [\"kis*.csv\"]\nperiod = \"2025-06\""));
    let profile = &pipeline.sources[1].profile;
    assert_eq!((profile.files.as_slice(), profile.period_year()), (["kis*.csv".to_owned()].as_slice(), Some(2025)));
}

#[test]
fn exclusions_of_another_unit_stay_out() {
    let pipeline = plan(&PIPELINE.replace("unit = \"jiwa\"\nreason", "unit = \"kpm\"\nreason"));
    assert!(pipeline.programmes[0].exclusions.is_empty());
}

#[test]
fn a_date_may_be_written_without_quotes() {
    assert_eq!(plan(&PIPELINE.replace("\"2025-06-30\"", "2025-06-30")).reference_date, "2025-06-30");
}
