//! How many of many voices are their own.

use super::consensus::PastBet;

/// Earlier bets, in order, each once, and the size of the vote that is cast now.
pub(super) type Vote<'a> = (&'a [PastBet], f64);

/// Independent voices: (Σ v)² / ΣΣ vᵢvⱼρᵢⱼ over the sizes of the votes, with ρ the overlap of earlier bets and 1
/// with oneself; without overlap Kish's (Σ v)² / Σ v². 0 without votes.
///
/// Of untested voices each may be worth nothing or its whole vote. Between the two the number has no minimum
/// but at the ends, so it is the lesser without the loudest of them and with it.
pub(super) fn effective(votes: &[Vote<'_>], untested: &[Vote<'_>]) -> f64 {
    let sum: f64 = votes.iter().map(|(_, vote)| vote.abs()).sum();
    let squares: f64 = votes.iter().map(|(_, vote)| vote * vote).sum();
    let products = squares + 2.0 * crossed(votes);
    let known = ratio(sum, products);
    let loudest = untested.iter().max_by(|(_, one), (_, other)| one.abs().total_cmp(&other.abs()));
    let Some((past, vote)) = loudest else { return known };
    let shared: f64 = votes.iter().map(|(other, vote)| vote.abs() * overlap(past, other)).sum();
    let with = ratio(sum + vote.abs(), products + vote * vote + 2.0 * vote.abs() * shared);
    known.min(with)
}

fn ratio(sum: f64, products: f64) -> f64 {
    if products > 0.0 { sum * sum / products } else { 0.0 }
}

/// Σ vᵢvⱼρᵢⱼ over pairs. Bets in common are counted by going through the bets: most have few owners, while pairs
/// of owners are many.
fn crossed(votes: &[Vote<'_>]) -> f64 {
    let mut bets: Vec<(u64, usize)> = votes
        .iter()
        .enumerate()
        .flat_map(|(place, (past, _))| past.iter().map(move |bet| (number(bet), place)))
        .collect();
    bets.sort_unstable();
    // The pair (i, j), i < j, is at j·(j − 1)/2 + i.
    let mut common = vec![0u32; votes.len() * votes.len().saturating_sub(1) / 2];
    for on in bets.chunk_by(|one, other| one.0 == other.0) {
        for (count, (_, later)) in on.iter().enumerate() {
            let row = later * later.saturating_sub(1) / 2;
            for (_, earlier) in on.iter().take(count) {
                if let Some(both) = common.get_mut(row + earlier) {
                    *both += 1;
                }
            }
        }
    }
    let mut counts = common.into_iter();
    let mut sum = 0.0;
    for (place, (later, vote)) in votes.iter().enumerate() {
        for (earlier, other) in votes.iter().take(place) {
            let both = counts.next().map_or(0, |both| both as usize);
            let part = jaccard(both, later.len(), earlier.len());
            sum += (vote * other).abs() * part;
        }
    }
    sum
}

/// A token by one number: of an event, whose markets are its own, nothing is lost.
fn number(bet: &PastBet) -> u64 {
    (bet.on.market.index() as u64) << 8 | u64::from(bet.on.outcome)
}

/// How many of both owners' earlier bets are the same, of all of them (Jaccard 1901); 0 without any. Both in
/// order, each bet once.
pub fn overlap(one: &[PastBet], other: &[PastBet]) -> f64 {
    let (few, many) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let both = few.iter().filter(|bet| many.binary_search(bet).is_ok()).count();
    jaccard(both, one.len(), other.len())
}

fn jaccard(both: usize, one: usize, other: usize) -> f64 {
    let all = one + other - both;
    if both == 0 { 0.0 } else { both as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::Slot;
    use crate::ledger::tests::kit::Story;

    proptest! {
        #[test]
        fn counting_by_bets_is_counting_by_pairs(
            told in prop::collection::vec((0.0f64..1.0, prop::collection::btree_set(0usize..30, 0..20)), 0..12),
        ) {
            let mut story = Story::default();
            let bets: Vec<PastBet> = (0..30)
                .map(|_| {
                    let market = story.market();
                    let on = Slot { market, outcome: 0 };
                    PastBet { event: story.markets.event_of(market), on }
                })
                .collect();
            let pasts: Vec<(Vec<PastBet>, f64)> = told
                .iter()
                .map(|(vote, past)| (past.iter().map(|place| bets[*place]).collect(), *vote))
                .collect();
            let votes: Vec<Vote<'_>> = pasts.iter().map(|(past, vote)| (past.as_slice(), *vote)).collect();
            let mut by_pairs = 0.0;
            for (place, (one, vote)) in votes.iter().enumerate() {
                for (other, second) in &votes[..place] {
                    by_pairs += vote * second * overlap(one, other);
                }
            }
            prop_assert!((crossed(&votes) - by_pairs).abs() < 1e-9);
            if let Some((loudest, rest)) = votes.split_last() {
                let with = effective(&votes, &[]);
                prop_assert!(effective(rest, &[*loudest]) <= with.min(effective(rest, &[])) + 1e-9);
            }
        }
    }
}
