//! Of accounts: whether they were right about long shots more often than the prices they paid allow.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::Address;
use domain::insiders::history::{
    Account, FEWEST_EVENTS, SURPRISE_PRICE, Tested, account, is_high_surprise,
};
use domain::stats::multiplicity::benjamini_hochberg;
use domain::stats::{PriceNull, PriceTest, Trial};
use serde_json::{Value, json};
use store::StoreError;
use store::intelligence::bets::{self, WalletBet};
use store::intelligence::evidence::{InformedEvidence, Layer};

use super::super::service::Sources;

/// Of the definition.
const VERSION: i16 = 1;
/// Events that a row names.
const NAMED: usize = 20;

/// What was said of accounts the last time.
#[derive(Debug, Default)]
pub(super) struct Accounts(HashMap<Address, Account>);

impl Accounts {
    /// What was said of one; `None` where nothing was.
    pub(super) fn of(&self, wallet: &Address) -> Option<&Account> {
        self.0.get(wallet)
    }

    /// Tests every account that has enough events, all of them together.
    pub(super) async fn test(
        &mut self,
        sources: &Sources,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let settled = bets::settled_before(sources.database.service(), now).await?;
        let mut by_wallet: BTreeMap<&Address, Vec<&WalletBet>> = BTreeMap::new();
        for bet in settled.iter().filter(|bet| is_high_surprise(bet.price)) {
            by_wallet.entry(&bet.wallet).or_default().push(bet);
        }
        by_wallet.retain(|_, bets| bets.len() >= FEWEST_EVENTS);
        let tests: Vec<(&Address, &[&WalletBet], PriceTest)> = by_wallet
            .iter()
            .filter_map(|(wallet, bets)| Some((*wallet, bets.as_slice(), test(bets)?)))
            .collect();
        // Over everybody who was tested, not over those that look unusual.
        let p_values: Vec<f64> = tests.iter().map(|(.., test)| test.p).collect();
        let q_values = benjamini_hochberg(&p_values);
        let mut said = Vec::with_capacity(tests.len());
        self.0.clear();
        for ((wallet, bets, test), q) in tests.into_iter().zip(q_values) {
            let read = account(Tested {
                events: test.events,
                won: test.observed,
                expected: test.expected,
                p: test.p,
                q: Some(q),
                // The events are named by their keys below.
                records: Vec::new(),
            });
            said.extend(row(wallet, bets, &test, q, &read));
            self.0.insert(wallet.clone(), read);
        }
        super::write(sources, &said).await
    }
}

fn test(bets: &[&WalletBet]) -> Option<PriceTest> {
    let trials: Vec<Trial> =
        bets.iter().filter_map(|bet| Trial::single(bet.price, bet.came_true)).collect();
    PriceNull::of(&trials).test()
}

/// `None` where there is no deviation.
fn row(
    wallet: &Address,
    bets: &[&WalletBet],
    test: &PriceTest,
    q: f64,
    read: &Account,
) -> Option<InformedEvidence> {
    let deviations = (test.observed as f64 - test.expected) / test.information.sqrt();
    let verdict = match read {
        Account::TooFew { .. } => "too_few",
        Account::NotCorrected(_) => "not_corrected",
        Account::Usual(_) => "usual",
        Account::Unusual(_) => "found",
    };
    let won = bets.iter().filter(|bet| bet.came_true);
    let named: Value =
        won.take(NAMED).map(|bet| json!({ "kind": "event", "id": bet.event_key })).collect();
    deviations.is_finite().then(|| InformedEvidence {
        layer: Layer::History,
        // What it says follows from these, whenever it is computed.
        as_of: bets.iter().map(|bet| bet.closed_at).max().unwrap_or_default(),
        version: VERSION,
        finding: Ok(deviations),
        wallet: Some(wallet.clone()),
        market_id: None,
        ingredients: json!({
            "verdict": verdict,
            "events": test.events,
            "won": test.observed,
            "expected": test.expected,
            "tail_p": test.p,
            "q": q,
            "surprise_price": SURPRISE_PRICE,
        }),
        evidence: named,
    })
}
