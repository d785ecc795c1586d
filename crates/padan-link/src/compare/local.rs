//! How common a value is where both rows live: a name that half a village bears says less there than its share of the country, and a name
//! of Garut says less of two villages of Garut.
//!
//! Regions lie in one another: in region g of N_g rows, n of them with value v, of share p in the next larger region, the chance that one
//! more row has v is (n + κp) ÷ (N_g + κ), the posterior mean of a Dirichlet prior of strength κ around the larger region's shares (Balding
//! and Nichols 1994, for alleles of a subpopulation). κ = (1 − F) ÷ F, F being by how much two rows of one region agree more often than any
//! two of the larger one, of what is possible (Wright's F_ST, from the counts themselves as Nei 1987 does). Of n the part is left out that
//! is the reference row itself: D of `discount`, next to all of it in a village, or every rare name would look common in a small one. Two
//! rows are weighed in the smallest region that holds both.
//!
//! Of values that are only alike the share is that of their own comparison, times what the commoner of the two is more common there: who is
//! like a name of the region is like many of its people.

use rayon::prelude::*;

use super::digits::NestedCodes;
use super::frequency::discount;
use super::{Agreement, Comparator, MOST_DEPTHS, Rarity};
use crate::hash::FixedMap;
use crate::records::{NULL_ID, TextColumn};

/// F is taken to be at most this: a value that names the region is no name.
const MOST_F: f64 = 0.5;
/// Below this regions are alike, and the larger region's share says all.
const LEAST_F: f64 = 1e-6;
/// Steps of a bit in which shares are held: a twelfth more or less is no evidence.
const STEPS: f32 = 8.0;

/// A comparison whose values are weighed by their region.
pub(super) struct Local<'a> {
    inner: Box<dyn Comparator + 'a>,
    /// By row: its value and region as one number, `NULL_ID` without a value.
    ids: Vec<u32>,
    /// By that number.
    numbers: Vec<Numbered>,
    codes: NestedCodes<'a>,
    /// Leading characters of larger regions, rising.
    depths: Vec<usize>,
}

/// A value in a region: what a pair asks of it lies in one line of memory.
#[derive(Debug, Clone, Copy)]
#[repr(align(16))]
struct Numbered {
    /// The value's own id.
    value: u32,
    /// `NULL_ID` without one.
    region: u32,
    /// Everywhere first, then by depth, its own region last: −log2 of the share in steps; of regions that it does not say the next larger
    /// one's.
    shares: [u8; MOST_SHARES],
}

/// Everywhere, six larger regions, and its own.
const MOST_SHARES: usize = MOST_DEPTHS + 2;

/// −log2 of a share in steps.
fn steps(share: f64) -> u8 {
    // Cast saturates.
    (-share.log2() as f32 * STEPS).round() as u8
}

fn share_of(steps: u8) -> f32 {
    (-f32::from(steps) / STEPS).exp2()
}

