//! The shipped rules against spellings of names, and the language against small rules.

use proptest::prelude::*;

use super::*;
use crate::prepare::{ResourceKind, Shipped};

fn shipped(name: &str) -> Phonetics {
    let (_, text) = Shipped::files(ResourceKind::Phonetic).iter().find(|(own, _)| *own == name).expect("shipped");
    Phonetics::parse(text).expect("compiles")
}

fn rules(rules: &str) -> Result<Phonetics, LinkError> {
    Phonetics::parse(&format!("[classes]\nvowel = 'aeiou'\n[[step]]\nname = 'x'\nrules = [{rules}]"))
}

#[test]
fn the_language() {
    for (text, token, expected) in [
        ("'c > s / _[eiy]', 'c > k'", "cecilac", "sesilak"),
        ("'h > / <vowel>_#'", "sarah", "sara"),
        ("'h > / <vowel>_#'", "hah", "ha"),
        ("'[aeiou] > a / ._'", "eliot", "elaat"),
        ("'b > x / #_', 'b > y / _#', 'b > '", "babab", "xaay"),
        ("'c > c / _h', 'c > k'", "chic", "chik"),
        ("'a > o / [#l]_'", "alana", "olona"),
        ("'. > / ..._'", "abcdef", "abc"),
        ("'<vowel> > '", "aeiou", "aeiou"),
        ("'a > aa'", "ba", "baa"),
        ("'<vowel> > y / #[bcd]*_'", "bcdada", "bcdyda"),
        ("'<vowel> > y / #[bcd]*_'", "ada", "yda"),
        ("'a > y / _.*c#'", "abacd", "abacd"),
        ("'a > y / _.*c#'", "abac", "ybyc"),
        ("'x > ks / [^#]_'", "", ""),
    ] {
        match rules(text) {
            Ok(rules) => assert_eq!(rules.keys(token), expected, "{text} on {token}"),
            Err(error) => assert!(text.contains("[^#]"), "{error}"),
        }
    }
}

#[test]
fn steps_have_conditions() {
    let text = "[[step]]\nname = 'old'\nonly-if = ['oe', '#nj']\nunless = ['#noel#']\nrules = ['oe > u', 'j > y']\n\
                [[step]]\nname = 'e'\nmin-length = 4\nsqueeze = '[a]'\nrules = ['e > a']";
    let rules = Phonetics::parse(text).expect("compiles");
    for (token, expected) in
        [("soekarjo", "sukaryo"), ("noel", "noal"), ("panje", "panja"), ("njoman", "nyoman"), ("eka", "eka"), ("baea", "ba")]
    {
        assert_eq!(rules.keys(token), expected, "{token}");
    }
}

#[test]
fn mistakes_are_named() {
    for (text, expected) in [
        ("'c'", "step `x`: rule `c`: no `>`"),
        ("'> c'", "no target"),
        ("'c > k / e'", "no `_`"),
        ("'c > k / _<vowl>'", "no class `vowl`; nearest is `vowel`"),
        ("'[ab > c'", "`[` without `]`"),
        ("'# > c'", "contexts only"),
        ("'a* > c'", "contexts only"),
        ("'a > c / _b*c*'", "once in a context"),
        ("'C > c'", "`C`: expected a letter"),
        ("'c > K'", "`K` in the replacement"),
        ("'c > k / _[]'", "an empty set"),
    ] {
        let error = rules(text).expect_err("wrong").to_string();
        assert!(error.contains(expected), "{error}");
    }
    let error = Phonetics::parse("[[step]]\nname = 'x'\nrule = []").expect_err("wrong").to_string();
    assert!(error.contains("unknown field `rule`"), "{error}");
}

