//! The statements of boards use the indexes that were made for them, as `plans_trading.rs` shows it of the others.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod index_use;

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, MarketId};
use index_use::{PUBLIC, SERVICE, uses_index};
use rust_decimal::Decimal;
use store::intelligence::boards::{
    Dollars, WalletFilter,
    concentration::{self, ConcentrationFilter},
    flips::{self, FlipsFilter},
    flows::{self, FlowsFilter},
    insiders::{self, EvidenceFilter},
    markets,
    scores::{self, BoardFilter, BoardPlace},
    signals::{self, BoardSignals},
    standing,
    trades::{self, TradePlace, TradesFilter},
    wallets,
};
use store::testing::TestDatabase;
use uuid::Uuid;

fn wallet(n: u32) -> Address {
    Address::parse(&format!("0x{n:040x}")).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// Twenty thousand wallets with five scores each, as many trades, turns, readings and signals.
const RECORDS: &str = "
    SELECT ensure_month_partition('wallet_scores', '2026-11-15T00:00:00Z'),
           ensure_month_partition('wallet_pnl_snapshots', '2026-11-15T00:00:00Z');
    CREATE TEMP TABLE who AS
        SELECT n, decode(lpad(to_hex(n), 40, '0'), 'hex') AS address, '2026-11-23T12:00:00Z'::timestamptz - n * interval '1 minute' AS at
        FROM generate_series(0, 19999) AS n;
    INSERT INTO wallets (address, found_at, found_by, imported_at, completeness, is_empty)
        SELECT address, at, 'tape', at, 'full', false FROM who;
    INSERT INTO wallet_classes (wallet_address, as_of, is_certain, class)
        SELECT address, at, true, (ARRAY['smart', 'whale', 'new', 'maker_like', 'other'])[1 + n % 5] FROM who;
    INSERT INTO wallet_traits (wallet_address, written_at) SELECT address, at FROM who;
    INSERT INTO owner_clusters (wallet_address, cluster_id, as_of, log_likelihood, evidence)
        SELECT address, md5((n / 3)::text)::uuid, at, 12, '[]' FROM who WHERE n < 3000;
    INSERT INTO wallet_pnl_snapshots (at, observed_at, wallet_address, source, total_usdc)
        SELECT '2026-11-20T00:00:00Z'::timestamptz + k * interval '1 hour', at, address, 'ledger', n FROM who, generate_series(1, 2) AS k;
    INSERT INTO current_wallet_scores (as_of, checked_at, version, n, value, low, high, wallet_address, kind, verdict,
                                       ingredients, evidence)
        SELECT at, at, 1, 50, v, v - 5, v + 5, address, kind, CASE WHEN v IS NULL THEN 'too_few' ELSE 'scored' END,
               '{\"tilt\": 0.1, \"events\": 50, \"local_fdr\": 0.2}', '[{\"kind\": \"market\", \"id\": \"5\"}]'
        FROM who, unnest(ARRAY['whale', 'smart_money', 'reputation', 'maker', 'bot']) AS kind,
             LATERAL (SELECT CASE WHEN n % 2 = 0 THEN ((n * 7919) % 10000) / 100.0 END AS v) AS score;
    INSERT INTO wallet_scores (as_of, version, n, value, wallet_address, kind, verdict, ingredients, evidence)
        SELECT '2026-11-15T00:00:00Z', version, n, value, wallet_address, kind, verdict, ingredients, evidence FROM current_wallet_scores;
    INSERT INTO score_runs (as_of, version, scored, too_few, withheld, excluded, kind, population)
        SELECT '2026-11-01T00:00:00Z'::timestamptz + n * interval '1 minute', 1, 1, 1, 1, 1, kind, '{}'
        FROM generate_series(1, 2000) AS n, unnest(ARRAY['whale', 'smart_money']) AS kind;
    INSERT INTO score_audits (ran_at, version, is_within, kind, trial, results)
        SELECT '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 hour', 1, true, kind, trial,
               '{\"lines\": [], \"rankings\": [], \"persistence\": null, \"seed\": 1, \"seconds\": 1.0}'
        FROM generate_series(1, 500) AS n, unnest(ARRAY['whale', 'smart_money', 'reputation', 'maker', 'bot']) AS kind,
             unnest(ARRAY['synthetic', 'redrawn', 'planted']) AS trial;
    INSERT INTO notable_trades (traded_at, observed_at, ordinal, outcome_index, is_buy, usdc, price, shares, is_large,
                                wallet_address, transaction_hash, market_id, event_key, category, wallet_class)
        SELECT at, at, 0, n % 2, n % 3 = 0, 500 + n, 0.5, 1000 + n, true, address, sha256(n::text::bytea),
               (n % 3000)::text, 'e' || n % 500, 'politics', 'other' FROM who;
    INSERT INTO wallet_flips (at, to_outcome, is_whole, before_usdc, after_usdc, peak_usdc, change, wallet_address, event_key,
                              condition_id, to_condition_id, evidence)
        SELECT at, n % 2, true, 1, 1, n, 1, address, 'e' || n % 500, '0x' || lpad(to_hex(n % 3000), 64, '0'),
               '0x' || lpad(to_hex(n % 3000), 64, '0'), '[]' FROM who;
    INSERT INTO market_flows (hour, trades, wallets, market_id, wallet_class, bought_usdc, sold_usdc)
        SELECT '2026-11-23T12:00:00Z'::timestamptz - h * interval '1 hour', 1, 1, (m * 10 + h % 10)::text, class, m, h
        FROM generate_series(0, 299) AS m, generate_series(0, 100) AS h, unnest(ARRAY['smart', 'other']) AS class;
    INSERT INTO market_concentrations (observed_at, outcome_index, holders, hhi, effective_holders, top_share, is_top_only,
                                       market_id, top)
        SELECT '2026-11-23T12:00:00Z', o, 9, (m % 1000 + 1) / 1001.0, 2, 0.5, true, m::text, '[]'
        FROM generate_series(0, 4999) AS m, generate_series(0, 1) AS o;
    INSERT INTO current_informed_evidence (as_of, version, layer, strength, wallet_address, market_id, ingredients, evidence)
        SELECT at, 1, layer, n, address, CASE layer WHEN 'pair' THEN (n % 3000)::text ELSE '' END, '{}', '[]'
        FROM who, unnest(ARRAY['pair', 'history']) AS layer;
    INSERT INTO current_informed_evidence (as_of, version, layer, strength, wallet_address, market_id, ingredients, evidence)
        SELECT at, 1, 'leakage', 0.5, '', n::text, '{}', '[]' FROM who;
    INSERT INTO signals (id, published_at, as_of, version, n, side, strength, price, kind, basis, market_id, event_key,
                         subject, ingredients, evidence)
        SELECT md5(n::text)::uuid, at, at, 1, 4, n % 2, n % 100, 0.5, 'size', 'feed', (n % 3000)::text, 'e' || n % 500,
               n::text, '{}', '[]' FROM who;
    INSERT INTO signal_results (signal_id, settled_at, status, exit_price, gain, net)
        SELECT md5(n::text)::uuid, at, 'settled', 0.6, 0.1, 0.09 FROM who WHERE n > 500;
    INSERT INTO market_consensus (as_of, version, voices, market_id, ingredients)
        SELECT '2026-11-23T12:00:00Z', 1, 1, m::text, '{}' FROM generate_series(0, 4999) AS m;
    INSERT INTO market_wash (market_id, as_of, basis, measures)
        SELECT m::text, '2026-11-23T12:00:00Z', 'feed', '[]' FROM generate_series(0, 4999) AS m;
";

async fn filled() -> TestDatabase {
    let database = TestDatabase::create().await;
    let mut owner = database.owner().await.unwrap();
    // The owner is held to the policies too.
    sqlx::raw_sql("SET ROLE service_role").execute(&mut owner).await.unwrap();
    sqlx::raw_sql(RECORDS).execute(&mut owner).await.unwrap();
    sqlx::raw_sql("RESET ROLE").execute(&mut owner).await.unwrap();
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut owner).await.unwrap();
    database
}

