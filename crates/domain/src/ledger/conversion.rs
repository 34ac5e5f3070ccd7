//! Which No a conversion took.

use super::amount::MicroShares;
use super::entry::{Conversion, Given};
use super::markets::MarketIx;

/// The markets whose No were given: those the source names, or else those whose No the wallet had enough of,
/// if there are exactly as many as the cash says. A conversion of k pays k − 1 dollars a share.
pub(crate) fn given(
    conversion: &Conversion,
    held: impl Fn(MarketIx) -> MicroShares,
) -> Option<Vec<MarketIx>> {
    let members = &conversion.members;
    let named = match &conversion.given {
        Given::All(given) => {
            let all_members = given.iter().all(|market| members.contains(market));
            return (all_members && !given.is_empty()).then(|| given.to_vec());
        }
        Given::Including(market) => Some(*market),
        Given::Unsaid => None,
    };
    if named.is_some_and(|market| !members.contains(&market)) {
        return None;
    }
    let count = count(conversion)?;
    if let (1, Some(market)) = (count, named) {
        return Some(vec![market]);
    }
    let shares = conversion.shares.get();
    let able = members.iter().copied().filter(|market| held(*market) >= shares);
    let able: Vec<MarketIx> = able.collect();
    let has_named = named.is_none_or(|market| able.contains(&market));
    (able.len() == count && has_named).then_some(able)
}

/// How many markets' No were given, by what was paid; `None` where no number of them pays that.
pub(super) fn count(conversion: &Conversion) -> Option<usize> {
    let (shares, usdc) = (conversion.shares.get(), conversion.usdc.get());
    (shares > 0 && usdc % shares == 0).then(|| usize::try_from(usdc / shares + 1).ok()).flatten()
}