impl<'a> Local<'a> {
    /// Counts over the `reference` rows; `inner` as it is where its values have no ids or where regions are alike.
    pub(super) fn wrap(
        inner: Box<dyn Comparator + 'a>,
        regions: &'a TextColumn,
        depths: &[usize],
        reference: &[u32],
    ) -> Box<dyn Comparator + 'a> {
        let Some(own) = inner.ids() else { return inner };
        let mut numbers: FixedMap<u64, u32> = FixedMap::default();
        let (mut values, mut of_number) = (Vec::new(), Vec::new());
        let number = |(value, region): (&u32, &u32)| {
            if *value == NULL_ID {
                return NULL_ID;
            }
            *numbers.entry(u64::from(*value) << 32 | u64::from(*region)).or_insert_with(|| {
                values.push(*value);
                of_number.push(*region);
                values.len() as u32 - 1
            })
        };
        let ids: Vec<u32> = own.iter().zip(&regions.ids).map(number).collect();
        drop(numbers);
        let mut rows = vec![0_u32; values.len()];
        for number in reference.iter().map(|row| ids[*row as usize]).filter(|number| *number != NULL_ID) {
            rows[number as usize] += u32::from(of_number[number as usize] != NULL_ID);
        }
        let sorted = sorted(&values, &of_number, &rows, regions);
        drop((values, of_number, rows));
        let one_value = |a: &Sorted, b: &Sorted| a.value == b.value;
        // By place in that order.
        let mut shares = vec![[0_u8; MOST_SHARES]; sorted.len()];
        let mut larger = vec![0.0_f64; sorted.len()];
        let mut around = Counts { region: vec![count(&sorted)], ..Counts::default() };
        around.add_pairs();
        let mut place = 0;
        for of_value in sorted.chunk_by(one_value) {
            let count = count(of_value);
            around.alike += pairs(count);
            let share = f64::from(count.max(1)) / f64::from(around.region[0].max(1));
            let places = place..place + of_value.len();
            larger[places.clone()].fill(share);
            shares[places].iter_mut().for_each(|shares| shares[0] = steps(share));
            place += of_value.len();
        }
        let mut differ = false;
        for depth in 1..depths.len() + 2 {
            let parents = depths.get(depth - 1).map(|depth| parents(regions, *depth));
            let region = |sorted: &Sorted| match (&parents, sorted.region) {
                (_, NULL_ID) => NULL_ID,
                (Some(parents), region) => parents[region as usize],
                (None, region) => region,
            };
            let of_depth = |a: &Sorted, b: &Sorted| one_value(a, b) && region(a) == region(b);
            let mut counts = Counts { region: vec![0; regions.values.len()], ..Counts::default() };
            for numbers in sorted.chunk_by(of_depth).filter(|numbers| region(&numbers[0]) != NULL_ID) {
                let count = count(numbers);
                counts.region[region(&numbers[0]) as usize] += count;
                counts.alike += pairs(count);
            }
            counts.add_pairs();
            let strength = counts.strength(&around);
            differ |= strength.is_some();
            let itself = discount(sorted.chunk_by(of_depth).filter(|numbers| region(&numbers[0]) != NULL_ID).map(count));
            let mut place = 0;
            for numbers in sorted.chunk_by(of_depth) {
                let region = region(&numbers[0]);
                let own = f64::from(count(numbers));
                let places = place..place + numbers.len();
                for (share, shares) in larger[places.clone()].iter_mut().zip(&mut shares[places]) {
                    if let Some(strength) = strength.filter(|_| region != NULL_ID) {
                        let rows = f64::from(counts.region[region as usize]);
                        *share = ((own - itself).max(0.0) + strength * *share) / ((rows - itself).max(0.0) + strength);
                    }
                    shares[depth] = steps(*share);
                }
                place += numbers.len();
            }
            around = counts;
        }
        if !differ {
            return inner;
        }
        let mut numbers = vec![Numbered { value: NULL_ID, region: NULL_ID, shares: [0; MOST_SHARES] }; sorted.len()];
        for (Sorted { value, region, number, .. }, shares) in sorted.into_iter().zip(shares) {
            numbers[number as usize] = Numbered { value, region, shares };
        }
        Box::new(Self { inner, ids, numbers, codes: NestedCodes::new(regions), depths: depths.to_vec() })
    }
}

/// A number among those in order.
struct Sorted {
    value: u32,
    region: u32,
    /// Reference rows.
    rows: u32,
    number: u32,
}

/// Numbers by value, then by the code of their region, so that those of one larger region stand together at every depth.
fn sorted(values: &[u32], of_number: &[u32], rows: &[u32], regions: &TextColumn) -> Vec<Sorted> {
    let rank = ranks(regions);
    let rank = |region: u32| rank.get(region as usize).copied().unwrap_or(NULL_ID);
    let by_number = values.par_iter().zip(of_number).enumerate();
    let mut order: Vec<(u32, u32, u32)> = by_number.map(|(number, (value, region))| (*value, rank(*region), number as u32)).collect();
    order.par_sort_unstable();
    let of_order = |(value, _, number): &(u32, u32, u32)| {
        let at = *number as usize;
        Sorted { value: *value, region: of_number[at], rows: rows[at], number: *number }
    };
    order.par_iter().map(of_order).collect()
}

/// Reference rows of numbers.
fn count(numbers: &[Sorted]) -> u32 {
    numbers.iter().map(|sorted| sorted.rows).sum()
}

/// By region: its place among the codes in order.
fn ranks(regions: &TextColumn) -> Vec<u32> {
    let mut order: Vec<u32> = (0..regions.values.len() as u32).collect();
    order.sort_unstable_by_key(|region| &regions.values[*region as usize]);
    let mut ranks = vec![0; order.len()];
    order.into_iter().enumerate().for_each(|(rank, region)| ranks[region as usize] = rank as u32);
    ranks
}

/// By region: the larger one of so many leading characters, `NULL_ID` where its code is shorter.
fn parents(regions: &TextColumn, depth: usize) -> Vec<u32> {
    let mut ids: FixedMap<&str, u32> = FixedMap::default();
    let mut parent = |code| {
        let next = ids.len() as u32;
        *ids.entry(code).or_insert(next)
    };
    regions.values.iter().map(|code| code.get(..depth).map_or(NULL_ID, &mut parent)).collect()
}

