//! Scores of wallets. What a wallet was scored is never changed: a new score is a new row beside the old.

use chrono::{DateTime, Utc};
use domain::Address;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor};

use crate::column::column;
use crate::wallets::{address, bytes};
use crate::{StoreError, months};

/// What was found out about a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It has a score.
    Scored,
    /// There are too few observations to say.
    TooFew,
    /// Its history does not support one.
    Withheld,
    /// It is of a kind that is not ranked.
    Excluded,
}

impl Verdict {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Scored, Self::TooFew, Self::Withheld, Self::Excluded];

    /// The word in the database and the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Scored => "scored",
            Self::TooFew => "too_few",
            Self::Withheld => "withheld",
            Self::Excluded => "excluded",
        }
    }

    fn of(word: &str) -> Result<Self, StoreError> {
        let known = Self::ALL.into_iter().find(|verdict| verdict.slug() == word);
        known.ok_or_else(|| StoreError::other(format!("no verdict: {word}")))
    }
}

/// A score of a wallet.
#[derive(Debug, Clone, PartialEq)]
pub struct WalletScore {
    /// Whose.
    pub wallet: Address,
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// Observations it rests on.
    pub n: u32,
    /// What was found out.
    pub verdict: Verdict,
    /// Why it is withheld or excluded, by name.
    pub reason: Option<String>,
    /// 0 to 100; there is one exactly if the verdict is [`Verdict::Scored`].
    pub value: Option<f64>,
    /// The ends of its 95 % interval, where it has one.
    pub interval: Option<(f64, f64)>,
    /// What it was made from, by name.
    pub ingredients: Value,
    /// Ids of the records it rests on most.
    pub evidence: Value,
}

/// What was learned from all wallets together.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreRun {
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// Wallets by verdict, in the order of [`Verdict::ALL`].
    pub counts: [u32; 4],
    /// What was learned, by name.
    pub population: Value,
}

/// Makes room for scores of an instant, so that the transaction that writes them need not.
pub async fn make_room(
    executor: impl PgExecutor<'_>,
    as_of: DateTime<Utc>,
) -> Result<(), StoreError> {
    months::prepare(executor, "wallet_scores", vec![as_of]).await
}

/// Writes scores of a kind: those that differ from the wallet's last one as new rows, the others as still so. How many
/// differ.
pub async fn record(
    connection: &mut PgConnection,
    kind: &str,
    scores: &[WalletScore],
) -> Result<u64, StoreError> {
    let instants = scores.iter().map(|score| score.as_of).collect();
    months::prepare(&mut *connection, "wallet_scores", instants).await?;
    let scores: Vec<(&str, &WalletScore)> = scores.iter().map(|score| (kind, score)).collect();
    record_all(connection, &scores).await
}

