//! The statements of the jobs that follow the tape use the indexes that were made for them, as `plans_trading.rs` shows it
//! of the others.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod index_use;
mod support;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::whales::LiquidityTier;
use domain::{Address, Category, ConditionId, MarketId};
use index_use::{PUBLIC, SERVICE, uses_index};
use rust_decimal::dec;
use sqlx::Connection;
use store::intelligence::evidence::{self, Layer};
use store::intelligence::purchases::{self, HistorySpan, PurchaseFilter};
use store::intelligence::{concentration, flips, flows, notable, scenes, signals, standing, wash};
use store::testing::TestDatabase;
use store::{catalogue, tape};
use support::{event, market};

const MARKETS: u32 = 3_000;

fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn some_market() -> MarketId {
    MarketId::parse("7").unwrap()
}

/// One of two thousand.
fn wallet() -> Address {
    Address::parse(&format!("0x{:040x}", 7)).unwrap()
}

/// Markets, wallets and what is known of both, so much that to read all of it is never the cheapest.
const RECORDS: &str = "
    SELECT ensure_month_partition(t, i)
    FROM unnest(ARRAY['trades', 'prices_1m', 'prices_1h', 'wallet_trades']::regclass[]) AS t,
         unnest(ARRAY['2026-10-15T00:00:00Z', '2026-11-15T00:00:00Z']::timestamptz[]) AS i;
    CREATE TEMP TABLE who AS
        SELECT n, decode(lpad(to_hex(n), 40, '0'), 'hex') AS address FROM generate_series(0, 1999) AS n;
    INSERT INTO trades (traded_at, observed_at, ordinal, outcome_index, is_buy, confirmed, market_id,
                        transaction_hash, wallet_address, price, shares)
        SELECT at, at + interval '1 second', 0, n % 2, n % 3 = 0, true, (n % 3000)::text, sha256(n::text::bytea),
               decode(lpad(to_hex(n % 2000), 40, '0'), 'hex'), 0.5, 2000
        FROM (SELECT n, '2026-11-23T12:00:00Z'::timestamptz - n * interval '60 seconds' AS at
              FROM generate_series(1, 60000) AS n) AS s;
    INSERT INTO prices_1m (market_id, minute, open, high, low, close, bid, ask, source, observed_at)
        SELECT m::text, '2026-11-23T12:00:00Z'::timestamptz - n * interval '40 hours', 0.5, 0.5, 0.5, 0.5, 0.4, 0.6,
               'quotes', now()
        FROM generate_series(0, 2999) AS m, generate_series(1, 20) AS n;
    INSERT INTO prices_1h (market_id, hour, open, high, low, close, volume_usdc, source, observed_at)
        SELECT m::text, '2026-11-23T12:00:00Z'::timestamptz - n * interval '40 hours', 0.5, 0.5, 0.5, 0.5, 9, 'trades', now()
        FROM generate_series(0, 2999) AS m, generate_series(1, 20) AS n;
    INSERT INTO market_resolutions (market_id, observed_at, status, payouts)
        SELECT (n % 3000)::text, '2026-11-23T12:00:00Z'::timestamptz - n * interval '10 minutes', 'resolved', '{1,0}'
        FROM generate_series(1, 9000) AS n;
    INSERT INTO wallets (address, found_at, found_by, imported_at, history_until, completeness, is_empty)
        SELECT address, '2026-11-01T00:00:00Z', 'tape', at, at, 'full', false
        FROM (SELECT address, '2026-11-23T11:00:00Z'::timestamptz - n * interval '1 minute' AS at FROM who) AS s;
    INSERT INTO wallet_trades (happened_at, observed_at, id, ordinal, is_combo, wallet_address, kind, condition_id, side,
                               outcome_index, price, shares)
        SELECT '2026-11-23T12:00:00Z'::timestamptz - n * interval '1 minute', now(), md5(n::text)::uuid, 0, false,
               decode(lpad(to_hex(n % 2000), 40, '0'), 'hex'), 'trade', '0x' || lpad((n % 3000)::text, 64, '0'),
               CASE WHEN n % 3 = 0 THEN 'buy' ELSE 'sell' END, 0, 0.5, 2000
        FROM generate_series(1, 40000) AS n;
    INSERT INTO wallet_classes (wallet_address, as_of, is_certain, class)
        SELECT address, now(), true, CASE WHEN n % 20 = 0 THEN 'whale' ELSE 'other' END FROM who;
    INSERT INTO owner_clusters (wallet_address, cluster_id, as_of, log_likelihood, evidence)
        SELECT address, md5((n / 4)::text)::uuid, now(), 9, '[]' FROM who;
    INSERT INTO wallet_flips (at, is_whole, before_usdc, after_usdc, peak_usdc, change, wallet_address, event_key,
                              condition_id, evidence)
        SELECT '2026-11-23T12:00:00Z'::timestamptz - n * interval '1 hour', true, 1, 1, 1, 1, address, 'e', '0x' || lpad(n::text, 64, '0'), '[]'
        FROM who;
    INSERT INTO touched_hours (market_id, hour, times)
        SELECT (n % 3000)::text, '2026-11-23T12:00:00Z'::timestamptz - n * interval '1 hour', 1
        FROM generate_series(1, 6000) AS n;
    INSERT INTO market_flows (market_id, hour, wallet_class, bought_usdc, sold_usdc, trades, wallets)
        SELECT (n % 3000)::text, '2026-11-23T12:00:00Z'::timestamptz - (n % 900) * interval '1 hour', 'c' || n, 1, 1, 1, 1
        FROM generate_series(1, 30000) AS n;
    INSERT INTO notable_trades (traded_at, observed_at, ordinal, outcome_index, is_buy, usdc, price, shares, is_large,
                                wallet_address, transaction_hash, market_id, event_key, wallet_class)
        SELECT traded_at, observed_at, ordinal, outcome_index, is_buy, 1000, price, shares, true, wallet_address,
               transaction_hash, market_id, 'e', 'other' FROM trades LIMIT 20000;
    INSERT INTO market_concentrations (observed_at, outcome_index, holders, hhi, effective_holders, top_share, is_top_only,
                                       market_id, top)
        SELECT now(), o, 1, 1, 1, 1, false, m::text, '[]' FROM generate_series(0, 2999) AS m, generate_series(0, 1) AS o;
    INSERT INTO holder_readings (market_id, read_at) SELECT m::text, now() FROM generate_series(0, 2999) AS m;
    INSERT INTO market_wash (market_id, as_of, basis, measures)
        SELECT m::text, now(), 'feed', '[]' FROM generate_series(0, 2999) AS m;
    INSERT INTO informed_evidence (as_of, version, layer, strength, wallet_address, market_id, ingredients, evidence)
        SELECT now(), 1, 'pair', n, decode(lpad(to_hex(n), 40, '0'), 'hex'), (n % 3000)::text, '{}', '[]'
        FROM generate_series(1, 9000) AS n;
    INSERT INTO current_informed_evidence SELECT * FROM informed_evidence;
    INSERT INTO signals (id, published_at, as_of, due_at, version, n, strength, kind, basis, market_id, event_key, subject,
                         ingredients, evidence)
        SELECT md5(n::text)::uuid, at, at, at + interval '1 hour', 1, 1, 1, 'size', 'feed', (n % 3000)::text, 'e', n::text,
               '{}', '[]'
        FROM (SELECT n, '2026-11-23T12:00:00Z'::timestamptz - n * interval '1 minute' AS at
              FROM generate_series(1, 20000) AS n) AS s;
    INSERT INTO signal_results (signal_id, settled_at, status, reason)
        SELECT id, as_of, 'void', 'no_price' FROM signals WHERE subject::integer > 20;
    INSERT INTO open_signals (signal_id, due_at, market_id)
        SELECT id, due_at, market_id FROM signals WHERE subject::integer <= 20;
    UPDATE markets SET condition_id = '0x' || lpad(market_id, 64, '0'), category = 'politics', volume_24h = market_id::integer,
                       token_ids = ARRAY[(market_id::integer * 2)::text, (market_id::integer * 2 + 1)::text];
