//! The closed word lists of the published tables.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The published word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The word's value; `None` where it is none of them.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }
    };
}

words! {
    /// What a NIK cell held.
    NikStatus {
        /// Sixteen digits that can be a NIK.
        Valid = "valid",
        /// Nothing.
        Blank = "blank",
        /// All 0, all 9 and the like.
        Placeholder = "placeholder",
        /// Anything else.
        Malformed = "malformed",
        /// A number cell or exponent form: the last digits are lost.
        PrecisionLost = "precision_lost",
        /// Valid, and on several people of the same list.
        Shared = "shared",
    }
}

words! {
    /// What put a record with its person.
    LinkMethod {
        /// An agreeing identifier together with an agreeing name.
        Identifier = "identifier",
        /// The linkage model.
        Model = "model",
        /// A reviewer's or a region's verdict.
        Verdict = "verdict",
        /// No other record: the person is this record's own.
        Alone = "alone",
    }
}

words! {
    /// Where a person or family stands with a programme.
    CoverageStatus {
        /// Entitled and receiving.
        Benar = "benar",
        /// Receiving and not entitled.
        Inklusi = "inklusi",
        /// Entitled and not receiving.
        Eksklusi = "eksklusi",
        /// Neither entitled nor receiving.
        BukanSasaran = "bukan_sasaran",
        /// Cannot be judged; the reasons say why.
        TakDapatDinilai = "tak_dapat_dinilai",
    }
}

words! {
    /// How sure a judgement is.
    Certainty {
        /// By an identifier or a reviewer.
        Terkonfirmasi = "terkonfirmasi",
        /// Probable, with its probability.
        Diduga = "diduga",
    }
}
