//! Markets of which one cannot come true without the next: thresholds of one number, deadlines of one thing.

use super::belief::{Reach, Toward};
use super::market::Market;
use super::stories::Claim;

/// What the markets of a chain have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Subject {
    /// The quantity with this index ends above something.
    Above(usize),
    /// It ends at or below something.
    Below(usize),
    PriceAbove,
    PriceBelow,
    PriceTouches(Toward),
    /// The event's one thing happens in time.
    Happens,
}

/// Places of an event's markets, by chains, each from the one that comes true with any other of its chain to
/// the one that brings all others with it.
pub(super) fn chains(markets: &[Market]) -> Vec<Vec<usize>> {
    let mut chains: Vec<(Subject, Vec<(f64, usize)>)> = Vec::new();
    for (place, market) in markets.iter().enumerate() {
        let Some((subject, demand)) = demand(market) else { continue };
        match chains.iter_mut().find(|(known, _)| *known == subject) {
            Some((_, members)) => members.push((demand, place)),
            None => chains.push((subject, vec![(demand, place)])),
        }
    }
    let mut places = Vec::new();
    for (_, mut members) in chains {
        members.sort_by(|left, right| left.0.total_cmp(&right.0));
        if members.len() > 1 {
            places.push(members.into_iter().map(|(_, place)| place).collect());
        }
    }
    places
}

/// What a market is about, and how much it demands of that: the more, the fewer ways to come true.
fn demand(market: &Market) -> Option<(Subject, f64)> {
    match market.draft.claim {
        Claim::Between { quantity, low, high } => {
            let (above, below) = (Subject::Above(quantity), Subject::Below(quantity));
            one_sided(low, high, above, below)
        }
        Claim::Price(Reach::Ends { low, high }) => {
            one_sided(low, high, Subject::PriceAbove, Subject::PriceBelow)
        }
        Claim::Price(Reach::Touches { level, toward }) => {
            let demand = if toward == Toward::Up { level } else { -level };
            Some((Subject::PriceTouches(toward), demand))
        }
        Claim::Happens { .. } => Some((Subject::Happens, -(market.scheduled_s as f64))),
        Claim::Fact { .. } | Claim::Price(Reach::Rises { .. }) | Claim::Nothing => None,
    }
}

fn one_sided(low: f64, high: f64, above: Subject, below: Subject) -> Option<(Subject, f64)> {
    if high == f64::INFINITY {
        Some((above, low))
    } else if low == f64::NEG_INFINITY {
        Some((below, -high))
    } else {
        None
    }
}

/// The values nearest to these that never rise, by least squares: neighbours that stand in the wrong order share
/// their mean (pool adjacent violators).
pub(super) fn in_order(values: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = Vec::with_capacity(values.len());
    for &value in values {
        let (mut sum, mut count) = (value, 1);
        while let Some(&(before, members)) = pools.last()
            && before / (members as f64) < sum / (count as f64)
        {
            pools.pop();
            sum += before;
            count += members;
        }
        pools.push((sum, count));
    }
    pools
        .into_iter()
        .flat_map(|(sum, count)| std::iter::repeat_n(sum / count as f64, count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn what_stands_in_the_wrong_order_shares_its_mean() {
        assert_eq!(in_order(&[0.9, 0.5, 0.1]), [0.9, 0.5, 0.1]);
        assert_eq!(in_order(&[0.5, 0.75, 0.25]), [0.625, 0.625, 0.25]);
        assert_eq!(in_order(&[0.0, 0.25, 0.5]), [0.25; 3]);
        assert!(in_order(&[]).is_empty());
    }
}