#[test]
fn indonesian_spellings_of_one_name_share_a_key() {
    let rules = shipped("indonesian");
    for (a, b) in [
        ("fitri", "pitri"),
        ("alfin", "alvin"),
        ("zaenab", "jaenab"),
        ("saeful", "syaipul"),
        ("kholifah", "holifah"),
        ("wardhana", "wardana"),
        ("marthono", "martono"),
        ("susi", "susy"),
        ("susi", "susie"),
        ("suharto", "suharta"),
        ("rohim", "rahim"),
        ("sumiyem", "sumiyim"),
        ("yeni", "yini"),
        ("sumiyati", "sumiati"),
        ("taufiq", "taufik"),
        ("hidayattullah", "hidayatulloh"),
        ("fatimah", "fatima"),
        ("datuk", "datu"),
        ("rakhmat", "rachmat"),
        ("soleh", "sholeh"),
        ("yakub", "yakup"),
        ("dicky", "diki"),
        ("suwarno", "suarno"),
        ("aziz", "azis"),
        // Old spelling.
        ("soekarno", "sukarno"),
        ("soerjadi", "suryadi"),
        ("soedjono", "sujono"),
        ("djoemadi", "jumadi"),
        ("tjahjo", "cahyo"),
        ("wahjoedi", "wahyudi"),
        ("rahajoe", "rahayu"),
        ("sjarifuddin", "syarifuddin"),
        ("njoman", "nyoman"),
        ("simandjoentak", "simanjuntak"),
        ("radjagoekgoek", "rajagukguk"),
        ("muchlis", "mukhlis"),
        ("choirul", "khoirul"),
        ("syech", "syekh"),
    ] {
        assert_eq!(rules.keys(a), rules.keys(b), "{a} ~ {b}");
    }
    for (a, b) in [
        ("jumiati", "sumiati"),
        ("hadi", "adi"),
        ("budi", "rudi"),
        ("anik", "ani"),
        ("sutini", "sutinah"),
        ("karim", "harim"),
        ("dedi", "dodi"),
        ("noel", "nul"),
        ("wijaya", "wiyaya"),
    ] {
        assert_ne!(rules.keys(a), rules.keys(b), "{a} ≁ {b}");
    }
    for (token, key) in [("saeful", "saipul"), ("sumiyati", "sumiati"), ("suharto", "suharta")] {
        assert_eq!(rules.keys(token), key);
    }
}

#[test]
fn english_spellings_of_one_name_share_a_key() {
    let rules = shipped("english");
    let mut wrong = Vec::new();
    for (a, b) in [
        ("smith", "smyth"),
        ("smith", "smithe"),
        ("schmidt", "schmitt"),
        ("catherine", "katherine"),
        ("kathryn", "catrin"),
        ("philip", "phillip"),
        ("philip", "filip"),
        ("steven", "stephen"),
        ("geoffrey", "jeffrey"),
        ("john", "jon"),
        ("johnson", "jonson"),
        ("sarah", "sara"),
        ("theresa", "teresa"),
        ("wright", "right"),
        ("knight", "night"),
        ("vaughan", "vaughn"),
        ("leigh", "lee"),
        ("macdonald", "mcdonald"),
        ("mackenzie", "mckenzie"),
        ("bernhard", "bernard"),
        ("elisabeth", "elizabeth"),
        ("deborah", "debora"),
        ("nicolas", "nicholas"),
        ("mark", "marc"),
        ("zachary", "zackary"),
        ("lynne", "lyn"),
        ("sean", "seen"),
        ("thomson", "tomson"),
        ("browne", "brown"),
        ("clarke", "clark"),
        ("reid", "read"),
        ("allen", "alan"),
        ("wagner", "wagner"),
        ("xavier", "savier"),
    ] {
        if rules.keys(a) != rules.keys(b) {
            wrong.push(format!("{a} {} ~ {b} {}", rules.keys(a), rules.keys(b)));
        }
    }
    for (a, b) in [
        ("smith", "smart"),
        ("mary", "mark"),
        ("john", "joan smith"),
        ("brown", "braun smith"),
        ("peter", "patricia"),
        ("anna", "emma"),
        ("carol", "sarah"),
        ("george", "gregory"),
        ("martin", "morton smith"),
        ("lewis", "louise"),
        ("daniel", "danielle lee"),
        ("marta", "mart"),
    ] {
        if rules.keys(a) == rules.keys(b) {
            wrong.push(format!("{a} ≁ {b}: {}", rules.keys(a)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

proptest! {
    #[test]
    fn every_token_has_one_key(text in "\\PC{0,30}", english: bool) {
        let rules = shipped(if english { "english" } else { "indonesian" });
        let tokens = text.split(' ').filter(|token| !token.is_empty()).count();
        prop_assert_eq!(rules.keys(&text).split(' ').filter(|key| !key.is_empty()).count(), tokens);
    }

    #[test]
    fn any_rules_compile_or_say_why(rule in "[a-c<>\\[\\]#*_/^. é]{0,12}", token in "[a-c]{0,8}") {
        if let Ok(rules) = rules(&format!("'{rule}'")) {
            rules.keys(&token);
        }
    }
}
