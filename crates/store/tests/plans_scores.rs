//! The statements with which wallets are scored use the indexes that were made for them, as `plans_trading.rs` shows it
//! of the others.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod index_use;
mod support;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, ConditionId};
use index_use::{PUBLIC, SERVICE, uses_index};
use serde_json::json;
use store::catalogue;
use store::intelligence::scores::{self, Verdict, WalletScore};
use store::intelligence::{bets, classes, consensus, flips, sizes, traits};
use store::testing::TestDatabase;
use support::{event, market};

fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn wallet() -> Address {
    Address::parse(&format!("0x{:040x}", 7)).unwrap()
}

fn condition() -> ConditionId {
    ConditionId::parse(&format!("0x{:064x}", 7)).unwrap()
}

/// Four thousand wallets, with all that their scores are made of, and of what they are.
const RECORDS: &str = "
    CREATE TEMP TABLE who AS
        SELECT n, decode(lpad(to_hex(n), 40, '0'), 'hex') AS address, '2026-11-20'::timestamptz + n * interval '1 minute' AS at
        FROM generate_series(0, 3999) AS n;
    INSERT INTO wallets (address, found_at, found_by, imported_at, completeness, is_empty)
        SELECT address, at, 'tape', at, 'full', false FROM who;
    INSERT INTO wallet_traits (wallet_address, written_at, is_maker_like) SELECT address, at, n % 40 = 0 FROM who;
    INSERT INTO wallet_classes (wallet_address, as_of, is_certain, class)
        SELECT address, at, true, CASE WHEN n % 500 = 7 THEN 'smart' ELSE 'other' END FROM who;
    INSERT INTO owner_clusters (wallet_address, cluster_id, as_of, log_likelihood, evidence)
        SELECT address, md5((n / 2)::text)::uuid, at, 9, '{}' FROM who;
    INSERT INTO wallet_bets (opened_at, closed_at, price, outcome_index, came_true, wallet_address, condition_id, event_key,
                             stake_usdc)
        SELECT at, at, 0.5, 0, true, address, '0x' || repeat('0', 64), k::text, 1 FROM who, generate_series(1, 10) AS k;
    INSERT INTO wallet_flips (at, is_whole, before_usdc, after_usdc, peak_usdc, change, wallet_address, event_key,
                              condition_id, evidence)
        SELECT at, true, 1, 1, 1, 1, address, k::text, '0x' || repeat('0', 64), '[]' FROM who, generate_series(1, 3) AS k;
    INSERT INTO current_wallet_scores (as_of, checked_at, version, n, wallet_address, kind, verdict, ingredients, evidence)
        SELECT at, at, 1, 1, address, kind, 'too_few', '{}', '[]'
        FROM who, unnest(ARRAY['smart_money', 'whale', 'reputation', 'maker', 'bot']) AS kind;
    INSERT INTO notable_trades (traded_at, observed_at, ordinal, outcome_index, is_buy, usdc, price, shares, wallet_address,
                                transaction_hash, market_id, event_key, wallet_class)
        SELECT at, at, 0, 0, true, 1, 0.5, 2, address, sha256((n || 'x' || k)::bytea), 'm', k::text, 'other'
        FROM who, generate_series(1, 4) AS k;
    INSERT INTO wallet_positions (wallet_address, token_id, condition_id, outcome_index, as_of, shares)
        SELECT address, (market * 2)::text, '0x' || lpad(to_hex(market), 64, '0'), 0, at, 5
        FROM (SELECT address, at, (n * 7 + k * 13) % 3000 AS market FROM who, generate_series(0, 4) AS k) AS held
        ON CONFLICT DO NOTHING;
    INSERT INTO wallet_closed_positions (wallet_address, token_id, condition_id, outcome_index, as_of, closed_at)
        SELECT address, 'c' || k, '0x' || lpad(to_hex(k), 64, '0'), 0, at, at FROM who, generate_series(1, 3) AS k;
    INSERT INTO position_sizes (measured_at, usdc, wallet_address, event_key, condition_id)
        SELECT at, 900, address, k::text, '0x' || repeat('0', 64) FROM who, generate_series(1, 4) AS k;
    UPDATE markets SET condition_id = '0x' || lpad(to_hex(market_id::integer), 64, '0');
";