impl Local<'_> {
    fn value(&self, number: u32) -> u32 {
        self.numbers[number as usize].value
    }

    /// The place among its shares of the smallest region that two numbers have in common; 0 for the whole.
    fn common(&self, left: u32, right: u32) -> usize {
        let (a, b) = (self.numbers[left as usize].region, self.numbers[right as usize].region);
        if a == NULL_ID || b == NULL_ID {
            return 0;
        }
        if a == b {
            return self.depths.len() + 1;
        }
        let shared = self.codes.shared(a, b);
        self.depths.iter().take_while(|depth| **depth <= shared).count()
    }

    fn shares(&self, number: u32) -> &[u8] {
        &self.numbers[number as usize].shares[..self.depths.len() + 2]
    }

    fn in_region(&self, number: u32, place: usize, agreement: Agreement) -> Agreement {
        if place == 0 || agreement.frequency <= 0.0 {
            return agreement;
        }
        Agreement { frequency: share_of(self.shares(number)[place]), ..agreement }
    }
}

/// Reference rows that have a value and a region of one depth.
#[derive(Default)]
struct Counts {
    /// By region.
    region: Vec<u32>,
    /// Pairs of rows of one region, and those of them that have one value.
    within: f64,
    alike: f64,
}

/// Ordered pairs of so many rows.
fn pairs(rows: u32) -> f64 {
    f64::from(rows) * (f64::from(rows) - 1.0).max(0.0)
}

impl Counts {
    fn add_pairs(&mut self) {
        self.within = self.region.iter().map(|rows| pairs(*rows)).sum();
    }

    /// κ within the larger regions `around`; `None` where the regions of each are alike, or there is one.
    fn strength(&self, around: &Self) -> Option<f64> {
        if self.within <= 0.0 || self.within >= around.within {
            return None;
        }
        let (local, larger) = (self.alike / self.within, around.alike / around.within);
        let f = ((local - larger) / (1.0 - larger)).min(MOST_F);
        (f >= LEAST_F).then(|| (1.0 - f) / f)
    }
}

impl Comparator for Local<'_> {
    fn levels(&self) -> Vec<String> {
        self.inner.levels()
    }

    fn start(&self) -> Vec<f64> {
        self.inner.start()
    }

    fn doubt(&self) -> f64 {
        self.inner.doubt()
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.ids[left as usize], self.ids[right as usize]);
        if a == NULL_ID || b == NULL_ID { Agreement::MISSING } else { self.compare_known((left, right), (a, b)) }
    }

    fn ids(&self) -> Option<&[u32]> {
        Some(&self.ids)
    }

    fn fetch(&self, ids: &mut dyn Iterator<Item = (u32, u32)>) {
        self.inner.fetch(&mut ids.map(|(left, right)| (self.value(left), self.value(right))));
    }

    fn equal(&self, number: u32) -> Option<Agreement> {
        let agreement = self.inner.equal(self.value(number))?;
        Some(self.in_region(number, self.common(number, number), agreement))
    }

    fn is_dear(&self) -> bool {
        self.inner.is_dear()
    }

    fn equal_level(&self) -> Option<u8> {
        self.inner.equal_level()
    }

    fn rarity(&self, number: u32, level: u8) -> Rarity {
        // Of unequal numbers, which may be one value in two regions; values that are only alike are never rarer than everywhere.
        match self.inner.rarity(self.value(number), level) {
            Rarity::AtLeast(least) => {
                let rarest = self.shares(number).iter().copied().max().map_or(1.0, share_of);
                Rarity::AtLeast(least.min(rarest))
            }
            other => other,
        }
    }

    fn compare_known(&self, rows: (u32, u32), (left, right): (u32, u32)) -> Agreement {
        let (a, b) = (self.value(left), self.value(right));
        let agreement = self.inner.compare_known(rows, (a, b));
        if agreement.frequency <= 0.0 {
            return agreement;
        }
        let place = self.common(left, right);
        if a == b {
            return self.in_region(right, place, agreement);
        }
        let more = |number: u32| {
            let shares = self.shares(number);
            shares[0].saturating_sub(shares[place])
        };
        let more = more(left).max(more(right));
        Agreement { frequency: (agreement.frequency / share_of(more)).min(1.0), ..agreement }
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.inner.is_known(left, right)
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        self.inner.exact_chance(left, right)
    }
}

#[cfg(test)]
mod tests {
    use super::super::exact::Exact;
    use super::super::text::Text;
    use super::*;
    use crate::model::Measure;
    use crate::records::Column;

    fn column(texts: &[&str]) -> TextColumn {
        let mut values: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        values.sort();
        values.dedup();
        let id = |text: &&str| if text.is_empty() { NULL_ID } else { values.iter().position(|value| value == text).unwrap_or(0) as u32 };
        TextColumn { ids: texts.iter().map(id).collect(), values: std::sync::Arc::new(values.iter().collect()) }
    }

