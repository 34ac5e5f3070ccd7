//! Many short lists of numbers in two arrays.

/// One list for each of `0..len`.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists {
    /// Where each list ends; it begins where the one before ends.
    ends: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// Sorts (list, item) pairs into lists, which keep the order of the pairs.
    pub(super) fn from_pairs(len: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut ends = vec![0u32; len];
        for (list, _) in pairs.clone() {
            ends[list as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            // For now the beginning, which filling moves to the end.
            let count = std::mem::replace(end, total);
            total += count;
        }
        let mut items = vec![0; total as usize];
        for (list, item) in pairs {
            let at = &mut ends[list as usize];
            items[*at as usize] = item;
            *at += 1;
        }
        Self { ends, items }
    }

    /// How many lists there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The items of a list; none if there is no such list.
    pub(super) fn get(&self, list: usize) -> &[u32] {
        let Some(end) = self.ends.get(list) else { return &[] };
        let start = list.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.items[start as usize..*end as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_keep_their_items_in_order() {
        let pairs = [(2, 7), (0, 1), (2, 3), (0, 9)];
        let lists = Lists::from_pairs(4, pairs.into_iter());
        let all: Vec<_> = (0..4).map(|list| lists.get(list).to_vec()).collect();
        assert_eq!(all, [vec![1, 9], vec![], vec![7, 3], vec![]]);
        assert!(lists.get(4).is_empty());
    }
}
