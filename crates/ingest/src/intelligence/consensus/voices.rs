//! Who has a voice on a market, and which.

use std::collections::HashMap;

use domain::clusters::OwnerIx;
use domain::ledger::{Change, Markets, Micro, Slot};
use domain::stats::special::Z_95;
use domain::stats::tilt::Posterior;
use domain::whales::{Class, Question, Questions, Stance};
use domain::{Address, Price, Shares};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;
use store::intelligence::consensus::{HeldMarket, Holding};
use store::intelligence::scores::Verdict;
use uuid::Uuid;

/// What wallets hold, wallet by wallet.
pub(super) struct Holders {
    wallets: Vec<Holder>,
}

/// A wallet and everything it holds of some markets.
struct Holder {
    owner: OwnerIx,
    skill: Skill,
    holdings: Vec<Holding>,
}

/// What is known of a wallet's skill.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Skill {
    /// Below the declared false discovery rate: how far prices that it paid were too low, in log-odds.
    Proven(Posterior),
    /// Tested, and not below it.
    Unproven,
    /// Nobody tested it.
    Untested,
}

/// A wallet's stance on a market.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stand<'a> {
    pub(super) wallet: &'a Address,
    pub(super) owner: OwnerIx,
    pub(super) skill: Skill,
    /// Dollars toward outcome 0, away from it negative.
    pub(super) exposure: f64,
    /// What it paid for outcome 0, if it bought the side on which it stands.
    pub(super) entered: Option<f64>,
}

impl Holders {
    /// Of holdings by wallet. Makers and programs have no voice.
    pub(super) fn of(holdings: Vec<Holding>) -> Self {
        let mut owners: HashMap<Uuid, OwnerIx> = HashMap::new();
        let mut wallets: Vec<Holder> = Vec::new();
        for holding in holdings {
            if is_program(&holding) {
                continue;
            }
            let is_same = |held: &Holder| {
                held.holdings.first().is_some_and(|one| one.wallet == holding.wallet)
            };
            if let Some(held) = wallets.last_mut().filter(|held| is_same(held)) {
                held.holdings.push(holding);
                continue;
            }
            let number = OwnerIx(u32::try_from(wallets.len()).unwrap_or(u32::MAX));
            let owner =
                holding.cluster.map_or(number, |cluster| *owners.entry(cluster).or_insert(number));
            wallets.push(Holder { owner, skill: skill(&holding), holdings: vec![holding] });
        }
        Self { wallets }
    }

    /// Where each of them stands on a market; nothing where nobody knows its price. Whoever hedges in other markets of
    /// the group stands where the whole leaves him.
    pub(super) fn stands(
        &self,
        markets: &Markets,
        questions: &Questions,
        held: &HeldMarket,
    ) -> Vec<Stand<'_>> {
        let Some(market) = markets.find(&held.condition_id) else { return Vec::new() };
        let Some(price) = middle(held) else { return Vec::new() };
        let question = Question::of(markets, market);
        let answers = questions.answers(markets, question);
        let stand = |holder: &'_ Holder| -> Option<(f64, Option<f64>)> {
            let mut stance = Stance::new(question, answers);
            for holding in &holder.holdings {
                let slot = Slot {
                    market: markets.find(&holding.condition_id)?,
                    outcome: holding.outcome_index,
                };
                let shares = Shares::new(holding.shares).ok().and_then(Micro::of_shares)?;
                // At what they came does not matter for what depends on them.
                stance.apply(markets, &Change::TransferIn { slot, shares });
            }
            let exposure = stance.worth_on(market, price);
            (exposure != 0.0).then(|| (exposure, entered(&holder.holdings, held, exposure)))
        };
        let stands = self.wallets.iter().filter_map(|holder| {
            let wallet = &holder.holdings.first()?.wallet;
            let (exposure, entered) = stand(holder)?;
            Some(Stand { wallet, owner: holder.owner, skill: holder.skill, exposure, entered })
        });
        stands.collect()
    }
}

/// The middle of the best bid and ask for outcome 0.
pub(super) fn middle(held: &HeldMarket) -> Option<Price> {
    let two = Decimal::TWO;
    Price::new((held.best_bid? + held.best_ask?) / two).ok()
}

fn is_program(holding: &Holding) -> bool {
    let out = [Class::MakerLike.slug(), Class::BotLike.slug()];
    holding.class.as_deref().is_some_and(|class| out.contains(&class))
}

fn skill(holding: &Holding) -> Skill {
    let Some((verdict, ingredients)) = &holding.score else { return Skill::Untested };
    if verdict != Verdict::Scored.slug() {
        return Skill::Untested;
    }
    if holding.class.as_deref() != Some(Class::Smart.slug()) {
        return Skill::Unproven;
    }
    let number = |name: &str| ingredients.get(name).and_then(Value::as_f64);
    let all = (number("tilt_all"), number("tilt_low"), number("tilt_high"));
    let (Some(mean), Some(low), Some(high)) = all else { return Skill::Untested };
    let deviation = (high - low) / (2.0 * Z_95);
    Skill::Proven(Posterior { mean, deviation, low, high, positive: 0.5 })
}

/// What was paid for outcome 0, or not for outcome 1, by whoever stands where he bought.
fn entered(holdings: &[Holding], held: &HeldMarket, exposure: f64) -> Option<f64> {
    let outcome = u8::from(exposure < 0.0);
    let bought = holdings
        .iter()
        .find(|one| one.condition_id == held.condition_id && one.outcome_index == outcome)?;
    let price = bought.average_price?.to_f64().filter(|price| *price > 0.0 && *price < 1.0)?;
    Some(if outcome == 0 { price } else { 1.0 - price })
}

/// Whose earlier bets are needed: those of all with a vote, and of the loudest whom nobody tested.
pub(super) fn whose_past_counts<'a>(stands: &[Stand<'a>]) -> Vec<&'a Address> {
    let proven = stands.iter().filter(|stand| matches!(stand.skill, Skill::Proven(_)));
    let mut named: Vec<&Address> = proven.map(|stand| stand.wallet).collect();
    let untested = stands.iter().filter(|stand| stand.skill == Skill::Untested);
    let loudest = untested.max_by(|one, other| one.exposure.abs().total_cmp(&other.exposure.abs()));
    named.extend(loudest.map(|stand| stand.wallet));
    named
}
