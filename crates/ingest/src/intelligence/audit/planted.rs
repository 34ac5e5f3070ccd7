//! What was found in a simulated world, held against what is true of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::null_audit::{
    Detected, First, Line, Results, Reversal, Subject, Taken, Trial, pairs, precision_in_first,
    reversals,
};
use domain::scores::ScoreKind;
use domain::{Address, ConditionId};
use store::intelligence::audits::ScoreAudit;
use store::intelligence::found::{self, FoundScore};
use store::{Database, StoreError, streaming};

use super::insiders::insiders;
use super::skilled;

/// How many first ones of a ranking are looked at.
pub(super) const TOPS: [usize; 2] = [25, 100];
/// From this part of a market's trade on, trade with oneself is something to be found.
const WASHED: f64 = 0.01;
/// Likeness from which on a wallet is said to be a maker or a program: the lower end of its span.
const LIKELY: f64 = 70.0;
/// Trades that the measures of trade with oneself look at.
const WASH_WINDOW: TimeDelta = TimeDelta::days(7);
/// Conditions that are asked for at once.
const AT_ONCE: usize = 500;

/// What a wallet is.
#[derive(Debug, Clone, PartialEq)]
pub struct TrueWallet {
    /// Its address.
    pub address: Address,
    /// What it is: `maker`, `skilled`, `washer` and so on, in the words of the world.
    pub kind: String,
    /// Its ring or cluster.
    pub group: Option<u32>,
    /// Whom it copies.
    pub leader: Option<Address>,
}

/// A fill with both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct TrueFill {
    /// When.
    pub at: DateTime<Utc>,
    /// In which market.
    pub condition_id: ConditionId,
    /// How many.
    pub shares: f64,
    /// Who took, which token, and whether it was bought.
    pub taker: (Address, String, bool),
    /// Who rested, which token, and whether it was bought.
    pub maker: (Address, String, bool),
    /// Dollars a share of the taker's token, and of the maker's.
    pub prices: [f64; 2],
}

/// What is true of a world.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Truth {
    /// Everybody.
    pub wallets: Vec<TrueWallet>,
    /// Everything that was traded, in the order of time.
    pub fills: Vec<TrueFill>,
}

impl Truth {
    pub(super) fn of_kind(&self, kinds: &[&str]) -> BTreeSet<Address> {
        let wallets = self.wallets.iter().filter(|one| kinds.contains(&one.kind.as_str()));
        wallets.map(|one| one.address.clone()).collect()
    }

    /// The wallets of each ring or cluster of a kind. One wallet is none.
    fn groups(&self, kind: &str) -> Vec<Vec<Address>> {
        let mut groups: BTreeMap<u32, Vec<Address>> = BTreeMap::new();
        for wallet in self.wallets.iter().filter(|one| one.kind == kind) {
            if let Some(group) = wallet.group {
                groups.entry(group).or_default().push(wallet.address.clone());
            }
        }
        groups.into_values().filter(|wallets| wallets.len() >= 2).collect()
    }
}

/// Holds everything that the database says against the truth.
pub async fn planted(
    database: &Database,
    truth: &Truth,
    ran_at: DateTime<Utc>,
) -> Result<Vec<ScoreAudit>, StoreError> {
    let results = [
        (Subject::Score(ScoreKind::Smart), skilled::smart(database, truth, ran_at).await?),
        (Subject::Score(ScoreKind::Reputation), reputation(database, truth).await?),
        (Subject::Score(ScoreKind::Maker), makers(database, truth).await?),
        (Subject::Score(ScoreKind::Bot), bots(database, truth).await?),
        (Subject::Insiders, insiders(database, truth, ran_at).await?),
        (Subject::Flips, flips(database, truth).await?),
        (Subject::Wash, wash(database, truth, ran_at).await?),
        (Subject::Clusters, clusters(database, truth).await?),
    ];
    let audits = results
        .into_iter()
        .map(|(subject, results)| ScoreAudit::of(subject, Trial::Planted, results, ran_at));
    Ok(audits.collect())
}

pub(super) fn of_lines(lines: Vec<Line>) -> Results {
    Results { lines, ..Results::default() }
}

pub(super) fn scored(scores: &[FoundScore]) -> impl Iterator<Item = &FoundScore> {
    scores.iter().filter(|score| score.verdict == "scored")
}