/// The same of several kinds at once, for which there must be room ([`make_room`]). Scores that are older than what is held are left out: what rests on more is
/// there. Which wallet's is still so is noted once an hour, so that looking often costs nothing.
pub async fn record_all(
    connection: &mut PgConnection,
    scores: &[(&str, &WalletScore)],
) -> Result<u64, StoreError> {
    let wallets = scores.iter().map(|(_, one)| &one.wallet);
    let ends = |of: fn((f64, f64)) -> f64| {
        scores.iter().map(|(_, one)| one.interval.map(of)).collect::<Vec<_>>()
    };
    let changed = sqlx::query(
        "WITH told AS (
             SELECT * FROM unnest($1::text[], $2::bytea[], $3::timestamptz[], $4::smallint[], $5::integer[],
                 $6::text[], $7::text[], $8::double precision[], $9::double precision[], $10::double precision[],
                 $11::jsonb[], $12::jsonb[])
                 AS n (kind, wallet_address, as_of, version, n, verdict, reason, value, low, high, ingredients, evidence)
         ), new AS (
             SELECT told.*, held.checked_at AS held_at,
                    (held.version, held.n, held.verdict, held.reason, held.value, held.low, held.high,
                     held.ingredients, held.evidence)
                    IS NOT DISTINCT FROM (told.version, told.n, told.verdict, told.reason, told.value, told.low,
                                          told.high, told.ingredients, told.evidence) AS is_same
             FROM told LEFT JOIN current_wallet_scores AS held
                  ON held.wallet_address = told.wallet_address AND held.kind = told.kind
             WHERE held.checked_at IS NULL OR held.checked_at <= told.as_of
         ), still AS (
             UPDATE current_wallet_scores AS held SET checked_at = new.as_of
             FROM new WHERE held.wallet_address = new.wallet_address AND held.kind = new.kind AND new.is_same
               AND new.held_at <= new.as_of - interval '1 hour'
         ), kept AS (
             INSERT INTO wallet_scores (wallet_address, kind, as_of, version, n, verdict, reason, value, low, high,
                                        ingredients, evidence)
             SELECT wallet_address, kind, as_of, version, n, verdict, reason, value, low, high, ingredients, evidence
             FROM new WHERE NOT is_same
             -- Two within the same moment: the second counts, and the first is what was said.
             ON CONFLICT DO NOTHING
         )
         INSERT INTO current_wallet_scores (wallet_address, kind, as_of, checked_at, version, n, verdict, reason, value,
                                            low, high, ingredients, evidence)
         SELECT wallet_address, kind, as_of, as_of, version, n, verdict, reason, value, low, high, ingredients, evidence
         FROM new WHERE NOT is_same ORDER BY kind, wallet_address
         ON CONFLICT (wallet_address, kind) DO UPDATE
         SET as_of = EXCLUDED.as_of, checked_at = EXCLUDED.checked_at, version = EXCLUDED.version, n = EXCLUDED.n,
             verdict = EXCLUDED.verdict, reason = EXCLUDED.reason, value = EXCLUDED.value, low = EXCLUDED.low,
             high = EXCLUDED.high, ingredients = EXCLUDED.ingredients, evidence = EXCLUDED.evidence",
    )
    .bind(scores.iter().map(|(kind, _)| *kind).collect::<Vec<_>>())
    .bind(bytes(wallets))
    .bind(scores.iter().map(|(_, one)| one.as_of).collect::<Vec<_>>())
    .bind(scores.iter().map(|(_, one)| one.version).collect::<Vec<_>>())
    .bind(scores.iter().map(|(_, one)| i32::try_from(one.n).unwrap_or(i32::MAX)).collect::<Vec<_>>())
    .bind(scores.iter().map(|(_, one)| one.verdict.slug()).collect::<Vec<_>>())
    .bind(scores.iter().map(|(_, one)| one.reason.as_deref()).collect::<Vec<_>>())
    .bind(scores.iter().map(|(_, one)| one.value).collect::<Vec<_>>())
    .bind(ends(|interval| interval.0))
    .bind(ends(|interval| interval.1))
    .bind(scores.iter().map(|(_, one)| &one.ingredients).collect::<Vec<_>>())
    .bind(scores.iter().map(|(_, one)| &one.evidence).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(changed.rows_affected())
}