";

async fn filled() -> TestDatabase {
    let database = TestDatabase::create().await;
    let mut connection = database.service().acquire().await.unwrap().detach();
    catalogue::prepare_history(&mut connection, now()).await.unwrap();
    let markets: Vec<_> = (0..MARKETS).map(|id| market(&id.to_string())).collect();
    catalogue::apply(&mut connection, None, now(), &[event("e1")], &markets).await.unwrap();
    let mut owner = database.owner().await.unwrap();
    sqlx::raw_sql("SET ROLE service_role").execute(&mut owner).await.unwrap();
    sqlx::raw_sql(RECORDS).execute(&mut owner).await.unwrap();
    sqlx::raw_sql("RESET ROLE").execute(&mut owner).await.unwrap();
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut owner).await.unwrap();
    owner.close().await.unwrap();
    database
}

#[tokio::test]
async fn flows_and_large_trades() {
    let database = filled().await;
    let hours = flows::touched(database.service(), 5).await.unwrap();
    uses_index(&database, SERVICE, "touched_hours_pkey", async |connection| {
        flows::touched(connection, 5).await
    })
    .await;
    let least = vec![dec!(500); hours.len()];
    for index in ["trades_market", "notable_trades_pkey", "markets_pkey", "wallet_classes_pkey"] {
        uses_index(&database, SERVICE, index, async |connection| {
            notable::candidates(connection, &hours, &least).await
        })
        .await;
    }
    for index in ["trades_market", "market_flows_pkey", "touched_hours_pkey", "owner_clusters_pkey"]
    {
        uses_index(&database, SERVICE, index, async |connection| {
            let mut tx = connection.begin().await?;
            let made = flows::replace(&mut tx, &hours, &[]).await;
            tx.rollback().await?;
            made
        })
        .await;
    }
    let (id, day) = (some_market(), now() - TimeDelta::days(1));
    uses_index(&database, SERVICE, "trades_market", async |connection| {
        notable::sizes(connection, &id, day, now()).await
    })
    .await;
    let tiers: BTreeMap<String, LiquidityTier> = [("7".to_owned(), LiquidityTier::Thin)].into();
    uses_index(&database, SERVICE, "trades_market", async |connection| {
        notable::floors(connection, &tiers, day, now()).await
    })
    .await;
    uses_index(&database, PUBLIC, "market_flows_pkey", async |connection| {
        flows::of_market(connection, &id, day).await
    })
    .await;
    uses_index(&database, PUBLIC, "notable_trades_market", async |connection| {
        notable::of_market(connection, &id, now() - TimeDelta::days(40)).await
    })
    .await;
    uses_index(&database, SERVICE, "notable_trades_recent", async |connection| {
        notable::large_since(connection, now() - TimeDelta::minutes(15), 200).await
    })
    .await;
    for index in ["wallet_classes_pkey", "owner_clusters_pkey", "wallets_pkey"] {
        uses_index(&database, SERVICE, index, async |connection| {
            standing::of(connection, &[wallet()]).await
        })
        .await;
    }
    uses_index(&database, SERVICE, "owner_clusters_cluster", async |connection| {
        standing::wallets_of_owner(connection, &wallet()).await
    })
    .await;
}