pub(super) fn first<'a>(
    name: &str,
    ranked: impl Iterator<Item = &'a Address>,
    truth: &BTreeSet<Address>,
    top: usize,
) -> Option<First> {
    precision_in_first(name, ranked, truth, top)
}

async fn reputation(database: &Database, truth: &Truth) -> Result<Results, StoreError> {
    let scores = found::scores(database.service(), ScoreKind::Reputation.slug()).await?;
    let skilled = truth.of_kind(&["skilled"]);
    let mut results = Results::default();
    for top in TOPS {
        let ranked = scored(&scores).map(|score| &score.wallet);
        results.rankings.extend(first("reputation", ranked, &skilled, top));
    }
    let count = scored(&scores).count();
    let label =
        "wallets with a reputation; it says how long and how good a record is, not who is skilled";
    results.lines.push(Line::part("scored", label, count, truth.wallets.len()));
    Ok(results)
}

async fn makers(database: &Database, truth: &Truth) -> Result<Results, StoreError> {
    likeness(database, truth, ScoreKind::Maker, &["maker"]).await
}

/// Makers are programs too.
async fn bots(database: &Database, truth: &Truth) -> Result<Results, StoreError> {
    likeness(database, truth, ScoreKind::Bot, &["copy_bot", "arbitrageur", "maker"]).await
}

async fn likeness(
    database: &Database,
    truth: &Truth,
    kind: ScoreKind,
    kinds: &[&str],
) -> Result<Results, StoreError> {
    let scores = found::scores(database.service(), kind.slug()).await?;
    let is_so = truth.of_kind(kinds);
    let judged: BTreeSet<Address> = scored(&scores).map(|score| score.wallet.clone()).collect();
    let likely: BTreeSet<Address> = scored(&scores)
        .filter(|score| score.low.is_some_and(|low| low >= LIKELY))
        .map(|score| score.wallet.clone())
        .collect();
    let there: BTreeSet<Address> = is_so.intersection(&judged).cloned().collect();
    let wrong: Vec<&Address> = likely.difference(&is_so).collect();
    let others = judged.difference(&is_so).count();
    let label = "wallets with fifty fills that are none, said to be likely ones";
    let mut lines = vec![
        Line::part("type1", label, wrong.len(), others)
            .within(Subject::Score(kind).budget().type1)
            .noting(kinds_of(truth, &wrong)),
    ];
    lines.extend(Detected::of("likely", "likely ones", &likely, &there).lines());
    for kind in kinds.iter().filter(|_| kinds.len() > 1) {
        let of_kind: BTreeSet<Address> =
            truth.of_kind(&[kind]).intersection(&there).cloned().collect();
        let count = of_kind.intersection(&likely).count();
        let label = format!("of each kind that is one, said to be a likely one: {kind}");
        lines.push(Line::part(&format!("likely_{kind}"), &label, count, of_kind.len()));
    }
    let mut results = of_lines(lines);
    let ranked = scored(&scores).map(|score| &score.wallet);
    results.rankings.extend(first(kind.slug(), ranked, &is_so, TOPS[0]));
    Ok(results)
}

/// What those are who were taken for something else.
fn kinds_of(truth: &Truth, wallets: &[&Address]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for wallet in truth.wallets.iter().filter(|one| wallets.contains(&&one.address)) {
        *counts.entry(&wallet.kind).or_default() += 1;
    }
    let counts: Vec<String> =
        counts.into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}

async fn clusters(database: &Database, truth: &Truth) -> Result<Results, StoreError> {
    let found = found::clusters(database.service()).await?;
    let mut owned = truth.groups("sybil");
    owned.extend(truth.groups("washer"));
    let detected = Detected::of(
        "pairs",
        "pairs of wallets of one owner",
        &pairs(found.clone()),
        &pairs(owned),
    );
    let mut lines: Vec<Line> = detected.lines().into();
    for (kind, what) in
        [("sybil", "clusters that act together"), ("washer", "rings that trade with themselves")]
    {
        let groups = truth.groups(kind);
        let is_found = |group: &&Vec<Address>| {
            found.iter().any(|one| {
                group.iter().filter(|wallet| one.contains(wallet)).count() * 2 > group.len()
            })
        };
        let count = groups.iter().filter(is_found).count();
        let label = format!("{what}: more than half of the wallets of one are joined");
        lines.push(Line::part(&format!("{kind}_groups"), &label, count, groups.len()));
    }
    Ok(of_lines(lines))
}

