//! Sets of rows, one bit each.

use std::ops::Range;

/// A set of the rows `0..len`. Bits past the end are always zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// No row of `len`.
    pub(super) fn empty(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    /// Every row of `len`.
    pub(super) fn full(len: usize) -> Self {
        let mut words = vec![u64::MAX; len.div_ceil(64)];
        if let Some(last) = words.last_mut()
            && !len.is_multiple_of(64)
        {
            *last = (1 << (len % 64)) - 1;
        }
        Self { words, len }
    }

    /// How many rows there are, in the set or not.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Makes room for `len` rows; new ones are not in the set.
    pub(super) fn grow(&mut self, len: usize) {
        self.len = self.len.max(len);
        self.words.resize(self.len.div_ceil(64), 0);
    }

    /// Whether the row is in the set.
    pub(super) fn get(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Puts the row in the set or takes it out.
    pub(super) fn set(&mut self, row: usize, member: bool) {
        let bit = 1 << (row % 64);
        let word = &mut self.words[row / 64];
        if member { *word |= bit } else { *word &= !bit }
    }

    /// How many rows are in the set.
    pub(super) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many rows are in both sets.
    pub(super) fn count_and(&self, other: &Self) -> usize {
        let both = self.words.iter().zip(&other.words);
        both.map(|(a, b)| (a & b).count_ones() as usize).sum()
    }

    /// Keeps the rows that are in `other` too.
    pub(super) fn and(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= b);
    }

    /// Keeps the rows that are not in `other`.
    pub(super) fn and_not(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= !b);
    }

    /// Adds the rows of `other`.
    pub(super) fn or(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a |= b);
    }

    /// Keeps the rows whose value passes `test`. Blocks without a row in the set are not looked at; in
    /// the others every value is tested, which the compiler turns into vector code.
    pub(super) fn retain<T: Copy>(&mut self, values: &[T], test: impl Fn(T) -> bool) {
        for (word, block) in self.words.iter_mut().zip(values.chunks(64)) {
            if *word != 0 {
                *word &= pack(block, &test);
            }
        }
    }

    /// Keeps the rows that pass `test`, which is asked of no other.
    pub(super) fn retain_rows(&mut self, test: impl Fn(usize) -> bool) {
        for (block, word) in self.words.iter_mut().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                if !test(block * 64 + bit as usize) {
                    *word &= !(1 << bit);
                }
            }
        }
    }

    /// The rows in the set, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    index * 64 + bit
                })
            })
        })
    }

    /// The rows of one block of 64.
    pub(super) fn block(&self, block: usize) -> Range<usize> {
        block * 64..(block * 64 + 64).min(self.len)
    }

    /// The blocks of 64 rows, as bits.
    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The blocks of 64 rows, to write to. The caller keeps bits past the end zero.
    pub(super) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }
}

/// One bit for each value that passes.
pub(super) fn pack<T: Copy>(block: &[T], test: impl Fn(T) -> bool) -> u64 {
    // Bytes first: comparing into bytes and gathering eight of them with one multiplication is code
    // that vectorises on every x86-64 and ARM, where shifting single bits into place is not.
    let mut passed = [0u8; 64];
    for (byte, value) in passed.iter_mut().zip(block) {
        *byte = u8::from(test(*value));
    }
    let (octets, _) = passed.as_chunks::<8>();
    octets.iter().rev().fold(0, |word, octet| {
        let bits = u64::from_le_bytes(*octet).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word << 8 | bits
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn packing_keeps_the_order(values in prop::collection::vec(0u8..4, 0..=64)) {
            let packed = pack(&values, |v| v == 1);
            for (index, value) in values.iter().enumerate() {
                prop_assert_eq!(packed >> index & 1 == 1, *value == 1);
            }
        }

        #[test]
        fn a_bitmap_is_a_set(values in prop::collection::vec(0u8..4, 0..300)) {
            let mut odd = Bitmap::full(values.len());
            odd.retain(&values, |v| v % 2 == 1);
            let expected: Vec<_> = (0..values.len()).filter(|i| values[*i] % 2 == 1).collect();
            prop_assert_eq!(odd.iter().collect::<Vec<_>>(), expected.clone());
            prop_assert_eq!(odd.count(), expected.len());
            let mut even = Bitmap::full(values.len());
            even.and_not(&odd);
            prop_assert_eq!(even.count() + odd.count(), values.len());
            prop_assert_eq!(even.count_and(&odd), 0);
            even.or(&odd);
            prop_assert_eq!(even, Bitmap::full(values.len()));
        }
    }
}
