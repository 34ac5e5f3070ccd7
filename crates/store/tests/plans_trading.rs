//! The statements about what is traded use the indexes that were made for them. Each test names the index: without it
//! the test fails. The statements are those of the crate, and what they used is what the server counted.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod index_use;
mod support;

use chrono::{DateTime, TimeDelta, Utc};
use domain::analytics::Window;
use domain::{Address, MarketId, TokenId, TransactionHash};
use index_use::{PUBLIC, SERVICE, uses_index};
use store::bars::Grain;
use store::tape::{TapeFilter, TapePlace};
use store::testing::TestDatabase;
use store::{bars, catalogue, newcomers, resolutions, streaming, tape, windows};
use support::{event, market};

const MARKETS: u32 = 3_000;

fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn some_market() -> MarketId {
    MarketId::parse("7").unwrap()
}

/// Records of every market in two months, so many that to read them all is never the cheapest.
const RECORDS: &str = "
    INSERT INTO wallet_classes (wallet_address, as_of, is_certain, class)
        SELECT decode(lpad(to_hex(n), 40, '0'), 'hex'), now(), true, 'whale' FROM generate_series(1, 50000) AS n;
    SELECT ensure_month_partition(t, i) FROM unnest(ARRAY['trades', 'prices_1m', 'prices_1h']::regclass[]) AS t,
        unnest(ARRAY['2026-10-15T00:00:00Z', '2026-11-15T00:00:00Z']::timestamptz[]) AS i;
    INSERT INTO trades (traded_at, observed_at, ordinal, outcome_index, is_buy, confirmed, market_id,
                        transaction_hash, wallet_address, price, shares)
        SELECT at, at + interval '1 second', 0, n % 2, n % 3 = 0, true, (n % 3000)::text,
               sha256(n::text::bytea), substr(sha256((n % 500)::text::bytea), 1, 20), 0.5, 10
        FROM (SELECT n, '2026-11-23T12:00:00Z'::timestamptz - n * interval '60 seconds' AS at
              FROM generate_series(1, 60000) AS n) AS s;
    INSERT INTO prices_1m (market_id, minute, open, high, low, close, source, observed_at)
        SELECT m::text, '2026-11-23T12:00:00Z'::timestamptz - n * interval '40 hours', 0.5, 0.5, 0.5, 0.5, 'quotes', now()
        FROM generate_series(0, 2999) AS m, generate_series(1, 20) AS n;
    INSERT INTO prices_1h (market_id, hour, open, high, low, close, source, observed_at)
        SELECT m::text, '2026-11-23T12:00:00Z'::timestamptz - n * interval '40 hours', 0.5, 0.5, 0.5, 0.5, 'quotes', now()
        FROM generate_series(0, 2999) AS m, generate_series(1, 20) AS n;
    INSERT INTO market_recordings (market_id) SELECT m::text FROM generate_series(0, 2999) AS m;
    INSERT INTO recording_gaps (market_id, from_at, to_at, cause)
        SELECT (n % 3000)::text, at, at + interval '1 minute', 'not streamed'
        FROM (SELECT n, '2026-11-01T00:00:00Z'::timestamptz + n * interval '1 second' AS at
              FROM generate_series(1, 30000) AS n) AS s;
    INSERT INTO market_resolutions (market_id, observed_at, status, payouts)
        SELECT (n % 3000)::text, '2026-11-23T12:00:00Z'::timestamptz - n * interval '10 minutes', 'resolved', '{1,0}'
        FROM generate_series(1, 9000) AS n;
    INSERT INTO market_windows (market_id, time_window, as_of, trades, buyers, sellers, buy_usdc, sell_usdc)
        SELECT m::text, w, '2026-11-23T12:00:00Z', 1, 1, 1, 1, 1
        FROM generate_series(0, 2999) AS m, unnest(ARRAY['1h', '6h', '12h', '24h', '7d']) AS w;
    -- Few markets trade within ten minutes.
    INSERT INTO market_windows (market_id, time_window, as_of, trades, buyers, sellers, buy_usdc, sell_usdc)
        SELECT m::text, '10m', '2026-11-23T12:00:00Z', 1, 1, 1, 1, 1 FROM generate_series(0, 99) AS m;
    INSERT INTO counted_windows (time_window, as_of)
        SELECT w, '2026-11-23T12:00:00Z' FROM unnest(ARRAY['10m', '1h', '6h', '12h', '24h', '7d']) AS w;
    UPDATE markets SET condition_id = '0x' || lpad(market_id, 64, '0'),
                       token_ids = ARRAY[(market_id::integer * 2)::text, (market_id::integer * 2 + 1)::text],
                       volume_24h = market_id::integer;
    UPDATE markets SET status = 'resolved', closed = true,
                       closed_at = '2026-11-23T12:00:00Z'::timestamptz - market_id::integer * interval '1 hour'
        WHERE market_id::integer % 3 = 0;
    UPDATE markets SET first_seen_at = first_seen_at + interval '1 day' WHERE market_id::integer >= 2990;
    INSERT INTO tape_progress (feed, complete_from, complete_to, markets_from, observed_at)
        SELECT 'data', '2026-11-20T00:00:00Z', '2026-11-23T12:00:00Z', min(first_seen_at), now() FROM markets;
    UPDATE markets SET uma_status = 'proposed' WHERE market_id::integer % 100 = 1;
    UPDATE markets SET status = 'closed', closed = true WHERE market_id::integer % 100 = 2;
    UPDATE markets SET end_date = '2026-11-20T00:00:00Z' WHERE market_id::integer % 100 = 4;
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