fn some() -> WalletFilter {
    WalletFilter { wallets: (0..50).map(wallet).collect(), ..WalletFilter::default() }
}

#[tokio::test]
async fn rankings() {
    let database = filled().await;
    let board = BoardFilter {
        kind: "smart_money".to_owned(),
        verdict: "scored".to_owned(),
        ..BoardFilter::default()
    };
    let after = BoardPlace { value: Some(50.0), wallet: wallet(7), rank: 4_000 };
    let next = BoardFilter { after: Some(after), least: Some(10.0), ..board.clone() };
    for filter in [&board, &next] {
        uses_index(&database, PUBLIC, "current_wallet_scores_board", async |connection| {
            let rows = scores::board(connection, filter, 51).await?;
            assert_eq!(rows.len(), 51);
            Ok(rows)
        })
        .await;
    }
    let unscored = BoardFilter { verdict: "too_few".to_owned(), ..board.clone() };
    uses_index(&database, PUBLIC, "current_wallet_scores_verdict", async |connection| {
        scores::board(connection, &unscored, 51).await
    })
    .await;
    let fifty: Vec<_> = (0..50).map(wallet).collect();
    for index in ["wallets_pkey", "wallet_classes_pkey", "owner_clusters_cluster"] {
        uses_index(&database, PUBLIC, index, async |connection| {
            let faces = wallets::faces(connection, &fifty).await?;
            assert_eq!(faces.len(), 50);
            Ok(faces)
        })
        .await;
    }
    uses_index(&database, PUBLIC, "wallet_pnl_snapshots_pkey", async |connection| {
        scores::profits(connection, &fifty).await
    })
    .await;
    let versions = [("whale", 1), ("smart_money", 1), ("reputation", 1), ("maker", 1), ("bot", 1)];
    uses_index(&database, PUBLIC, "score_audits_pkey", async |connection| {
        let audits = standing::last_audits(connection, &versions).await?;
        assert_eq!(audits.len(), 15);
        Ok(audits)
    })
    .await;
    uses_index(&database, PUBLIC, "current_wallet_scores_pkey", async |connection| {
        scores::current(connection, &wallet(7)).await
    })
    .await;
    uses_index(&database, PUBLIC, "wallet_scores_pkey", async |connection| {
        scores::history(connection, &wallet(8), 500).await
    })
    .await;
    uses_index(&database, PUBLIC, "owner_clusters_pkey", async |connection| {
        wallets::cluster_of(connection, &wallet(8)).await
    })
    .await;

    // What a page of a ranking asks, one after the other; the least is what it takes where nobody is in the way.
    let pool = database.public();
    let mut least = [Duration::MAX; 4];
    for _ in 0..40 {
        let mut begun = Instant::now();
        let mut lap = |place: usize| {
            least[place] = least[place].min(begun.elapsed());
            begun = Instant::now();
        };
        assert_eq!(scores::board(pool, &board, 51).await.unwrap().len(), 51);
        lap(0);
        assert_eq!(wallets::faces(pool, &fifty).await.unwrap().len(), 50);
        lap(1);
        assert_eq!(scores::profits(pool, &fifty).await.unwrap().len(), 50);
        lap(2);
        assert_eq!(standing::last_audits(pool, &versions).await.unwrap().len(), 15);
        lap(3);
    }
    eprintln!("board, faces, profits, audits: {least:?}");
}

