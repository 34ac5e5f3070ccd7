//! From rows of activity to entries of a ledger.

use std::collections::{HashMap, HashSet};

use domain::ledger::{
    Change, Conversion, Entry, EventIx, Fill, Given, IncomeKind, MarketIx, Markets, Micro, Place,
    Role, Slot,
};
use domain::{ConditionId, Side, TokenId};
use store::wallets::activity::{Activity, Direction, StoredActivity};
use store::wallets::terms::KnownMarket;

/// The markets of a wallet's history, and which token is which outcome of which.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Their terms.
    pub(super) markets: Markets,
    /// What is known of each beside that.
    pub(super) known: HashMap<ConditionId, KnownMarket>,
    slots: HashMap<TokenId, Slot>,
    tokens: HashMap<Slot, TokenId>,
    /// The neg-risk markets of an event, in its order.
    groups: HashMap<EventIx, Vec<MarketIx>>,
}

impl Book {
    /// Of what the catalogue knows of the markets in a history, and of the groups they are in.
    pub(super) fn new(
        known: Vec<KnownMarket>,
        groups: Vec<KnownMarket>,
        history: &[StoredActivity],
    ) -> Self {
        let mut book = Self::default();
        for market in groups {
            let place = book.add(market);
            let event = book.markets.event_of(place);
            book.groups.entry(event).or_default().push(place);
        }
        for market in known {
            book.add(market);
        }
        for row in history {
            book.learn(&row.activity);
        }
        book
    }

    fn add(&mut self, market: KnownMarket) -> MarketIx {
        let place = self.markets.set(market.terms.clone());
        for (outcome, token) in (0u8..).zip(&market.token_ids) {
            if let Some(token) = token {
                self.name(token, Slot { market: place, outcome });
            }
        }
        self.known.insert(market.terms.condition_id.clone(), market);
        place
    }

    fn name(&mut self, token: &TokenId, slot: Slot) {
        self.slots.entry(token.clone()).or_insert(slot);
        self.tokens.entry(slot).or_insert_with(|| token.clone());
    }

    /// What a row itself says of its token, for markets the catalogue does not have.
    fn learn(&mut self, row: &Activity) {
        let (Some(condition_id), false) = (&row.condition_id, row.is_combo) else { return };
        let market = self.markets.of(condition_id);
        if let (Some(token), Some(outcome)) = (&row.token_id, row.outcome_index) {
            self.name(token, Slot { market, outcome });
        }
    }

    /// Which outcome a token is.
    pub(super) fn slot_of(&self, token: &TokenId) -> Option<Slot> {
        self.slots.get(token).copied()
    }

    /// Which token an outcome is; `None` where no row and no catalogue says it.
    pub(super) fn token_of(&self, slot: Slot) -> Option<&TokenId> {
        self.tokens.get(&slot)
    }

    /// Markets of which the catalogue knows nothing.
    pub(super) fn unknown(&self) -> Vec<ConditionId> {
        let all = self.markets.iter().map(|(_, terms)| &terms.condition_id);
        let unknown: HashSet<&ConditionId> =
            all.filter(|condition| !self.known.contains_key(*condition)).collect();
        unknown.into_iter().cloned().collect()
    }

    /// A history as entries, in order.
    pub(super) fn entries(&self, history: &[StoredActivity]) -> Vec<Entry> {
        let entries = history.iter().map(|row| {
            let hash = row.activity.transaction_hash.as_ref();
            Entry {
                place: Place {
                    at: row.activity.happened_at,
                    block: None,
                    transaction: hash.map_or(0, Place::transaction_of),
                    ordinal: u32::try_from(row.ordinal).unwrap_or(0),
                },
                change: self.change(&row.activity),
            }
        });
        let mut entries: Vec<Entry> = entries.collect();
        domain::ledger::sort(&mut entries);
        domain::ledger::limit_turnover(&self.markets, &mut entries);
        entries
    }

    /// What a row says. What cannot be booked is [`Change::Unreadable`], which leaves a gap.
    fn change(&self, row: &Activity) -> Change {
        let market = row.condition_id.as_ref().filter(|_| !row.is_combo);
        let market = market.and_then(|condition| self.markets.find(condition));
        let read = if row.is_combo { None } else { self.readable(row, market) };
        read.unwrap_or(Change::Unreadable { market })
    }

    fn readable(&self, row: &Activity, market: Option<MarketIx>) -> Option<Change> {
        let shares = || row.shares.and_then(Micro::of_shares);
        let usdc = || row.usdc.and_then(Micro::of_usdc);
        // What only moved dollars says them as its size where it does not say them otherwise.
        let dollars = || usdc().or_else(shares);
        let income = |kind| Some(Change::Income { kind, usdc: dollars()? });
        match row.kind.as_str() {
            "trade" => self.trade(row),
            "split" => Some(Change::Split { market: market?, shares: shares()? }),
            "merge" => Some(Change::Merge { market: market?, shares: shares()? }),
            "redeem" => Some(Change::Redeem { market: market?, usdc: usdc()? }),
            "conversion" => self.conversion(row, market?, shares()?, usdc()?),
            "reward" => income(IncomeKind::Reward),
            "maker_rebate" => income(IncomeKind::MakerRebate),
            "taker_rebate" => income(IncomeKind::TakerRebate),
            "referral_reward" => income(IncomeKind::Referral),
            "yield" => income(IncomeKind::Yield),
            "tip" if row.direction == Some(Direction::In) => income(IncomeKind::Tip),
            "tip" if row.direction == Some(Direction::Out) => {
                Some(Change::Withdrawal { usdc: dollars()? })
            }
            "deposit" => Some(Change::Deposit { usdc: dollars()? }),
            "withdrawal" => Some(Change::Withdrawal { usdc: dollars()? }),
            _ => None,
        }
    }

    fn trade(&self, row: &Activity) -> Option<Change> {
        let slot = self.slot_of(row.token_id.as_ref()?)?;
        let role = match row.is_maker {
            Some(true) => Role::Maker,
            Some(false) => Role::Taker,
            None => Role::Unknown,
        };
        let fill = |side| Fill::reported(slot, side, row.shares?, row.usdc?, row.price?, role);
        match row.direction? {
            Direction::Buy => fill(Side::Buy).map(Change::Buy),
            Direction::Sell => fill(Side::Sell).map(Change::Sell),
            Direction::In | Direction::Out => None,
        }
    }

    fn conversion(
        &self,
        row: &Activity,
        market: MarketIx,
        shares: Micro,
        usdc: Micro,
    ) -> Option<Change> {
        // Markets are added to a group as time goes by, and only those that are there are converted into.
        let was_there = |market: &&MarketIx| {
            let listed_at = self.markets.terms(**market).listed_at;
            listed_at.is_none_or(|listed_at| listed_at <= row.happened_at)
        };
        let group = self.groups.get(&self.markets.event_of(market))?;
        let members: Box<[MarketIx]> = group.iter().filter(was_there).copied().collect();
        // Upstream names one market of those that were given.
        let given = Given::Including(market);
        Some(Change::Convert(Box::new(Conversion { members, given, shares, usdc })))
    }
}
