//! Parts of the engine that can be left out, to measure what each adds. For benchmarks: no pipeline has a reason to.

use std::str::FromStr;

use crate::Model;

/// A part that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// That agreement on a rare value says more.
    TermFrequency,
    /// That a value common in the region says less there.
    LocalFrequency,
    /// That m and u of a comparison depend on the level of another (`given`).
    Interactions,
    /// What an identifier embeds, for rows that do not state it.
    Embedded,
    /// That another member of the household explains what members share: two classes of pairs are left, match and chance.
    HouseholdClass,
    /// That members of one household who match members of another raise each other.
    GroupEvidence,
    /// That families lend their numbers.
    LentNumbers,
    /// That a list that holds nobody twice has one row for an entity.
    OneToOne,
    /// That all rows of two clusters speak: pairs are then linked by themselves, and clusters are what they connect.
    Clusters,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 9] = [
        Self::TermFrequency,
        Self::LocalFrequency,
        Self::Interactions,
        Self::Embedded,
        Self::HouseholdClass,
        Self::GroupEvidence,
        Self::LentNumbers,
        Self::OneToOne,
        Self::Clusters,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::TermFrequency => "term-frequency",
            Self::LocalFrequency => "local-frequency",
            Self::Interactions => "interactions",
            Self::Embedded => "embedded",
            Self::HouseholdClass => "household-class",
            Self::GroupEvidence => "group-evidence",
            Self::LentNumbers => "lent-numbers",
            Self::OneToOne => "one-to-one",
            Self::Clusters => "clusters",
        }
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::name).join(", ");
        Self::ALL.into_iter().find(|part| part.name() == name).ok_or_else(|| format!("no part `{name}`; there are {}", names()))
    }
}

impl Model {
    /// The model without some parts.
    #[must_use]
    pub fn without(mut self, parts: &[Part]) -> Self {
        for part in parts {
            for comparison in &mut self.comparisons {
                match part {
                    Part::TermFrequency => (comparison.term_frequency, comparison.term_frequency_within) = (false, None),
                    Part::LocalFrequency => comparison.term_frequency_within = None,
                    Part::Interactions => comparison.given = None,
                    Part::Embedded => comparison.embedded = None,
                    Part::HouseholdClass => comparison.household = false,
                    Part::GroupEvidence | Part::LentNumbers | Part::OneToOne | Part::Clusters => {}
                }
            }
            if *part == Part::HouseholdClass {
                self.household_column = None;
            }
        }
        self.left_out.extend_from_slice(parts);
        self
    }

    pub(crate) fn has(&self, part: Part) -> bool {
        !self.left_out.contains(&part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_names_and_leave_the_model() {
        assert_eq!("one-to-one".parse(), Ok(Part::OneToOne));
        assert!(Part::ALL.into_iter().all(|part| part.name().parse() == Ok(part)));
        assert!("one to one".parse::<Part>().expect_err("no such part").contains("one-to-one, clusters"));
        let text = r#"
            name = "m"
            household-column = "family"
            [[comparison]]
            name = "a"
            compare = { kind = "exact", column = "a" }
            term-frequency = true
            household = true
            [[comparison]]
            name = "b"
            compare = { kind = "exact", column = "b" }
            given = "a"
            [[blocking]]
            name = "a"
            keys = ["a"]
        "#;
        let model = Model::parse(text).expect("a model");
        let bare = model.clone().without(&[Part::Interactions, Part::HouseholdClass, Part::OneToOne]);
        assert_eq!(
            (bare.comparisons[1].given.as_deref(), bare.comparisons[0].household, bare.household_column.as_deref()),
            (None, false, None)
        );
        assert!(bare.comparisons[0].term_frequency && !bare.has(Part::OneToOne) && bare.has(Part::Clusters));
        assert_eq!(model.clone().without(&[]), model);
    }
}