#[tokio::test]
async fn trades_and_turns() {
    let database = filled().await;
    let day = Some(now() - TimeDelta::days(1));
    let usual = TradesFilter {
        since: day,
        hides_makers: true,
        hides_endgame: true,
        ..TradesFilter::default()
    };
    let first = trades::list(database.public(), &usual, 51).await.unwrap();
    assert_eq!(first.len(), 51);
    let after = first.last().map(TradePlace::of);
    let next = TradesFilter { after, ..usual.clone() };
    let dollars = Dollars { min: Some(Decimal::from(600)), max: None };
    let scored =
        WalletFilter { least: Some(("whale".to_owned(), 50.0)), ..WalletFilter::default() };
    let narrowed = TradesFilter { dollars, who: scored, ..usual.clone() };
    for filter in [&usual, &next, &narrowed] {
        uses_index(&database, PUBLIC, "notable_trades_recent", async |connection| {
            trades::list(connection, filter, 51).await
        })
        .await;
    }
    let market = TradesFilter { market_id: MarketId::parse("7").ok(), ..usual.clone() };
    uses_index(&database, PUBLIC, "notable_trades_market", async |connection| {
        trades::list(connection, &market, 51).await
    })
    .await;
    uses_index(&database, PUBLIC, "notable_trades_market", async |connection| {
        markets::notable(connection, &MarketId::parse("7").unwrap(), now()).await
    })
    .await;
    let followed = TradesFilter { who: some(), since: None, ..usual.clone() };
    uses_index(&database, PUBLIC, "notable_trades_wallet", async |connection| {
        trades::list(connection, &followed, 51).await
    })
    .await;
    let turns = FlipsFilter { since: day, ..FlipsFilter::default() };
    uses_index(&database, PUBLIC, "wallet_flips_recent", async |connection| {
        flips::list(connection, &turns, 51).await
    })
    .await;
}

