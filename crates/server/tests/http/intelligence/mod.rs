//! Whales, insiders, signals and scores over HTTP: a server over records that are known.

mod boards;
mod empty;
mod pages;
mod scores;
mod signals;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Address,
    null_audit::{Line, Results, Subject, Trial},
    scores::ScoreKind,
};
use reqwest::Response;
use serde_json::{Value, json};
use store::{
    intelligence::{
        audits::{self, ScoreAudit},
        scores::{ScoreRun, Verdict, WalletScore, record, record_run},
    },
    testing::TestDatabase,
};

use crate::support::{TestServer, fill, load, settings};

const RECORDS: &str = include_str!("records.sql");

/// A server over the fixture's catalogue and the records of intelligence.
struct Bench {
    server: TestServer,
    database: TestDatabase,
}

impl Bench {
    /// With nothing but the catalogue.
    async fn empty() -> Self {
        let database = TestDatabase::create().await;
        fill(&database).await;
        Self::over(database).await
    }

    /// With all records.
    async fn start() -> Self {
        let database = TestDatabase::create().await;
        fill(&database).await;
        let mut owner = database.owner().await.unwrap();
        // The owner is held to the policies too.
        sqlx::raw_sql("SET ROLE service_role").execute(&mut owner).await.unwrap();
        let bids =
            "UPDATE markets SET best_bid = 0.5, best_ask = 0.6 WHERE market_id IN ('103', '107')";
        sqlx::raw_sql(bids).execute(&mut owner).await.unwrap();
        sqlx::raw_sql(RECORDS).execute(&mut owner).await.unwrap();
        let bench = Self::over(database).await;
        bench.score().await;
        bench
    }

    async fn over(database: TestDatabase) -> Self {
        let catalog = load(&database).await;
        let server = TestServer::over(database.database().clone(), catalog, settings()).await;
        Self { server, database }
    }

    /// Scores of wallets 1 to 5, as the scoring job writes them.
    async fn score(&self) {
        let mut connection = self.database.service().acquire().await.unwrap();
        let kinds = [
            (
                "whale",
                vec![
                    (1, Ok(90.0)),
                    (2, Ok(80.0)),
                    (3, Ok(80.0)),
                    (4, Err(Verdict::Excluded)),
                    (5, Err(Verdict::TooFew)),
                ],
            ),
            ("smart_money", vec![(1, Ok(60.0)), (2, Err(Verdict::Withheld))]),
            ("reputation", vec![(1, Ok(40.0))]),
        ];
        for (kind, scores) in kinds {
            let scores: Vec<_> = scores.into_iter().map(|(n, said)| score(n, said)).collect();
            record(&mut connection, kind, &scores).await.unwrap();
        }
        let population = json!({ "tau2": 0.04, "pi0": 0.9, "discoveries": 3, "fdr": 0.1 });
        let run = ScoreRun { as_of: instant(0), version: 1, counts: [3, 1, 0, 1], population };
        record_run(&mut connection, "whale", &run).await.unwrap();
    }

    /// An audit of a score, as the audit job writes it.
    async fn audit(&self, kind: ScoreKind, wrong: usize, minutes_ago: i64) {
        let mut connection = self.database.service().acquire().await.unwrap();
        let budget = Some(0.05);
        let lines = vec![
            Line::part("type1", "wallets without skill it flags", wrong, 1_000).within(budget),
            Line::part("power", "skilled wallets it finds", 310, 1_000),
        ];
        let results = Results { lines, seed: Some(7), ..Results::default() };
        let at = instant(-minutes_ago);
        let audit = ScoreAudit::of(Subject::Score(kind), Trial::Synthetic, results, at);
        audits::record(&mut connection, &audit).await.unwrap();
    }

    /// The data of an answer that is one.
    async fn data(&self, path: &str) -> Value {
        let reply = self.server.json(path).await;
        assert_eq!(reply["success"], true, "{path}: {reply}");
        reply["data"].clone()
    }

    /// The rows of a list.
    async fn rows(&self, path: &str) -> Vec<Value> {
        self.data(path).await["rows"].as_array().unwrap().clone()
    }

    /// What rows say of something, `/`-separated.
    async fn column(&self, path: &str, pointer: &str) -> Vec<Value> {
        let rows = self.rows(path).await;
        rows.iter().map(|row| row.pointer(pointer).unwrap_or(&Value::Null).clone()).collect()
    }

    /// All pages of a list, of so many rows each.
    async fn pages(&self, path: &str, limit: usize) -> Vec<Value> {
        let separator = if path.contains('?') { '&' } else { '?' };
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.data(&format!("{path}{separator}limit={limit}&cursor={cursor}")).await;
            let rows = page["rows"].as_array().unwrap();
            assert!(rows.len() <= limit);
            all.extend(rows.iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => return all,
            }
        }
    }

    /// Sees that a list is the same in pages of one and two, and that its file has as many lines.
    async fn is_whole_in_parts(&self, path: &str) {
        let whole = self.rows(path).await;
        assert!(!whole.is_empty(), "{path}");
        for limit in [1, 2] {
            assert_eq!(self.pages(path, limit).await, whole, "{path} by {limit}");
        }
        let (list, query) = path.split_once('?').unwrap_or((path, ""));
        let lines = csv(self.server.get(&format!("{list}.csv?{query}")).await).await;
        assert_eq!(lines.len() - 1, whole.len(), "{path}");
    }

    /// The field that a request is refused for.
    async fn refused(&self, path: &str) -> (String, String) {
        let response = self.server.get(path).await;
        assert_eq!(response.status(), 400, "{path}");
        let reply: Value = response.json().await.unwrap();
        let field = &reply["error"]["details"]["fields"][0];
        let text = |name: &str| field[name].as_str().unwrap_or_default().to_owned();
        (text("field"), text("message"))
    }
}

/// The lines of a file.
async fn csv(response: Response) -> Vec<String> {
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
    let text = response.text().await.unwrap();
    text.trim_end().split("\r\n").map(str::to_owned).collect()
}

fn address(n: u8) -> Address {
    Address::parse(&format!("0x{n:040x}")).unwrap()
}

/// So many minutes from now, to the second.
fn instant(minutes: i64) -> DateTime<Utc> {
    let now = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap();
    now + TimeDelta::minutes(minutes)
}

fn score(n: u8, said: Result<f64, Verdict>) -> WalletScore {
    let reason = match said {
        Err(Verdict::Excluded) => Some("maker_like".to_owned()),
        Err(Verdict::Withheld) => Some("gap".to_owned()),
        _ => None,
    };
    WalletScore {
        wallet: address(n),
        as_of: instant(0),
        version: 1,
        n: 41,
        verdict: said.err().unwrap_or(Verdict::Scored),
        reason,
        value: said.ok(),
        interval: said.ok().map(|value| (value - 10.0, value + 5.0)),
        ingredients: json!({ "size": 0.8, "consistency": null }),
        evidence: json!([{ "kind": "market", "id": "105" }]),
    }
}
