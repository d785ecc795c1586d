//! What is counted of one programme: integers only, so that the counts of any division of the run add up to those of the whole.

use std::collections::BTreeMap;

use padan_model::CoverageStatus;

use super::LinkQuality;
use crate::coverage::Standing;
use crate::units::Units;

/// Digits of the finest region.
pub(super) const KECAMATAN: usize = 6;

/// Units by their status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StatusCounts {
    /// Entitled and receiving.
    pub benar: i64,
    /// Receiving and not entitled.
    pub inklusi: i64,
    /// Entitled and not receiving.
    pub eksklusi: i64,
    /// Neither entitled nor receiving.
    pub bukan_sasaran: i64,
    /// Cannot be judged.
    pub tak_dapat_dinilai: i64,
}

impl StatusCounts {
    fn count(&mut self, status: CoverageStatus) {
        *match status {
            CoverageStatus::Benar => &mut self.benar,
            CoverageStatus::Inklusi => &mut self.inklusi,
            CoverageStatus::Eksklusi => &mut self.eksklusi,
            CoverageStatus::BukanSasaran => &mut self.bukan_sasaran,
            CoverageStatus::TakDapatDinilai => &mut self.tak_dapat_dinilai,
        } += 1;
    }

    pub(super) fn add(&mut self, other: Self) {
        self.benar += other.benar;
        self.inklusi += other.inklusi;
        self.eksklusi += other.eksklusi;
        self.bukan_sasaran += other.bukan_sasaran;
        self.tak_dapat_dinilai += other.tak_dapat_dinilai;
    }
}

/// The counts of one programme.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ProgrammeTally {
    /// All units that are a row of coverage.
    pub(crate) total: StatusCounts,
    /// Those of them that a list pays.
    pub(crate) receiving: i64,
    /// How good the links of the lists are.
    pub(crate) quality: LinkQuality,
    /// Units that can be judged, by desil.
    pub(super) by_desil: [StatusCounts; 11],
    /// The same by sex.
    pub(super) by_sex: BTreeMap<String, StatusCounts>,
    /// The same by the region as deep as it is known, the kecamatan at most.
    pub(super) by_region: BTreeMap<String, StatusCounts>,
}

impl ProgrammeTally {
    /// The counts of one programme's standings.
    pub(crate) fn new(units: &Units<'_>, standings: &[Option<Standing>], quality: LinkQuality) -> Self {
        let mut tally = Self { quality, ..Self::default() };
        let mut by_sex: BTreeMap<&str, StatusCounts> = BTreeMap::new();
        let mut by_region: BTreeMap<&str, StatusCounts> = BTreeMap::new();
        for (face, standing) in units.faces.iter().zip(standings) {
            let Some(standing) = standing else { continue };
            tally.total.count(standing.status);
            tally.receiving += i64::from(standing.receiving);
            if standing.status == CoverageStatus::TakDapatDinilai {
                continue;
            }
            if let Some(kode) = face.kode_wilayah {
                by_region.entry(&kode[..kode.len().min(KECAMATAN)]).or_default().count(standing.status);
            }
            if let Some(counts) = face.desil.and_then(|desil| tally.by_desil.get_mut(usize::try_from(desil).ok()?)) {
                counts.count(standing.status);
            }
            if let Some(sex) = face.jenis_kelamin {
                by_sex.entry(sex).or_default().count(standing.status);
            }
        }
        let owned = |counts: BTreeMap<&str, StatusCounts>| counts.into_iter().map(|(key, counts)| (key.to_owned(), counts)).collect();
        tally.by_sex = owned(by_sex);
        tally.by_region = owned(by_region);
        tally
    }

    /// Adds the counts of another part of the run.
    pub(crate) fn merge(&mut self, other: Self) {
        self.total.add(other.total);
        self.receiving += other.receiving;
        self.quality.merge(other.quality);
        for (mine, others) in self.by_desil.iter_mut().zip(other.by_desil) {
            mine.add(others);
        }
        for (mine, others) in [(&mut self.by_sex, other.by_sex), (&mut self.by_region, other.by_region)] {
            for (key, counts) in others {
                mine.entry(key).or_default().add(counts);
            }
        }
    }
}
