//! How many typing mistakes lie between two words.

/// Mistakes forgiven in a word of that many characters: none below 4, one below 8, else two. Words with
/// a digit are never forgiven: 69000 is not a mistyped 68000.
pub(super) fn forgiven(word: &str) -> usize {
    if word.contains(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    match word.chars().count() {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

/// The letters of a word as a set of 32 bits. One mistake changes at most two of them.
pub(super) fn letters(word: &str) -> u32 {
    word.chars().fold(0, |set, c| set | 1 << (u32::from(c) % 32))
}

/// Whether `b` can be made of `a` by at most `most` mistakes, each an inserted, left-out or replaced
/// character or a swap of two neighbours (Damerau–Levenshtein distance without overlapping swaps).
pub(super) fn within(a: &[char], b: &[char], most: usize) -> bool {
    if a.len().abs_diff(b.len()) > most {
        return false;
    }
    let width = b.len() + 1;
    let mut earlier = vec![0; width];
    let mut previous: Vec<usize> = (0..width).collect();
    let mut current = vec![0; width];
    for i in 1..=a.len() {
        current[0] = i;
        let mut least = i;
        for j in 1..width {
            let replaced = previous[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut cost = replaced.min(previous[j] + 1).min(current[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(earlier[j - 2] + 1);
            }
            current[j] = cost;
            least = least.min(cost);
        }
        if least > most {
            return false;
        }
        std::mem::swap(&mut earlier, &mut previous);
        std::mem::swap(&mut previous, &mut current);
    }
    previous[b.len()] <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance_within(a: &str, b: &str, most: usize) -> bool {
        let chars = |word: &str| word.chars().collect::<Vec<_>>();
        within(&chars(a), &chars(b), most)
    }

    #[test]
    fn each_kind_of_mistake_counts_once() {
        for typed in ["trmp", "trumpp", "tramp", "trupm", "rtump"] {
            assert!(distance_within(typed, "trump", 1), "{typed}");
            assert!(!distance_within(typed, "trump", 0), "{typed}");
        }
        assert!(distance_within("elecitno", "election", 2));
        assert!(!distance_within("elecitno", "election", 1));
        assert!(!distance_within("bitcoin", "ethereum", 2));
    }

    #[test]
    fn short_words_and_numbers_are_taken_literally() {
        assert_eq!(["fed", "trump", "election", "68000"].map(forgiven), [0, 1, 2, 0]);
    }
}
