//! Who holds a market's tokens, as upstream lists it, in the form in which it is kept.

use domain::{Contract, Shares};
use polymarket::data::HolderRow;
use store::wallets::holders::Holder;

/// Holders of each token that are kept of a reading. Of a shorter list it could not be said later who was not on it.
pub const KEPT: u16 = 100;

/// The holders of a market by outcome and rank, up to [`KEPT`] of each token. Contracts of the exchange are nobody.
pub fn ranked<'a>(rows: &'a [HolderRow], tokens: impl IntoIterator<Item = &'a str>) -> Vec<Holder> {
    let mut holders = Vec::new();
    for (outcome_index, token) in (0u8..).zip(tokens) {
        let of_token = rows.iter().filter(|holder| holder.token_id.as_str() == token);
        holders.extend((1..=KEPT).zip(of_token).filter_map(|(rank, holder)| {
            let wallet = holder.wallet.clone();
            let shares = Shares::new(holder.shares).ok()?;
            let is_somebody = Contract::of(&wallet).is_none();
            is_somebody.then_some(Holder { outcome_index, rank, wallet, shares })
        }));
    }
    holders
}