    /// Ten villages of 20: half of the first are called SITI, of the others one; everybody else has a name of their own.
    fn villages() -> (Vec<String>, Vec<String>) {
        let name = |row: usize| if row < 10 || row.is_multiple_of(20) { "SITI".to_owned() } else { format!("N{row}") };
        ((0..200).map(name).collect(), (0..200).map(|row| format!("V{}", row / 20)).collect())
    }

    #[test]
    fn a_name_of_the_village_says_less_there() {
        let (names, regions) = villages();
        let as_column = |texts: &[String]| column(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let reference: Vec<u32> = (0..200).collect();
        let (names, regions) = (Column::Text(as_column(&names)), as_column(&regions));
        let plain = Exact::new(&names, &reference);
        let local = Local::wrap(Box::new(Exact::new(&names, &reference)), &regions, &[], &reference);
        let (here, elsewhere, across) = (local.compare(1, 2), local.compare(40, 40), local.compare(1, 40));
        assert_eq!([here.level, elsewhere.level, across.level], [plain.compare(1, 2).level; 3]);
        let national = plain.compare(1, 2).frequency;
        assert_eq!(across, plain.compare(1, 40), "rows of two villages");
        assert!(here.frequency > 1.5 * national, "{} {national}", here.frequency);
        assert!(elsewhere.frequency < national, "in a village with one SITI the row itself is not counted: {}", elsewhere.frequency);
        let rare = (local.compare(50, 50).frequency, plain.compare(50, 50).frequency);
        assert!(rare.0 <= rare.1, "a rare name stays rare in a small village: {rare:?}");
        assert_eq!(local.compare(3, 50), plain.compare(3, 50));
    }

    /// Two provinces of ten villages of 20, each province with names of its own: in the first somebody of every village is called CECEP.
    #[test]
    fn a_name_of_the_province_says_less_in_its_villages() {
        let name = |row: usize| match (row < 200, row.is_multiple_of(20)) {
            (true, true) => "CECEP".to_owned(),
            (first, _) => format!("{}{}", if first { "SUNDA" } else { "BATAK" }, row % 20),
        };
        let mut names: Vec<String> = (0..400).map(name).collect();
        let mut regions: Vec<String> = (0..400).map(|row| format!("{:02}{:02}", 11 + row / 200, row / 20 % 10)).collect();
        names.extend(["CECEB", "CECEB", "CECEP"].map(str::to_owned));
        regions.extend(["1103", "1203", "1203"].map(str::to_owned));
        let as_column = |texts: &[String]| column(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let reference: Vec<u32> = (0..400).collect();
        let (names, regions) = (as_column(&names), as_column(&regions));
        let plain = || Box::new(Text::new(&names, vec![0.8], Measure::default(), &reference));
        let local = Local::wrap(plain(), &regions, &[2], &reference);
        let plain = plain();
        let (here, everywhere) = (local.compare(0, 20), plain.compare(0, 20));
        assert_eq!(here.level, everywhere.level);
        assert!(here.frequency > 1.3 * everywhere.frequency, "two villages of one province: {here:?} {everywhere:?}");
        assert_eq!(local.compare(0, 402), plain.compare(0, 402), "a village of another province");
        let (here, everywhere) = (local.compare(400, 0), plain.compare(400, 0));
        assert_eq!((here.level, everywhere.level), (2, 2), "CECEB is like CECEP");
        assert!(here.frequency > 1.3 * everywhere.frequency, "who is like a name of the province: {here:?} {everywhere:?}");
        assert_eq!(local.compare(401, 0), plain.compare(401, 0), "who is like it and lives elsewhere");
        let rarest = |row: u32| match local.rarity(local.ids().expect("ids")[row as usize], 2) {
            Rarity::AtLeast(least) => least,
            other => panic!("{other:?}"),
        };
        for (left, right) in [(0, 20), (0, 402), (0, 0), (25, 25), (400, 0), (401, 0)] {
            let found = local.compare(left, right);
            assert!(found.level < 2 || found.frequency >= 0.9 * rarest(left), "{left} {right} is rarer than its bound");
        }
    }

    #[test]
    fn regions_that_are_alike_change_nothing() {
        let names: Vec<String> = (0..200).map(|row| format!("N{}", row / 10)).collect();
        let regions: Vec<String> = (0..200).map(|row| format!("V{}", row % 10)).collect();
        let as_column = |texts: &[String]| column(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let reference: Vec<u32> = (0..200).collect();
        let (names, regions) = (Column::Text(as_column(&names)), as_column(&regions));
        let plain = Exact::new(&names, &reference);
        let local = Local::wrap(Box::new(Exact::new(&names, &reference)), &regions, &[], &reference);
        assert_eq!(local.compare(0, 1), plain.compare(0, 1));
        assert_eq!(local.compare(0, 0), plain.compare(0, 0));
    }
}
