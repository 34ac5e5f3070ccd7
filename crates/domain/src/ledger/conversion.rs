//! Which No a conversion took.

use super::amount::MicroShares;
use super::entry::Conversion;
use super::markets::MarketIx;

/// The markets whose No were given: those the source names, or else those whose No the wallet had enough of,
/// if there are exactly as many as the cash says. A conversion of k pays k − 1 dollars a share.
pub(crate) fn given(
    conversion: &Conversion,
    held: impl Fn(MarketIx) -> MicroShares,
) -> Option<Vec<MarketIx>> {
    if let Some(given) = &conversion.given {
        let all_members = given.iter().all(|market| conversion.members.contains(market));
        return (all_members && !given.is_empty()).then(|| given.to_vec());
    }
    let shares = conversion.shares.get();
    if shares == 0 || conversion.usdc.get() % shares != 0 {
        return None;
    }
    let count = usize::try_from(conversion.usdc.get() / shares + 1).ok()?;
    let able = conversion.members.iter().copied().filter(|market| held(*market) >= shares);
    let able: Vec<MarketIx> = able.collect();
    (able.len() == count).then_some(able)
}