async fn wash(
    database: &Database,
    truth: &Truth,
    now: DateTime<Utc>,
) -> Result<Results, StoreError> {
    let rings: BTreeMap<&Address, Option<u32>> = truth
        .wallets
        .iter()
        .filter(|one| one.kind == "washer")
        .map(|one| (&one.address, one.group))
        .collect();
    let mut traded: BTreeMap<&ConditionId, (f64, f64)> = BTreeMap::new();
    for fill in truth.fills.iter().filter(|fill| fill.at >= now - WASH_WINDOW) {
        let ring = |wallet: &Address| rings.get(wallet).copied().flatten();
        let (taker, maker) = (ring(&fill.taker.0), ring(&fill.maker.0));
        let market = traded.entry(&fill.condition_id).or_default();
        market.0 += fill.shares;
        if taker.is_some() && taker == maker {
            market.1 += fill.shares;
        }
    }
    let bands = found::wash(database.service()).await?;
    let (mut within, mut known) = (0, 0);
    let (mut found, mut real) = (BTreeSet::new(), BTreeSet::new());
    for (condition, low, high) in &bands {
        let Some((all, washed)) = traded.get(condition).filter(|(all, _)| *all > 0.0) else {
            continue;
        };
        let part = washed / all;
        known += 1;
        within += usize::from((low - 1e-9..=high + 1e-9).contains(&part));
        if *high >= WASHED {
            found.insert(condition);
        }
        if part >= WASHED {
            real.insert(condition);
        }
    }
    let label = "markets measured whose true part lies within the band";
    let mut lines = vec![Line::part("covered", label, within, known)];
    let what = "markets in which at least 1 % may be trade with oneself, by the most that any measure says";
    lines.extend(Detected::of("washed", what, &found, &real).lines());
    Ok(of_lines(lines))
}

async fn flips(database: &Database, truth: &Truth) -> Result<Results, StoreError> {
    let questions: BTreeSet<ConditionId> =
        found::questions(database.service()).await?.into_iter().collect();
    // Those do more than trade: splits, merges and conversions are in no fill.
    let others = truth.of_kind(&["maker", "arbitrageur"]);
    let firsts = first_tokens(database, truth).await?;
    let mut taken = Vec::new();
    for fill in truth.fills.iter().filter(|fill| questions.contains(&fill.condition_id)) {
        let Some(first) = firsts.get(fill.condition_id.as_str()) else { continue };
        for (wallet, token, is_bought) in [&fill.taker, &fill.maker] {
            if !others.contains(wallet) {
                let sign = if (token == first) == *is_bought { 1.0 } else { -1.0 };
                taken.push(Taken {
                    wallet: wallet.clone(),
                    market: fill.condition_id.clone(),
                    at: fill.at.timestamp(),
                    shares: sign * fill.shares,
                });
            }
        }
    }
    let real: BTreeSet<Reversal<Address, ConditionId>> = reversals(&taken).into_iter().collect();
    let found = found::flips(database.service()).await?.into_iter();
    let found: BTreeSet<Reversal<Address, ConditionId>> = found
        .filter(|(wallet, market, _)| questions.contains(market) && !others.contains(wallet))
        .map(|(wallet, market, at)| Reversal { wallet, market, at: at.timestamp() })
        .collect();
    let what = "reversals in markets that are a question by themselves, of all but makers and arbitrageurs";
    Ok(of_lines(Detected::of("reversals", what, &found, &real).lines().into()))
}

/// The tokens of first outcomes, by condition.
async fn first_tokens(
    database: &Database,
    truth: &Truth,
) -> Result<BTreeMap<String, String>, StoreError> {
    let conditions: BTreeSet<&str> =
        truth.fills.iter().map(|fill| fill.condition_id.as_str()).collect();
    let conditions: Vec<&str> = conditions.into_iter().collect();
    let mut firsts = BTreeMap::new();
    for part in conditions.chunks(AT_ONCE) {
        for (condition, market) in streaming::by_conditions(database.service(), part).await? {
            let [first, _] = market.tokens;
            firsts.insert(condition, first.to_string());
        }
    }
    Ok(firsts)
}
