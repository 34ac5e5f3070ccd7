//! A million rows of wallets' activity written as imports write them, against `COPY` of the very rows into a table like
//! theirs without parts and policies, in the same durable database.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, ConditionId, Shares, TokenId, TransactionHash, Usdc};
use futures_util::TryStreamExt as _;
use rust_decimal::Decimal;
use sqlx::Executor;
use store::wallets::activity::{self, Activity, Direction};
use store::{Database, PgConnection};

use crate::findings::{Finding, Target, median};

const WALLETS: u8 = 20;
const ROWS: u32 = 50_000;
/// Rows written at once, as imports do.
const AT_ONCE: usize = 20_000;
/// Both sides once more than is counted: the first run warms the caches.
const RUNS: usize = 3;
/// An import tells each row from those that are held, and finds its part of the table.
const TARGET: Target = Target::AtMost(3.0);

const PLAIN: &str = "CREATE TABLE plain_trades (LIKE wallet_trades INCLUDING ALL)";

pub(crate) async fn compare(database: &Database) -> anyhow::Result<()> {
    let mut owner = database.owner().await?;
    owner.execute(PLAIN).await?;
    let histories = (0..WALLETS).map(history).collect::<anyhow::Result<Vec<_>>>()?;
    let all = u64::from(WALLETS) * u64::from(ROWS);
    let mut runs: Vec<(Duration, Duration)> = Vec::new();
    for run in 0..=RUNS {
        owner.execute("TRUNCATE wallet_trades, plain_trades; CHECKPOINT").await?;
        let began = Instant::now();
        let written = write(database, &histories).await?;
        let import = began.elapsed();
        ensure!(written == all, "{written} rows were written");
        let text = copied_out(&mut owner).await?;
        owner.execute("TRUNCATE wallet_trades; CHECKPOINT").await?;
        let began = Instant::now();
        let mut copy = owner.copy_in_raw("COPY plain_trades FROM STDIN").await?;
        copy.send(text.as_slice()).await?;
        let copied = copy.finish().await?;
        let copy = began.elapsed();
        ensure!(copied == all, "{copied} rows were copied");
        eprintln!(
            "import {:.2} s, COPY of {:.0} MB {:.2} s",
            import.as_secs_f64(),
            text.len() as f64 / 1e6,
            copy.as_secs_f64()
        );
        if run > 0 {
            runs.push((import, copy));
        }
    }
    owner.execute("TRUNCATE wallet_trades; DROP TABLE plain_trades").await?;
    let seconds = |of: fn(&(Duration, Duration)) -> Duration| {
        median(runs.iter().map(|run| of(run).as_secs_f64()))
    };
    Finding {
        what: "1,000,000 rows of activity of 20 wallets".to_owned(),
        figure: format!("{:.2} s", seconds(|run| run.0)),
        baseline: format!("COPY of the same rows {:.2} s", seconds(|run| run.1)),
        value: median(runs.iter().map(|(import, copy)| import.as_secs_f64() / copy.as_secs_f64())),
        unit: "×",
        target: Some(TARGET),
    }
    .print()
}

async fn write(database: &Database, histories: &[(Address, Vec<Activity>)]) -> anyhow::Result<u64> {
    let now = Utc::now();
    let mut written = 0;
    for (wallet, rows) in histories {
        for part in rows.chunks(AT_ONCE) {
            let mut tx = database.service().begin().await?;
            written += activity::record(&mut tx, wallet, part, now).await?;
            tx.commit().await?;
        }
    }
    Ok(written)
}

async fn copied_out(owner: &mut PgConnection) -> anyhow::Result<Vec<u8>> {
    // The owner is held to the policies too.
    owner.execute("SET ROLE service_role").await?;
    let mut text = Vec::new();
    let mut chunks = owner.copy_out_raw("COPY (SELECT * FROM wallet_trades) TO STDOUT").await?;
    while let Some(chunk) = chunks.try_next().await? {
        text.extend_from_slice(&chunk);
    }
    drop(chunks);
    owner.execute("RESET ROLE").await?;
    Ok(text)
}

/// What a wallet did in three months, with ids as long as upstream's.
fn history(number: u8) -> anyhow::Result<(Address, Vec<Activity>)> {
    let began: DateTime<Utc> = DateTime::from_timestamp(1_780_000_000, 0).context("a time")?;
    let rows =
        (0..ROWS).map(|row| activity_of(number, row, began)).collect::<anyhow::Result<_>>()?;
    Ok((Address::from_bytes([number; 20]), rows))
}

fn activity_of(wallet: u8, row: u32, began: DateTime<Utc>) -> anyhow::Result<Activity> {
    let market = u128::from(row % 3_000) + 10_u128.pow(37);
    let mut hash = [wallet; 32];
    // Hashes are anything but in order.
    hash[..4].copy_from_slice(&row.wrapping_mul(0x9e37_79b9).to_be_bytes());
    let shares = Decimal::new(i64::from(row % 500 + 1) * 1_234_567, 6);
    let price = Decimal::new(i64::from(row % 999 + 1) * 1_000_003, 9).min(Decimal::ONE);
    Ok(Activity {
        happened_at: began + TimeDelta::seconds(i64::from(row) * 150),
        kind: "trade".to_owned(),
        transaction_hash: Some(TransactionHash::from_bytes(hash)),
        condition_id: Some(ConditionId::parse(&format!("0x{market:064x}"))?),
        token_id: Some(TokenId::parse(&format!("{market}{market}1"))?),
        outcome_index: Some(u8::try_from(row % 2)?),
        direction: Some(if row % 3 == 0 { Direction::Sell } else { Direction::Buy }),
        is_maker: Some(row % 2 == 0),
        price: Some(price),
        shares: Some(Shares::new(shares)?),
        usdc: Some(Usdc::new((shares * price).round_dp(6))?),
        is_combo: false,
    })
}