/// Notes what was learned from all wallets together.
pub async fn record_run(
    connection: &mut PgConnection,
    kind: &str,
    run: &ScoreRun,
) -> Result<(), StoreError> {
    let counts = run.counts.map(|count| i32::try_from(count).unwrap_or(i32::MAX));
    sqlx::query(
        "INSERT INTO score_runs (kind, as_of, version, scored, too_few, withheld, excluded, population)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind(kind)
    .bind(run.as_of)
    .bind(run.version)
    .bind(counts[0])
    .bind(counts[1])
    .bind(counts[2])
    .bind(counts[3])
    .bind(&run.population)
    .execute(connection)
    .await?;
    Ok(())
}

/// The last time all wallets were scored.
pub async fn last_run(
    executor: impl PgExecutor<'_>,
    kind: &str,
) -> Result<Option<ScoreRun>, StoreError> {
    let sql =
        "SELECT as_of, version, scored, too_few, withheld, excluded, population FROM score_runs
               WHERE kind = $1 ORDER BY as_of DESC LIMIT 1";
    let row = sqlx::query(sql).bind(kind).fetch_optional(executor).await?;
    row.map(|row| {
        let count = |name| u32::try_from(column::<i32>(&row, name)?).map_err(StoreError::other);
        Ok(ScoreRun {
            as_of: column(&row, "as_of")?,
            version: column(&row, "version")?,
            counts: [count("scored")?, count("too_few")?, count("withheld")?, count("excluded")?],
            population: column(&row, "population")?,
        })
    })
    .transpose()
}

const COLUMNS: &str =
    "wallet_address, as_of, version, n, verdict, reason, value, low, high, ingredients, evidence";

/// How many wallets have each verdict of a kind now, in the order of [`Verdict::ALL`].
pub async fn counts(executor: impl PgExecutor<'_>, kind: &str) -> Result<[u32; 4], StoreError> {
    let sql =
        "SELECT verdict, count(*) FROM current_wallet_scores WHERE kind = $1 GROUP BY verdict";
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).bind(kind).fetch_all(executor).await?;
    let of = |verdict: Verdict| {
        let row = rows.iter().find(|(word, _)| word == verdict.slug());
        row.map_or(Ok(0), |(_, count)| u32::try_from(*count).map_err(StoreError::other))
    };
    let [scored, too_few, withheld, excluded] = Verdict::ALL.map(of);
    Ok([scored?, too_few?, withheld?, excluded?])
}

/// The last score of a kind that a wallet was given.
pub async fn current(
    executor: impl PgExecutor<'_>,
    kind: &str,
    wallet: &Address,
) -> Result<Option<WalletScore>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM current_wallet_scores WHERE wallet_address = $1 AND kind = $2"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(wallet.to_bytes().to_vec())
        .bind(kind)
        .fetch_optional(executor)
        .await?;
    row.as_ref().map(decode).transpose()
}

/// Every score of a kind that a wallet was ever given, the newest first.
pub async fn history(
    executor: impl PgExecutor<'_>,
    kind: &str,
    wallet: &Address,
) -> Result<Vec<WalletScore>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM wallet_scores WHERE wallet_address = $1 AND kind = $2 ORDER BY as_of DESC"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(wallet.to_bytes().to_vec())
        .bind(kind)
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

/// A place on a board: the rows after it come next.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardPlace {
    /// The score there.
    pub value: f64,
    /// The wallet there.
    pub wallet: Address,
}

/// The wallets with the highest scores of a kind, of at least `least`.
pub async fn board(
    executor: impl PgExecutor<'_>,
    kind: &str,
    least: f64,
    after: Option<&BoardPlace>,
    limit: u32,
) -> Result<Vec<WalletScore>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM current_wallet_scores
         WHERE kind = $1 AND verdict = 'scored' AND value >= $2
           AND ($3::double precision IS NULL OR value < $3 OR (value = $3 AND wallet_address > $4))
         ORDER BY value DESC, wallet_address LIMIT $5"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(kind)
        .bind(least)
        .bind(after.map(|place| place.value))
        .bind(after.map(|place| place.wallet.to_bytes().to_vec()))
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<WalletScore, StoreError> {
    let (low, high): (Option<f64>, Option<f64>) = (column(row, "low")?, column(row, "high")?);
    Ok(WalletScore {
        wallet: address(row, "wallet_address")?,
        as_of: column(row, "as_of")?,
        version: column(row, "version")?,
        n: u32::try_from(column::<i32>(row, "n")?).map_err(StoreError::other)?,
        verdict: Verdict::of(column(row, "verdict")?)?,
        reason: column(row, "reason")?,
        value: column(row, "value")?,
        interval: low.zip(high),
        ingredients: column(row, "ingredients")?,
        evidence: column(row, "evidence")?,
    })
}