/// A place in the middle of the tape.
fn place() -> TapePlace {
    TapePlace {
        traded_at: now() - TimeDelta::days(10),
        transaction_hash: Some(TransactionHash::from_bytes([7; 32])),
        wallet: Some(Address::from_bytes([7; 20])),
        ordinal: 0,
    }
}

#[tokio::test]
async fn pages_of_the_tape() {
    let database = filled().await;
    let id = some_market();
    let first = TapeFilter::default();
    let next = TapeFilter { after: Some(place()), ..TapeFilter::default() };
    for filter in [first, next] {
        uses_index(&database, PUBLIC, "trades_market", async |connection| {
            tape::of_market(connection, &id, &filter, 100).await
        })
        .await;
    }
    let since = now() - TimeDelta::days(7);
    uses_index(&database, PUBLIC, "trades_market", async |connection| {
        tape::of_market_since(connection, &id, since).await
    })
    .await;
    let lately = now() - TimeDelta::minutes(10);
    uses_index(&database, PUBLIC, "trades_observed", async |connection| {
        tape::observed_after(connection, lately).await
    })
    .await;
    uses_index(&database, PUBLIC, "trades_observed", async |connection| {
        tape::last_observed(connection).await
    })
    .await;
}

#[tokio::test]
async fn bars_and_gaps_of_a_range() {
    let database = filled().await;
    let (id, from, to) = (some_market(), now() - TimeDelta::days(40), now());
    for (grain, index) in [(Grain::Minute, "prices_1m_pkey"), (Grain::Hour, "prices_1h_pkey")] {
        uses_index(&database, PUBLIC, index, async |connection| {
            bars::of_market(connection, &id, grain, from, to).await
        })
        .await;
    }
    uses_index(&database, PUBLIC, "recording_gaps_pkey", async |connection| {
        bars::gaps(connection, &id, from, to).await
    })
    .await;
    uses_index(&database, PUBLIC, "market_recordings_pkey", async |connection| {
        bars::recording(connection, &id).await
    })
    .await;
}

#[tokio::test]
async fn windows_are_counted_and_read_as_a_whole() {
    let database = filled().await;
    // Of a large window most rows are wanted, and a table read whole is the cheapest.
    uses_index(&database, SERVICE, "market_windows_window", async |connection| {
        windows::of(connection, Window::TenMinutes).await
    })
    .await;
    let window = Window::TenMinutes;
    uses_index(&database, SERVICE, "trades_recent", async |connection| {
        windows::recount(connection, window, now() + TimeDelta::minutes(1)).await
    })
    .await;
    uses_index(&database, SERVICE, "market_windows_window", async |connection| {
        windows::forget(connection, window).await
    })
    .await;
}

#[tokio::test]
async fn what_the_oracle_is_asked_about() {
    let database = filled().await;
    // Either token of a market, each by an index of its own.
    for (token, index) in [("14", "markets_first_token"), ("15", "markets_second_token")] {
        let token = TokenId::parse(token).unwrap();
        uses_index(&database, SERVICE, index, async |connection| {
            let found = resolutions::of_token(connection, &token).await?;
            assert_eq!(found[0].market_id, "7");
            Ok(found)
        })
        .await;
    }
    let since = now() - TimeDelta::days(2);
    for index in ["markets_resolved", "market_resolutions_observed"] {
        uses_index(&database, SERVICE, index, async |connection| {
            resolutions::settled_since(connection, since, "", 100).await
        })
        .await;
    }
    for index in ["markets_unresolved", "markets_at_oracle", "markets_past_end"] {
        uses_index(&database, SERVICE, index, async |connection| {
            resolutions::due(connection, now(), 400).await
        })
        .await;
    }
    uses_index(&database, PUBLIC, "market_resolutions_pkey", async |connection| {
        resolutions::of_market(connection, &some_market()).await
    })
    .await;
    let lately = now() - TimeDelta::hours(1);
    uses_index(&database, SERVICE, "market_resolutions_observed", async |connection| {
        resolutions::observed_after(connection, lately).await
    })
    .await;
}

#[tokio::test]
async fn markets_that_became_known_late() {
    let database = filled().await;
    let tape = tape::progress(database.service()).await.unwrap().unwrap();
    uses_index(&database, SERVICE, "markets_first_seen", async |connection| {
        let due = newcomers::due(connection, tape, 50).await?;
        // Of ten three closed before the tape begins.
        assert_eq!(due.len(), 7);
        Ok(due)
    })
    .await;
    for index in ["markets_pkey", "recording_gaps_pkey"] {
        uses_index(&database, PUBLIC, index, async |connection| {
            tape::progress_of(connection, &some_market()).await
        })
        .await;
    }
    uses_index(&database, SERVICE, "markets_first_seen", async |connection| {
        newcomers::newest(connection).await
    })
    .await;
}

#[tokio::test]
async fn what_is_streamed() {
    let database = filled().await;
    uses_index(&database, SERVICE, "markets_busiest", async |connection| {
        streaming::busiest(connection, 100).await
    })
    .await;
    uses_index(&database, SERVICE, "markets_pkey", async |connection| {
        streaming::by_ids(connection, &["7", "8"]).await
    })
    .await;
    let after = MarketId::parse("15").unwrap();
    uses_index(&database, SERVICE, "markets_open", async |connection| {
        streaming::open_after(connection, Some(&after), 100).await
    })
    .await;
    let condition = format!("0x{:064}", 7);
    uses_index(&database, SERVICE, "markets_condition_id", async |connection| {
        streaming::by_conditions(connection, &[&condition]).await
    })
    .await;
    uses_index(&database, SERVICE, "markets_busiest", async |connection| {
        streaming::next_without_history(connection, &["7"], 20).await
    })
    .await;
}
