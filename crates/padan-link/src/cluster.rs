//! Clusters: union–find over decided edges, best first, without chaining strangers.
//!
//! An edge is refused when it would join two clusters that hold members of the same duplicate-free group: a person is in such a list
//! once. Edges are taken by falling probability, ties by row, so the result does not depend on their order.

/// Joins `len` rows by `edges` (a, b, probability). `group[row]` names the duplicate-free list that the row belongs to, or `None`.
/// Returns each row's cluster as the smallest row in it.
pub fn cluster(len: usize, edges: &[(u32, u32, f64)], group: impl Fn(u32) -> Option<u32>) -> Vec<u32> {
    let mut order = edges.to_vec();
    order.sort_unstable_by(|x, y| y.2.total_cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))));
    let mut parent: Vec<u32> = (0..len as u32).collect();
    let mut groups: std::collections::BTreeMap<u32, Vec<u32>> = std::collections::BTreeMap::new();
    for (a, b, _) in order {
        let (a, b) = (find(&mut parent, a), find(&mut parent, b));
        if a == b {
            continue;
        }
        let of = |root: u32, groups: &std::collections::BTreeMap<u32, Vec<u32>>| {
            groups.get(&root).cloned().unwrap_or_else(|| group(root).into_iter().collect())
        };
        let (mut left, right) = (of(a, &groups), of(b, &groups));
        if left.iter().any(|member| right.contains(member)) {
            continue;
        }
        let (root, child) = (a.min(b), a.max(b));
        parent[child as usize] = root;
        left.extend(right);
        if !left.is_empty() {
            groups.remove(&child);
            groups.insert(root, left);
        }
    }
    (0..len as u32).map(|row| find(&mut parent, row)).collect()
}

/// Rows that are joined by edges that nothing bars; the order of the edges is of no matter.
#[derive(Debug, Clone, Default)]
pub struct Joined {
    parent: Vec<u32>,
}

impl Joined {
    /// So many rows, each by itself.
    pub fn new(len: usize) -> Self {
        Self { parent: (0..len as u32).collect() }
    }

    /// Joins the clusters of two rows.
    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (find(&mut self.parent, a), find(&mut self.parent, b));
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// The smallest row of a row's cluster.
    pub fn first_of(&self, row: u32) -> u32 {
        let mut root = row;
        while self.parent[root as usize] != root {
            root = self.parent[root as usize];
        }
        root
    }

    /// Each row's cluster as the smallest row in it.
    pub fn clusters(mut self) -> Vec<u32> {
        (0..self.parent.len() as u32).map(|row| find(&mut self.parent, row)).collect()
    }
}

/// Joins `len` rows by edges that nothing bars.
pub(crate) fn join(len: usize, edges: impl Iterator<Item = (u32, u32)>) -> Vec<u32> {
    let mut joined = Joined::new(len);
    edges.for_each(|(a, b)| joined.join(a, b));
    joined.clusters()
}

/// The root of a row's tree, whose way is made shorter.
pub(crate) fn find(parent: &mut [u32], row: u32) -> u32 {
    let mut root = row;
    while parent[root as usize] != root {
        root = parent[root as usize];
    }
    let mut at = row;
    while parent[at as usize] != root {
        at = std::mem::replace(&mut parent[at as usize], root);
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_duplicate_free_list_is_not_chained() {
        // Rows 0 and 1 stand in one duplicate-free list; row 2 resembles both.
        let clusters = cluster(3, &[(0, 2, 0.9), (1, 2, 0.8)], |row| (row < 2).then_some(7));
        assert_eq!(clusters, [0, 1, 0]);
    }

    proptest! {
        #[test]
        fn a_partition_equal_to_the_naive_one(edges in proptest::collection::vec((0_u32..20, 0_u32..20), 0..30)) {
            let weighted: Vec<(u32, u32, f64)> = edges.iter().map(|(a, b)| (*a, *b, 1.0)).collect();
            let clusters = cluster(20, &weighted, |_| None);
            let mut naive: Vec<u32> = (0..20).collect();
            for _ in 0..20 {
                for (a, b) in &edges {
                    let low = naive[*a as usize].min(naive[*b as usize]);
                    naive[*a as usize] = low;
                    naive[*b as usize] = low;
                }
            }
            prop_assert_eq!(&clusters, &naive);
            prop_assert_eq!(join(20, edges.iter().copied()), naive);
        }
    }
}