#[tokio::test]
async fn markets_evidence_and_signals() {
    let database = filled().await;
    let day = Some(now() - TimeDelta::days(1));
    let flow = FlowsFilter { since: day, ..FlowsFilter::default() };
    uses_index(&database, PUBLIC, "market_flows_hour", async |connection| {
        flows::by_hour(connection, &flow).await
    })
    .await;
    uses_index(&database, PUBLIC, "market_flows_hour", async |connection| {
        flows::by_market(connection, &flow, Decimal::ZERO, 50).await
    })
    .await;
    let one = FlowsFilter { market_ids: Some(vec!["17".to_owned()]), ..flow };
    uses_index(&database, PUBLIC, "market_flows_pkey", async |connection| {
        flows::by_market(connection, &one, Decimal::ZERO, 50).await
    })
    .await;
    uses_index(&database, PUBLIC, "market_concentrations_hhi", async |connection| {
        concentration::list(connection, &ConcentrationFilter::default(), 51).await
    })
    .await;
    let pairs = EvidenceFilter { layer: "pair".to_owned(), ..EvidenceFilter::default() };
    uses_index(&database, PUBLIC, "current_informed_evidence_order", async |connection| {
        insiders::list(connection, &pairs, 51).await
    })
    .await;
    let seven = MarketId::parse("7").unwrap();
    uses_index(&database, PUBLIC, "current_informed_evidence_pkey", async |connection| {
        insiders::markets(connection, None, Some(&seven)).await
    })
    .await;
    uses_index(&database, PUBLIC, "current_informed_evidence_pkey", async |connection| {
        insiders::leakages(connection, &["7", "8"]).await
    })
    .await;
    uses_index(&database, PUBLIC, "signals_recent", async |connection| {
        signals::list(connection, &BoardSignals::default(), 51).await
    })
    .await;
    let of_market = BoardSignals { market_id: Some(seven.clone()), ..BoardSignals::default() };
    uses_index(&database, PUBLIC, "signals_market", async |connection| {
        signals::list(connection, &of_market, 10).await
    })
    .await;
    let ids: Vec<_> = signals::open_ids(database.public()).await.unwrap();
    assert_eq!(ids.len(), 501);
    let ids: Vec<Uuid> = ids.into_iter().take(50).collect();
    uses_index(&database, SERVICE, "signal_results_pkey", async |connection| {
        signals::settled_of(connection, &ids).await
    })
    .await;
    uses_index(&database, PUBLIC, "market_consensus_pkey", async |connection| {
        markets::consensus(connection, &seven).await
    })
    .await;
    uses_index(&database, PUBLIC, "market_wash_pkey", async |connection| {
        markets::wash(connection, &seven).await
    })
    .await;
}
