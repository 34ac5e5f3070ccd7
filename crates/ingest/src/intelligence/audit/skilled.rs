//! Smart money held against the truth: whom it finds, whom others' rankings find, and whom it could find at all.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::Address;
use domain::null_audit::{Attainable, Detected, Known, Line, Results, Subject, attainable};
use domain::scores::ScoreKind;
use store::intelligence::found::{self, FoundScore};
use store::wallets::metrics;
use store::{Database, StoreError};

use super::planted::{TOPS, Truth, first, of_lines, scored};
use super::redraw::Held;
use crate::wallets::figures::WalletFigures;

/// So often outcomes are drawn to see what could be found.
const DRAWS: usize = 100;
/// They are drawn from this.
const SEED: u64 = 20_261_123;

/// Whose bets have what skill.
struct Knowing {
    /// They see more than others.
    skilled: BTreeSet<Address>,
    /// They, and whoever copies them: the same bets.
    has_skill: BTreeSet<Address>,
    /// They know what nobody does.
    insiders: BTreeSet<Address>,
}

impl Knowing {
    fn of(truth: &Truth) -> Self {
        let skilled = truth.of_kind(&["skilled"]);
        let copies = truth
            .wallets
            .iter()
            .filter(|one| one.leader.as_ref().is_some_and(|leader| skilled.contains(leader)));
        let mut has_skill = skilled.clone();
        has_skill.extend(copies.map(|one| one.address.clone()));
        Self { skilled, has_skill, insiders: truth.of_kind(&["insider"]) }
    }

    fn knows(&self, wallet: &Address) -> bool {
        self.has_skill.contains(wallet) || self.insiders.contains(wallet)
    }
}

pub(super) async fn smart(
    database: &Database,
    truth: &Truth,
    ran_at: DateTime<Utc>,
) -> Result<Results, StoreError> {
    let scores = found::scores(database.service(), ScoreKind::Smart.slug()).await?;
    let skill = Knowing::of(truth);
    let judged: Vec<&FoundScore> = scored(&scores).collect();
    let mut results = of_lines(lines(&judged, &skill));
    let naive = Naive::of(database, truth, &judged).await?;
    let attained =
        could_be_found(database, [skill.skilled.clone(), skill.has_skill.clone()], ran_at).await?;
    let (attained, expected) =
        attained.map_or_else(Default::default, |one| (one.lines, one.rankings));
    results.lines.extend(attained);
    for (place, top) in TOPS.into_iter().enumerate() {
        let ours = || judged.iter().map(|score| &score.wallet);
        results.rankings.extend(first("smart_money", ours(), &skill.skilled, top));
        results.rankings.extend(expected.get(place).cloned());
        let name = "smart_money_with_copies";
        results.rankings.extend(first(name, ours(), &skill.has_skill, top));
        for (name, ranked) in &naive.rankings {
            results.rankings.extend(first(name, ranked.iter(), &skill.skilled, top));
        }
    }
    Ok(results)
}

fn lines(judged: &[&FoundScore], skill: &Knowing) -> Vec<Line> {
    let budget = Subject::Score(ScoreKind::Smart).budget();
    // The whole span above nothing: that it has an edge at all.
    let sure: BTreeSet<Address> = judged
        .iter()
        .filter(|score| score.low.is_some_and(|low| low > 0.0))
        .map(|score| score.wallet.clone())
        .collect();
    let eligible: BTreeSet<Address> = judged.iter().map(|score| score.wallet.clone()).collect();
    let ignorant = eligible.iter().filter(|wallet| !skill.knows(wallet)).count();
    let wrong = sure.iter().filter(|wallet| !skill.knows(wallet)).count();
    let scored: BTreeSet<Address> = skill.skilled.intersection(&eligible).cloned().collect();
    let mut lines = vec![
        Line::part(
            "type1",
            "scored wallets that neither see more than others nor copy who does nor are insiders, and whose whole span is \
             above 0",
            wrong,
            ignorant,
        )
        .within(budget.type1),
        Line::part(
            "scored_skilled",
            "skilled wallets that have enough events for a score",
            scored.len(),
            skill.skilled.len(),
        ),
    ];
    lines
        .extend(Detected::of("sure", "scores whose whole span is above 0", &sure, &scored).lines());
    lines
}

/// What the same score finds on average where the skilled have the skill that they have; see [`attainable`].
async fn could_be_found(
    database: &Database,
    [skilled, has_skill]: [BTreeSet<Address>; 2],
    ran_at: DateTime<Utc>,
) -> Result<Option<Attainable>, StoreError> {
    let held = Held::read(database, ran_at).await?;
    let task = tokio::task::spawn_blocking(move || {
        let is_of = |set: &BTreeSet<Address>| {
            held.wallets.iter().map(|wallet| set.contains(wallet)).collect::<Vec<bool>>()
        };
        let (skilled, has_skill) = (is_of(&skilled), is_of(&has_skill));
        let known = Known {
            is_skilled: &|wallet| skilled.get(wallet).copied().unwrap_or(false),
            has_skill: &|wallet| has_skill.get(wallet).copied().unwrap_or(false),
        };
        attainable(&held.laid, known, &TOPS, (DRAWS, SEED))
    });
    task.await.map_err(StoreError::other)
}

/// What others rank by, of the same books.
struct Naive {
    rankings: Vec<(&'static str, Vec<Address>)>,
}

impl Naive {
    /// Profit, win rate and ROI of everybody, as they are ranked elsewhere; profit of those alone who have a score; and
    /// what was put in, which is no skill at all: how much of a profit's ranking is size.
    async fn of(
        database: &Database,
        truth: &Truth,
        judged: &[&FoundScore],
    ) -> Result<Self, StoreError> {
        let scored: BTreeSet<&Address> = judged.iter().map(|score| &score.wallet).collect();
        let mut by: [(&str, Vec<(f64, Address)>); 5] =
            ["profit", "win_rate", "roi", "profit_of_scored", "invested_of_scored"]
                .map(|name| (name, Vec::new()));
        for wallet in &truth.wallets {
            let Some(kept) = metrics::get(database.service(), &wallet.address).await? else {
                continue;
            };
            let Ok(figures) = serde_json::from_value::<WalletFigures>(kept.metrics) else {
                continue;
            };
            let record = figures.all_time.known();
            let profit = figures.totals.total.known().copied();
            let is_scored = scored.contains(&wallet.address);
            let figures = [
                profit,
                // As they are ranked elsewhere: from ten on.
                record
                    .filter(|record| record.events >= 10)
                    .and_then(|record| record.win_rate.as_ref().map(|rate| rate.value)),
                record.filter(|record| record.events >= 5).and_then(|record| record.roi),
                profit.filter(|_| is_scored),
                Some(figures.totals.invested).filter(|_| is_scored),
            ];
            for ((_, ranking), figure) in by.iter_mut().zip(figures) {
                ranking.extend(figure.map(|figure| (figure, wallet.address.clone())));
            }
        }
        let rankings = by.map(|(name, mut ranking)| {
            ranking.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
            (name, ranking.into_iter().map(|(_, wallet)| wallet).collect::<Vec<_>>())
        });
        Ok(Self { rankings: rankings.into() })
    }
}
