//! The statements about wallets use the indexes that were made for them, as `plans_trading.rs` shows it of the others.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod index_use;
mod support;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, ConditionId, MarketId, Shares, TokenId, TransactionHash, Usdc};
use index_use::{PUBLIC, SERVICE, uses_index};
use rust_decimal::Decimal;
use store::catalogue;
use store::testing::TestDatabase;
use store::wallets::activity::{self, Activity, ActivityFilter, ActivityPlace, Direction};
use store::wallets::imports::{self, Priority};
use store::wallets::pnl::{self, PnlPoint, PnlSource};
use store::wallets::{
    self, FoundBy, History, Identity, holders, metrics, positions, terms, wanted,
};
use support::{event, market};
use uuid::Uuid;

const MARKETS: u32 = 3_000;

fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// One of two thousand.
fn wallet() -> Address {
    Address::parse(&format!("0x{:040x}", 7)).unwrap()
}

fn condition() -> ConditionId {
    ConditionId::parse(&format!("0x{:064x}", 7)).unwrap()
}

/// Two thousand wallets with thirty acts and twenty positions each, and all that hangs on them.
const RECORDS: &str = "
    SELECT ensure_month_partition(t, i)
    FROM unnest(ARRAY['wallet_trades', 'wallet_pnl_snapshots', 'market_holders', 'trades']::regclass[]) AS t,
         unnest(ARRAY['2026-09-15T00:00:00Z', '2026-10-15T00:00:00Z', '2026-11-15T00:00:00Z']::timestamptz[]) AS i;
    CREATE TEMP TABLE who AS
        SELECT n, decode(lpad(to_hex(n), 40, '0'), 'hex') AS address FROM generate_series(0, 1999) AS n;
    CREATE TEMP TABLE what AS
        SELECT address, n * 30 + k AS id, (n * 7 + k * 13) % 3000 AS market,
               '2026-11-23T12:00:00Z'::timestamptz - ((n * 30 + k) % 1400) * interval '1 hour' AS at
        FROM who, generate_series(0, 29) AS k;
    INSERT INTO wallets (address, found_at, found_by, name, imported_at, completeness, is_empty)
        SELECT address, '2026-11-01T00:00:00Z', 'tape', 'Name ' || n, '2026-11-23T11:00:00Z', 'full', false FROM who;
    INSERT INTO wallet_imports (wallet_address, priority, standing, due_at, full_import)
        SELECT address, n % 3, n % 3, '2026-11-24T12:00:00Z'::timestamptz + n * interval '1 minute', false FROM who;
    UPDATE wallet_imports SET due_at = '2026-11-23T11:00:00Z' WHERE wallet_address IN (SELECT address FROM who WHERE n < 9);
    INSERT INTO wallet_trades (happened_at, observed_at, id, ordinal, is_combo, wallet_address, kind, condition_id, token_id)
        SELECT at, at, md5(id::text)::uuid, 0, false, address, 'trade', '0x' || lpad(to_hex(market), 64, '0'),
               (market * 2)::text FROM what;
    INSERT INTO wallet_positions (wallet_address, token_id, condition_id, outcome_index, as_of)
        SELECT DISTINCT address, (market * 2)::text, '0x' || lpad(to_hex(market), 64, '0'), 0, '2026-11-23T11:00:00Z'::timestamptz
        FROM what;
    INSERT INTO wallet_closed_positions (wallet_address, token_id, condition_id, outcome_index, as_of, closed_at)
        SELECT DISTINCT ON (address, market) address, (market * 2)::text, '0x' || lpad(to_hex(market), 64, '0'), 0,
               '2026-11-23T11:00:00Z'::timestamptz, at
        FROM what;
    INSERT INTO wallet_pnl_snapshots (at, observed_at, wallet_address, source)
        SELECT DISTINCT at, at, address, 'venue' FROM what;
    INSERT INTO wallet_metrics (wallet_address, as_of, version, metrics) SELECT address, now(), 1, '{}' FROM who;
    INSERT INTO market_holders (observed_at, outcome_index, rank, market_id, wallet_address, shares)
        SELECT '2026-11-23T12:00:00Z'::timestamptz - d * interval '20 days', 0, k, m::text, address, 1
        FROM generate_series(0, 2999) AS m, generate_series(0, 2) AS d, generate_series(1, 5) AS k,
             LATERAL (SELECT address FROM who WHERE n = (m * 5 + k) % 2000) AS one;
    INSERT INTO wanted_markets (condition_id, wanted_at)
        SELECT '0x' || lpad(to_hex(m), 64, '0'), now() FROM generate_series(1000, 6999) AS m;
    INSERT INTO trades (traded_at, observed_at, ordinal, outcome_index, is_buy, confirmed, market_id,
                        transaction_hash, wallet_address, price, shares)
        SELECT at, at, 0, 0, true, true, market::text, sha256(id::text::bytea), address, 0.5, 10 FROM what;
    INSERT INTO market_resolutions (market_id, observed_at, status, payouts)
        SELECT (n % 3000)::text, '2026-11-23T12:00:00Z'::timestamptz - n * interval '10 minutes', 'resolved', '{1,0}'
        FROM generate_series(1, 9000) AS n;
    UPDATE markets SET condition_id = '0x' || lpad(to_hex(market_id::integer), 64, '0'), neg_risk = true;
    UPDATE markets SET event_id = 'e' || market_id::integer % 500;
