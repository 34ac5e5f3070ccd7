//! The audit job: what keeps its errors within bounds stays in the rankings, what does not leaves them by itself.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::null_audit::{Claim, Judge, Seen, Skill, Subject, Trial};
use domain::scores::ScoreKind;
use domain::stats::Dice;
use domain::stats::special::{expit, logit};
use domain::{Address, ConditionId};
use ingest::intelligence::audit::{AuditOptions, Audited, audit_if_due};
use rust_decimal::Decimal;
use store::intelligence::audits;
use store::intelligence::bets::{self, WalletBet};
use store::testing::TestDatabase;

const SMART: Subject = Subject::Score(ScoreKind::Smart);
const SMALL: AuditOptions =
    AuditOptions { seed: 3, wallets: 1_000, drawn: 400_000, every: TimeDelta::days(1) };
/// Of the smart money score.
const VERSION: i16 = 2;
const WALLETS: u8 = 120;
const EVENTS: u16 = 2_000;

fn day(number: i64) -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(number)
}

/// A score that takes favourites for skill.
struct WinRate;

impl Judge for WinRate {
    fn judge(&self, register: &[Vec<Seen>]) -> Vec<Option<Claim>> {
        let claim = |seen: &Vec<Seen>| {
            let wins = seen.iter().filter(|one| one.came_true).count();
            let is_flagged = wins * 10 >= seen.len() * 8;
            (seen.len() >= 5).then_some(Claim { is_flagged, is_named: None })
        };
        register.iter().map(claim).collect()
    }
}

fn broken() -> Vec<Audited> {
    vec![Audited { subject: SMART, judge: Box::new(WinRate) }]
}

fn shipped() -> Vec<Audited> {
    vec![Audited { subject: SMART, judge: Box::new(Skill) }]
}

/// Wallets of which each buys a share of the events, at prices that are right but for its skill in log-odds. The true
/// slope of prices is `slope`, so that above 1 favourites win more often than they cost.
async fn fill(database: &TestDatabase, slope: f64, skill: impl Fn(u8) -> f64) {
    let mut connection = database.service().acquire().await.unwrap();
    for who in 0..WALLETS {
        let wallet = Address::from_bytes([who + 1; 20]);
        let mut dice = Dice::new(17, u64::from(who));
        let style = [0.5, 0.85, 0.15][usize::from(who % 3)];
        let mut all = Vec::new();
        for event in (0..EVENTS).step_by(16).map(|event| event + u16::from(who % 16)) {
            let price = expit(logit(style) + 0.35 * dice.normal());
            let opened_at = day(-700) + TimeDelta::hours(8 * i64::from(event));
            all.push(WalletBet {
                wallet: wallet.clone(),
                event_key: format!("event-{event}"),
                condition_id: ConditionId::parse(&format!("0x{event:064x}")).unwrap(),
                outcome_index: u8::from(dice.chance(0.5)),
                category: Some("politics".to_owned()),
                opened_at,
                closed_at: opened_at + TimeDelta::days(5),
                horizon_s: Some(5 * 86_400),
                price,
                came_true: dice.chance(expit(slope * logit(price) + skill(who))),
                stake_usdc: Decimal::TEN,
            });
        }
        bets::replace(&mut connection, &wallet, &all).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_audited_once_a_day_on_what_is_held() {
    let database = TestDatabase::create().await;
    let found = audit_if_due(database.database(), Audited::all, SMALL, day(0)).await.unwrap();
    let tried: Vec<(&str, Trial)> =
        found.iter().map(|audit| (audit.kind.as_str(), audit.trial)).collect();
    let kinds = ["smart_money", "reputation", "insiders"];
    assert_eq!(tried, kinds.map(|kind| (kind, Trial::Synthetic)), "there is no bet to draw yet");
    assert!(found.iter().all(|audit| audit.is_within), "{found:?}");

    fill(&database, 1.0, |_| 0.0).await;
    let found = audit_if_due(database.database(), Audited::all, SMALL, day(0)).await.unwrap();
    let tried: Vec<(&str, Trial)> =
        found.iter().map(|audit| (audit.kind.as_str(), audit.trial)).collect();
    assert_eq!(tried, kinds.map(|kind| (kind, Trial::Redrawn)), "the other is not due again");
    assert!(found.iter().all(|audit| audit.is_within), "{found:?}");
    let held = audits::latest(database.public(), "smart_money").await.unwrap();
    assert_eq!(held.len(), 2);
    assert_eq!(
        (held[1].trial, held[1].results.line("type1").unwrap().k),
        (Trial::Redrawn, found[0].results.line("type1").unwrap().k)
    );

    for (hours, expected) in [(23, 0), (24, 6)] {
        let then = day(0) + TimeDelta::hours(hours);
        let again = audit_if_due(database.database(), Audited::all, SMALL, then).await.unwrap();
        assert_eq!(again.len(), expected, "after {hours} hours");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_score_that_praises_favourites_leaves_the_rankings_and_a_mended_one_comes_back() {
    let database = TestDatabase::create().await;
    fill(&database, 1.0, |_| 0.0).await;
    let is_withdrawn =
        async || audits::is_withdrawn(database.public(), "smart_money", VERSION).await.unwrap();
    assert!(!is_withdrawn().await);
    audit_if_due(database.database(), broken, SMALL, day(0)).await.unwrap();
    assert!(is_withdrawn().await);
    let why = audits::withdrawn(database.public(), "smart_money", VERSION).await.unwrap().unwrap();
    assert_eq!(why.since, day(0));
    assert!(why.reason.contains("(synthetic)") && why.reason.contains("(redrawn)"), "{why:?}");
    audit_if_due(database.database(), shipped, SMALL, day(1)).await.unwrap();
    assert!(!is_withdrawn().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_drawn_to_the_middle_make_nobody_skilled_and_skill_stays_what_it_is() {
    let database = TestDatabase::create().await;
    // A third buys favourites at prices that are too low; five of the others know better than prices.
    fill(&database, 1.3, |who| if who % 24 == 3 { 1.2 } else { 0.0 }).await;
    let found = audit_if_due(database.database(), shipped, SMALL, day(0)).await.unwrap();
    let redrawn = found.iter().find(|audit| audit.trial == Trial::Redrawn).unwrap();
    assert!(redrawn.is_within, "{redrawn:?}");
    let line = |name: &str| redrawn.results.line(name).unwrap().clone();
    let (named, power) = (line("real_named"), line("power_06"));
    assert!((3..=9).contains(&named.k), "five are skilled: {named:?}");
    assert!(power.rate.unwrap() > 0.6, "{power:?}");
}
