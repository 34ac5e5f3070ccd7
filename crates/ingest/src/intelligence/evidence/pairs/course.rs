//! What one owner bought on one event, as it is heard.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use domain::clusters::OwnerIx;
use domain::evidence::{Basis, EvidenceId};
use domain::insiders::gates::Life;
use domain::insiders::live::{LEAST_USDC, Observation, Pair, Purchase, Scored};
use domain::insiders::table::{Circumstances, Facts, Signal};
use domain::ledger::{EventIx, MICRO, MicroUsdc};
use domain::{Address, Category, MarketId, TransactionHash};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use store::intelligence::purchases::HeardPurchase;

use super::Likeness;

/// A pair is measured again when its dollars have grown by this part.
const GROWN: f64 = 0.1;
/// Transactions that a row names, the last ones.
const NAMED: usize = 20;

/// An owner's purchases on an event.
#[derive(Debug)]
pub(super) struct Course {
    pair: Pair,
    /// Where the row of it stands: the market and the wallet of the first purchase.
    pub(super) home: (MarketId, Address),
    pub(super) category: Option<Category>,
    /// What told of all of it: of both sources, the one that says less.
    pub(super) basis: Basis,
    pub(super) dollars: f64,
    shares: f64,
    measured: f64,
    pub(super) scored: Option<Scored>,
    /// When the event was over, if it is.
    pub(super) ended_at: Option<DateTime<Utc>>,
    pub(super) transactions: VecDeque<TransactionHash>,
}

impl Course {
    pub(super) fn begin((owner, event): (OwnerIx, EventIx), heard: &HeardPurchase) -> Self {
        Self {
            pair: Pair::new(owner, event),
            home: (heard.market_id.clone(), heard.wallet.clone()),
            category: heard.terms.category,
            basis: heard.basis,
            dollars: 0.0,
            shares: 0.0,
            measured: 0.0,
            scored: None,
            ended_at: None,
            transactions: VecDeque::new(),
        }
    }

    /// One more purchase. One that was heard before, from whichever source, is none.
    pub(super) fn take(&mut self, heard: &HeardPurchase, purchase: &Purchase) {
        let before = self.pair.purchases();
        self.pair.add(purchase);
        if self.pair.purchases() == before {
            return;
        }
        let dollars = purchase.usdc as f64 / MICRO as f64;
        self.dollars += dollars;
        self.shares += dollars / purchase.price;
        self.basis = self.basis.and(heard.basis);
        self.ended_at = heard.terms.resolved_at.or(self.ended_at);
        if let Some(hash) = &heard.transaction_hash
            && self.transactions.back() != Some(hash)
        {
            self.transactions.push_back(hash.clone());
            if self.transactions.len() > NAMED {
                self.transactions.pop_front();
            }
        }
    }

    /// What there is to be measured, once there is enough of it and more than was measured before.
    pub(super) fn measure(&mut self) -> Option<Observation> {
        if self.dollars * (MICRO as f64) < LEAST_USDC as f64
            || self.dollars < self.measured * (1.0 + GROWN)
        {
            return None;
        }
        self.measured = self.dollars;
        self.pair.observation(self.basis)
    }

    /// Dollars a share, mean by shares.
    pub(super) fn price(&self) -> f64 {
        self.dollars / self.shares
    }

    /// `None` before it was measured.
    pub(super) fn likeness(&self) -> Option<Likeness> {
        let scored = self.scored.as_ref()?;
        let life = Life::default();
        let facts = Facts::of(
            scored,
            Circumstances {
                category: self.category,
                price: self.price(),
                is_first_event: false,
                life: &life,
                known_until: None,
                event_end: None,
                account: None,
            },
        );
        Some((facts.category, facts.price_band, facts.decade))
    }
}

/// What a live signal was measured at.
pub(super) fn deviations(scored: &Scored, signal: Signal) -> Option<f64> {
    match signal {
        Signal::Size => scored.s1_size,
        Signal::OwnSize => scored.s2_own_size,
        Signal::EarlyLongShots => scored.s4_early_long_shots,
        Signal::Direction => scored.s5_direction,
        _ => None,
    }
}

/// The same for the same trade, however often and from whichever source it is heard: both tell shares and transaction alike.
pub(super) fn id_of(heard: &HeardPurchase) -> EvidenceId {
    let hash = heard.transaction_hash.as_ref().map_or([0; 32], TransactionHash::to_bytes);
    let mut first = [0; 16];
    first.copy_from_slice(&hash[..16]);
    let told = (u128::from(heard.ordinal) << 1 | u128::from(heard.outcome_index))
        ^ u128::from(micro(heard.shares).unsigned_abs()) << 20;
    EvidenceId(u128::from_be_bytes(first) ^ told)
}

pub(super) fn micro(amount: Decimal) -> MicroUsdc {
    (amount * Decimal::from(MICRO)).to_i64().unwrap_or(MicroUsdc::MAX)
}