#[tokio::test]
async fn holders_and_trade_with_oneself() {
    let database = filled().await;
    for index in ["markets_busiest", "holder_readings_pkey"] {
        uses_index(&database, SERVICE, index, async |connection| {
            concentration::next_due(connection, 20, now()).await
        })
        .await;
    }
    uses_index(&database, PUBLIC, "market_concentrations_pkey", async |connection| {
        concentration::of_market(connection, &some_market()).await
    })
    .await;
    uses_index(&database, PUBLIC, "market_wash_pkey", async |connection| {
        wash::of_market(connection, &some_market()).await
    })
    .await;
    let condition = ConditionId::parse(&format!("0x{:064}", 7)).unwrap();
    uses_index(&database, SERVICE, "wallet_trades_pkey", async |connection| {
        wash::known_fills(connection, &condition, &[wallet()], now() - TimeDelta::days(7)).await
    })
    .await;
}

#[tokio::test]
async fn evidence_of_purchases() {
    let database = filled().await;
    let without = [Category::Sports];
    let filter = PurchaseFilter { least: dec!(20), without: &without };
    let lately = now() - TimeDelta::minutes(30);
    for index in ["trades_recent", "markets_pkey"] {
        uses_index(&database, SERVICE, index, async |connection| {
            purchases::between(connection, lately, now(), filter).await
        })
        .await;
    }
    uses_index(&database, SERVICE, "trades_observed", async |connection| {
        purchases::heard(connection, lately, now(), filter).await
    })
    .await;
    let span =
        HistorySpan { since: now() - TimeDelta::days(40), until: now() - TimeDelta::days(1) };
    let hour = (now() - TimeDelta::days(9), now() - TimeDelta::days(9) + TimeDelta::hours(1));
    for index in ["wallet_trades_bought", "wallets_pkey", "markets_condition_id"] {
        uses_index(&database, SERVICE, index, async |connection| {
            let told = purchases::in_histories(connection, hour, span, filter).await?;
            assert_eq!(told.len(), 20, "a third of sixty");
            Ok(told)
        })
        .await;
    }
    uses_index(&database, SERVICE, "wallet_trades_pkey", async |connection| {
        let told = purchases::in_histories_of(connection, &[wallet()], span, filter).await?;
        assert!(!told.is_empty());
        Ok(told)
    })
    .await;
    uses_index(&database, SERVICE, "wallets_imported", async |connection| {
        let after = now() - TimeDelta::minutes(62);
        let told = purchases::imported(connection, after, now(), span).await?;
        assert_eq!(told.len(), 2);
        Ok(told)
    })
    .await;
    uses_index(&database, SERVICE, "wallet_trades_pkey", async |connection| {
        let told = standing::last_trades(connection, &[wallet()]).await?;
        assert_eq!(told.len(), 1);
        Ok(told)
    })
    .await;
    uses_index(&database, PUBLIC, "current_informed_evidence_order", async |connection| {
        evidence::strongest(connection, Layer::Pair, 50).await
    })
    .await;
    uses_index(&database, PUBLIC, "informed_evidence_pkey", async |connection| {
        evidence::history(connection, Layer::Pair, &some_market(), &wallet()).await
    })
    .await;
}