";

async fn filled() -> TestDatabase {
    let database = TestDatabase::create().await;
    let mut connection = database.service().acquire().await.unwrap().detach();
    catalogue::prepare_history(&mut connection, now()).await.unwrap();
    let markets: Vec<_> = (0..MARKETS).map(|id| market(&id.to_string())).collect();
    catalogue::apply(&mut connection, None, now(), &[event("e1")], &markets).await.unwrap();
    let mut owner = database.owner().await.unwrap();
    // The owner is held to the policies too.
    sqlx::raw_sql("SET ROLE service_role").execute(&mut owner).await.unwrap();
    sqlx::raw_sql(RECORDS).execute(&mut owner).await.unwrap();
    sqlx::raw_sql("RESET ROLE").execute(&mut owner).await.unwrap();
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut owner).await.unwrap();
    database
}

#[tokio::test]
async fn who_a_wallet_is() {
    let database = filled().await;
    let wallet = wallet();
    uses_index(&database, PUBLIC, "wallets_pkey", async |connection| {
        let found = wallets::get(connection, &wallet).await?;
        assert_eq!(found.as_ref().unwrap().identity.name.as_deref(), Some("Name 7"));
        Ok(found)
    })
    .await;
    uses_index(&database, PUBLIC, "wallets_name", async |connection| {
        wallets::by_name(connection, "NAME 7").await
    })
    .await;
    let some = std::slice::from_ref(&wallet);
    uses_index(&database, SERVICE, "wallets_pkey", async |connection| {
        wallets::not_imported(connection, some).await
    })
    .await;
    uses_index(&database, SERVICE, "wallets_pkey", async |connection| {
        wallets::found(connection, some, FoundBy::Asked, now()).await
    })
    .await;
    uses_index(&database, SERVICE, "wallets_pkey", async |connection| {
        wallets::identify(connection, &wallet, &Identity::default(), now()).await
    })
    .await;
    let history = History {
        imported_at: now(),
        completeness: "full".to_owned(),
        reasons: Vec::new(),
        since: None,
        until: Some(now()),
        activity_count: 30,
        first_active_at: None,
        last_active_at: None,
        is_empty: false,
    };
    uses_index(&database, SERVICE, "wallets_pkey", async |connection| {
        wallets::set_history(connection, &wallet, &history).await
    })
    .await;
    let lately = now() - TimeDelta::hours(3);
    for index in ["trades_observed", "wallets_pkey"] {
        uses_index(&database, SERVICE, index, async |connection| {
            wallets::found_on_tape(connection, lately, now()).await
        })
        .await;
    }
}

#[tokio::test]
async fn what_a_wallet_did() {
    let database = filled().await;
    let wallet = wallet();
    let place = ActivityPlace { happened_at: now() - TimeDelta::days(20), id: Uuid::from_u128(7) };
    let next = ActivityFilter { after: Some(place), ..ActivityFilter::default() };
    let some = ActivityFilter {
        kinds: vec!["trade".to_owned()],
        condition_id: Some(condition()),
        since: Some(now() - TimeDelta::days(40)),
        ..ActivityFilter::default()
    };
    for filter in [ActivityFilter::default(), next, some] {
        uses_index(&database, PUBLIC, "wallet_trades_pkey", async |connection| {
            activity::page(connection, &wallet, &filter, 100).await
        })
        .await;
    }
    uses_index(&database, PUBLIC, "wallet_trades_pkey", async |connection| {
        let all = activity::history(connection, &wallet).await?;
        assert_eq!(all.len(), 30);
        Ok(all)
    })
    .await;
    let mut second = 0;
    uses_index(&database, SERVICE, "wallet_trades_pkey", async |connection| {
        second += 1;
        let reading = [bought(second)];
        activity::record(connection, &wallet, &reading, now()).await?;
        let known = [Activity { is_maker: Some(false), ..bought(second) }];
        let written = activity::record(connection, &wallet, &known, now()).await?;
        assert_eq!(written, 0);
        Ok(written)
    })
    .await;
    uses_index(&database, SERVICE, "wallet_trades_pkey", async |connection| {
        let stale =
            activity::page(&mut *connection, &wallet, &ActivityFilter::default(), 2).await?;
        let forgotten = activity::forget(connection, &wallet, &stale).await?;
        assert_eq!(forgotten, 2);
        Ok(forgotten)
    })
    .await;
    uses_index(&database, SERVICE, "wallet_trades_pkey", async |connection| {
        activity::forget_makers(connection, &wallet, Some(now() - TimeDelta::days(1))).await
    })
    .await;
}

