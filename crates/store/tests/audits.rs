//! Audits of scores: what was found stays, and a score over its budget is withdrawn until it is not.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::null_audit::{Line, Results, Subject, Trial};
use domain::scores::ScoreKind;
use sqlx::Executor;
use store::PgConnection;
use store::intelligence::audits::{self, ScoreAudit};
use store::testing::TestDatabase;

const SMART: Subject = Subject::Score(ScoreKind::Smart);

fn at(day: i64) -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(day)
}

fn found(trial: Trial, day: i64, flagged: usize) -> ScoreAudit {
    let line = Line::part("type1", "flagged wrongly", flagged, 1_000).within(Some(0.05));
    let results = Results { lines: vec![line], seed: Some(7), ..Results::default() };
    ScoreAudit::of(SMART, trial, results, at(day))
}

async fn writer(database: &TestDatabase) -> PgConnection {
    database.service().acquire().await.unwrap().detach()
}

#[tokio::test]
async fn the_last_of_each_trial_is_read_as_it_was_written() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let all = [
        found(Trial::Redrawn, 1, 40),
        found(Trial::Synthetic, 0, 40),
        found(Trial::Synthetic, 2, 45),
    ];
    for audit in &all {
        audits::record(&mut writer, audit).await.unwrap();
    }
    // The same once more changes nothing.
    audits::record(&mut writer, &ScoreAudit { is_within: false, ..all[2].clone() }).await.unwrap();
    let held = audits::latest(database.public(), "smart_money").await.unwrap();
    assert_eq!(held, [all[2].clone(), all[0].clone()]);
    assert_eq!(audits::latest(database.public(), "whale").await.unwrap(), []);
    let last = audits::last_ran(database.public(), Trial::Synthetic).await.unwrap();
    assert_eq!(last, Some(at(2)));
    assert_eq!(audits::last_ran(database.public(), Trial::Planted).await.unwrap(), None);
}

#[tokio::test]
async fn a_score_is_withdrawn_from_the_first_audit_that_finds_it_over_its_budget_on() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let withdrawn =
        async |version| audits::withdrawn(database.public(), "smart_money", version).await.unwrap();
    assert_eq!(withdrawn(2).await, None, "what was never audited is ranked");
    for (day, flagged) in [(0, 200), (1, 40), (2, 180), (3, 190)] {
        audits::record(&mut writer, &found(Trial::Redrawn, day, flagged)).await.unwrap();
    }
    audits::record(&mut writer, &found(Trial::Synthetic, 9, 40)).await.unwrap();
    let over = withdrawn(2).await.unwrap();
    assert_eq!(over.since, at(2), "of this time, and not of the one before");
    assert_eq!(over.reason, "flagged wrongly (redrawn): 19.0 % where 5.0 % are allowed");
    assert!(audits::is_withdrawn(database.public(), "smart_money", 2).await.unwrap());
    assert!(!audits::is_withdrawn(database.public(), "smart_money", 3).await.unwrap());
    assert!(!audits::is_withdrawn(database.public(), "reputation", 2).await.unwrap());
    audits::record(&mut writer, &found(Trial::Redrawn, 4, 50)).await.unwrap();
    assert_eq!(withdrawn(2).await, None, "another audit of the same trial brings it back");
}

#[tokio::test]
async fn what_was_found_cannot_be_changed() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    audits::record(&mut writer, &found(Trial::Planted, 0, 200)).await.unwrap();
    for sql in ["UPDATE score_audits SET is_within = true", "DELETE FROM score_audits"] {
        let refused = writer.execute(sql).await.unwrap_err().to_string();
        assert!(refused.contains("permission denied"), "{refused}");
    }
}