#[tokio::test]
async fn what_signals_are_made_of_and_settled_by() {
    let database = filled().await;
    for index in ["markets_open", "prices_1m_pkey"] {
        uses_index(&database, SERVICE, index, async |connection| {
            scenes::of(connection, &["7", "8"], now()).await
        })
        .await;
    }
    let week = now() - TimeDelta::days(7);
    uses_index(&database, SERVICE, "prices_1m_pkey", async |connection| {
        scenes::closes(connection, &["7", "8"], week).await
    })
    .await;
    uses_index(&database, SERVICE, "prices_1h_pkey", async |connection| {
        scenes::hourly_volumes(connection, &["7", "8"], week, now()).await
    })
    .await;
    let lately = now() - TimeDelta::minutes(10);
    // Here a market has fewer trades than a wallet; where it is the other way round, so is the index.
    for index in ["trades_observed", "trades_market"] {
        uses_index(&database, SERVICE, index, async |connection| {
            let day = now() - TimeDelta::days(1);
            scenes::gatherers(connection, lately, day, dec!(500), dec!(10000)).await
        })
        .await;
    }
    uses_index(&database, SERVICE, "trades_market", async |connection| {
        tape::of_wallets_since(connection, &some_market(), &[wallet()], week).await
    })
    .await;
    uses_index(&database, SERVICE, "wallet_flips_recent", async |connection| {
        flips::of_classes_since(connection, &["whale"], now() - TimeDelta::hours(6)).await
    })
    .await;
    uses_index(&database, SERVICE, "prices_1m_pkey", async |connection| {
        scenes::mid_nearest(connection, &some_market(), now(), TimeDelta::minutes(5)).await
    })
    .await;
    uses_index(&database, SERVICE, "market_resolutions_pkey", async |connection| {
        scenes::payout(connection, &some_market()).await
    })
    .await;
    // What is open is little, and read as a whole.
    uses_index(&database, SERVICE, "signals_pkey", async |connection| {
        signals::to_settle(connection, now(), 100).await
    })
    .await;
    uses_index(&database, SERVICE, "signals_pkey", async |connection| {
        signals::open_of(connection, &["7", "8"]).await
    })
    .await;
}