fn bought(second: i64) -> Activity {
    Activity {
        happened_at: now() - TimeDelta::seconds(second),
        kind: "trade".to_owned(),
        transaction_hash: Some(TransactionHash::from_bytes([9; 32])),
        condition_id: Some(condition()),
        token_id: TokenId::parse("14").ok(),
        outcome_index: Some(0),
        direction: Some(Direction::Buy),
        is_maker: None,
        price: Some(Decimal::new(25, 2)),
        shares: Shares::new(Decimal::from(4)).ok(),
        usdc: Usdc::new(Decimal::ONE).ok(),
        is_combo: false,
    }
}

#[tokio::test]
async fn what_it_holds_and_what_it_came_to() {
    let database = filled().await;
    let wallet = wallet();
    uses_index(&database, PUBLIC, "wallet_positions_pkey", async |connection| {
        positions::open(connection, &wallet).await
    })
    .await;
    uses_index(&database, PUBLIC, "wallet_closed_positions_recent", async |connection| {
        positions::closed(connection, &wallet, 20, 0).await
    })
    .await;
    uses_index(&database, PUBLIC, "wallet_closed_positions_recent", async |connection| {
        positions::closed_count(connection, &wallet).await
    })
    .await;
    uses_index(&database, PUBLIC, "wallet_positions_condition", async |connection| {
        positions::of_market(connection, &condition(), 20).await
    })
    .await;
    let since = Some(now() - TimeDelta::days(10));
    uses_index(&database, PUBLIC, "wallet_pnl_snapshots_pkey", async |connection| {
        pnl::series(connection, &wallet, PnlSource::Venue, since).await
    })
    .await;
    uses_index(&database, PUBLIC, "wallet_pnl_snapshots_pkey", async |connection| {
        pnl::last(connection, &wallet, PnlSource::Venue).await
    })
    .await;
    let point = PnlPoint {
        at: now(),
        observed_at: now(),
        realized_usdc: None,
        unrealized_usdc: None,
        fees_usdc: None,
        income_usdc: None,
        total_usdc: Some(Decimal::ONE),
    };
    uses_index(&database, SERVICE, "wallet_pnl_snapshots_pkey", async |connection| {
        pnl::clear(connection, &wallet, PnlSource::Ledger).await?;
        pnl::record(connection, &wallet, PnlSource::Ledger, &[point]).await
    })
    .await;
    uses_index(&database, PUBLIC, "wallet_metrics_pkey", async |connection| {
        metrics::get(connection, &wallet).await
    })
    .await;
    // In the place of what was there, all of it.
    uses_index(&database, SERVICE, "wallet_positions_pkey", async |connection| {
        positions::replace(connection, &wallet, &[]).await
    })
    .await;
}

#[tokio::test]
async fn the_queue_of_imports() {
    let database = filled().await;
    let (wallet, worker) = (wallet(), Uuid::from_u128(1));
    let minute = TimeDelta::minutes(1);
    uses_index(&database, PUBLIC, "wallet_imports_due", async |connection| {
        let claimed = imports::claim(connection, worker, 1, now(), minute).await?;
        assert!(claimed.iter().all(|claim| claim.priority == Priority::Followed), "{claimed:?}");
        Ok(claimed)
    })
    .await;
    uses_index(&database, PUBLIC, "wallet_imports_pkey", async |connection| {
        imports::state(connection, &wallet, now()).await
    })
    .await;
    uses_index(&database, SERVICE, "wallet_imports_pkey", async |connection| {
        imports::progress(connection, worker, &wallet, 10, now() + minute).await
    })
    .await;
    uses_index(&database, SERVICE, "wallet_imports_pkey", async |connection| {
        imports::fail(connection, worker, &wallet, "no answer", now() + minute).await
    })
    .await;
    for index in
        ["wallet_positions_condition", "wallet_closed_positions_condition", "wallet_imports_pkey"]
    {
        uses_index(&database, SERVICE, index, async |connection| {
            imports::review(connection, &[condition()], now()).await
        })
        .await;
    }
    let lately = now() - TimeDelta::hours(2);
    for index in ["market_resolutions_observed", "markets_pkey", "wallet_positions_condition"] {
        uses_index(&database, SERVICE, index, async |connection| {
            let concerned = imports::resolved_since(connection, lately).await?;
            assert!(!concerned.is_empty());
            Ok(concerned)
        })
        .await;
    }
}

#[tokio::test]
async fn markets_of_wallets() {
    let database = filled().await;
    uses_index(&database, SERVICE, "markets_condition_id", async |connection| {
        terms::of(connection, &[condition()]).await
    })
    .await;
    let events = ["e7".parse().unwrap()];
    uses_index(&database, SERVICE, "markets_event_id", async |connection| {
        terms::of_neg_risk_events(connection, &events).await
    })
    .await;
    for index in ["wanted_markets_pkey", "markets_condition_id"] {
        uses_index(&database, SERVICE, index, async |connection| {
            wanted::settle(connection, &[condition()], now()).await
        })
        .await;
    }
    let market = MarketId::parse("7").unwrap();
    uses_index(&database, PUBLIC, "market_holders_pkey", async |connection| {
        holders::last_observed(connection, &market).await
    })
    .await;
    uses_index(&database, PUBLIC, "market_holders_pkey", async |connection| {
        holders::at(connection, &market, now()).await
    })
    .await;
}