async fn filled() -> TestDatabase {
    let database = TestDatabase::create().await;
    let mut connection = database.service().acquire().await.unwrap().detach();
    catalogue::prepare_history(&mut connection, now()).await.unwrap();
    let markets: Vec<_> = (0..3_000u32).map(|id| market(&id.to_string())).collect();
    catalogue::apply(&mut connection, None, now(), &[event("e1")], &markets).await.unwrap();
    scores::make_room(database.service(), now()).await.unwrap();
    let mut owner = database.owner().await.unwrap();
    // The owner is held to the policies too.
    sqlx::raw_sql("SET ROLE service_role").execute(&mut owner).await.unwrap();
    sqlx::raw_sql(RECORDS).execute(&mut owner).await.unwrap();
    sqlx::raw_sql("RESET ROLE").execute(&mut owner).await.unwrap();
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut owner).await.unwrap();
    database
}

#[tokio::test]
async fn what_one_wallet_is_scored_with() {
    let database = filled().await;
    let some = [wallet()];
    for index in ["wallet_traits_pkey", "wallets_pkey", "owner_clusters_cluster"] {
        uses_index(&database, SERVICE, index, async |connection| {
            let found = traits::of(connection, &some).await?;
            assert_eq!(found[0].owner.map(|(_, wallets)| wallets), Some(2));
            Ok(found)
        })
        .await;
    }
    uses_index(&database, SERVICE, "wallet_bets_pkey", async |connection| {
        let found = bets::of_wallets(connection, &some).await?;
        assert_eq!(found.len(), 10);
        Ok(found)
    })
    .await;
    uses_index(&database, SERVICE, "notable_trades_wallet", async |connection| {
        sizes::largest(connection, &some, now() - TimeDelta::days(30)).await
    })
    .await;
    uses_index(&database, SERVICE, "notable_trades_recent", async |connection| {
        sizes::measured_since(connection).await
    })
    .await;
    uses_index(&database, SERVICE, "position_sizes_pkey", async |connection| {
        let found = sizes::positions(connection, &some, now() - TimeDelta::days(30)).await?;
        assert_eq!(found.len(), 4);
        Ok(found)
    })
    .await;
    uses_index(&database, SERVICE, "wallet_traits_written", async |connection| {
        traits::any_since(connection, now() - TimeDelta::minutes(5)).await
    })
    .await;
    uses_index(&database, SERVICE, "wallet_traits_pkey", async |connection| {
        traits::addresses_after(connection, Some(&wallet()), 10).await
    })
    .await;
}

#[tokio::test]
async fn what_is_written_of_one_wallet() {
    let database = filled().await;
    let mut value = 10.0;
    uses_index(&database, SERVICE, "current_wallet_scores_pkey", async |connection| {
        value += 1.0;
        let score = WalletScore {
            wallet: wallet(),
            as_of: now(),
            version: 1,
            n: 12,
            verdict: Verdict::Scored,
            reason: None,
            value: Some(value),
            interval: None,
            ingredients: json!({}),
            evidence: json!([]),
        };
        scores::record_all(connection, &[("whale", &score), ("smart_money", &score)]).await
    })
    .await;
    uses_index(&database, SERVICE, "wallet_classes_pkey", async |connection| {
        let class = classes::WalletClass {
            wallet: wallet(),
            as_of: now(),
            class: "whale".to_owned(),
            is_certain: true,
        };
        classes::set(connection, &[class]).await
    })
    .await;
    for index in ["wallet_positions_pkey", "markets_condition_id", "position_sizes_pkey"] {
        uses_index(&database, SERVICE, index, async |connection| {
            sizes::measure_positions(connection, &wallet(), now()).await
        })
        .await;
    }
    uses_index(&database, PUBLIC, "wallet_flips_pkey", async |connection| {
        flips::of_wallet(connection, &wallet()).await
    })
    .await;
    uses_index(&database, SERVICE, "wallet_flips_pkey", async |connection| {
        flips::replace(connection, &wallet(), &[]).await
    })
    .await;
}

#[tokio::test]
async fn where_smart_money_stands() {
    let database = filled().await;
    for index in ["wallet_classes_class", "wallet_positions_pkey", "markets_condition_id"] {
        uses_index(&database, SERVICE, index, async |connection| {
            let found = consensus::markets_of_the_smart(connection, 100).await?;
            assert!(!found.is_empty());
            Ok(found)
        })
        .await;
    }
    for index in ["wallet_positions_condition", "current_wallet_scores_pkey", "wallet_classes_pkey"]
    {
        uses_index(&database, SERVICE, index, async |connection| {
            let found = consensus::holdings(connection, &[condition()]).await?;
            assert!(found.iter().all(|held| held.class.is_some() && held.cluster.is_some()));
            Ok(found)
        })
        .await;
    }
}
