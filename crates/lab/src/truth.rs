//! What is true of the world and nobody in it can see: what wallets are, who was on the other side, what
//! was going to happen. For tests and audits; the product must not know these routes.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::exchange::{Crossing, Fill, FillIx, MICRO, Millis, Outcome, PIPS, WalletIx};
use crate::server::App;
use crate::world::{Event, Kind, Person, World};

/// Fills in one answer, at most.
const MAX_FILLS: usize = 10_000;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/lab/truth", get(overview))
        .route("/lab/truth/wallets", get(wallets))
        .route("/lab/truth/wallets/{address}", get(wallet))
        .route("/lab/truth/wallets/{address}/account", get(account))
        .route("/lab/truth/events", get(events))
        .route("/lab/truth/events/{id}", get(event))
        .route("/lab/truth/fills", get(fills))
}

/// A wallet as it is.
#[derive(Serialize)]
struct WalletTruth<'w> {
    address: &'w str,
    kind: &'static str,
    /// How much of the difference between truth and price it sees, 0 to 1.
    skill: f64,
    /// Ring of a washer, cluster of a sybil.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<u32>,
    /// Whom a copy bot follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    leader: Option<&'w str>,
    funder: &'w str,
    joined_at: String,
    redeems_losers: bool,
}

impl<'w> WalletTruth<'w> {
    fn of(world: &'w World, person: &'w Person) -> Self {
        let follows = person.kind == Kind::CopyBot;
        let leader = person.tied_to.filter(|_| follows);
        let leader = leader.and_then(|wallet| world.people().get(wallet as usize));
        Self {
            address: &person.address,
            kind: person.kind.name(),
            skill: person.skill,
            group: person.tied_to.filter(|_| !follows),
            leader: leader.map(|leader| leader.address.as_str()),
            funder: &person.funder,
            joined_at: instant(person.joined_ms),
            redeems_losers: person.redeems_losers(),
        }
    }
}

/// What the exchange itself has in its books of one outcome in one wallet, in millionths.
#[derive(Serialize)]
struct HoldingTruth<'w> {
    condition_id: &'w str,
    outcome: usize,
    shares: i64,
    cost: i64,
    bought: i64,
    spent: i64,
    realized: i64,
    fees: i64,
}

/// What it has of a wallet, in millionths.
#[derive(Serialize)]
struct AccountTruth<'w> {
    cash: i64,
    holdings: Vec<HoldingTruth<'w>>,
}

impl<'w> AccountTruth<'w> {
    fn of(world: &'w World, wallet: WalletIx) -> Self {
        let accounts = world.exchange().accounts();
        let holdings = accounts.of_wallet(wallet).flat_map(|position| {
            let (_, market) = world.market(position.market);
            Outcome::BOTH.into_iter().map(move |outcome| {
                let holding = position.holding(outcome);
                HoldingTruth {
                    condition_id: &market.condition_id,
                    outcome: outcome.index(),
                    shares: holding.shares,
                    cost: holding.cost,
                    bought: holding.bought,
                    spent: holding.spent,
                    realized: holding.realized,
                    fees: holding.fees,
                }
            })
        });
        Self { cash: accounts.cash(wallet), holdings: holdings.collect() }
    }
}

/// A market as it turns out.
#[derive(Serialize)]
struct MarketTruth<'w> {
    id: String,
    condition_id: &'w str,
    token_ids: &'w [String; 2],
    /// What a share of each outcome will pay, in USDC.
    payouts: [f64; 2],
    /// When the outcome becomes known in the world.
    ends_at: String,
    /// When the venue resolves it.
    resolves_at: String,
}

/// An announcement that moves the odds.
#[derive(Serialize)]
struct News {
    public_at: String,
    /// Variance of the log-odds that it takes away.
    information: f64,
}

/// True probabilities of the first outcomes from a moment on.
#[derive(Serialize)]
struct Odds<'w> {
    at: String,
    probabilities: &'w [f32],
}

/// An event as it turns out.
#[derive(Serialize)]
struct EventTruth<'w> {
    id: String,
    slug: &'w str,
    news: Vec<News>,
    markets: Vec<MarketTruth<'w>>,
    /// Oldest first; kept hourly and whenever one moved by a cent.
    path: Vec<Odds<'w>>,
}

impl<'w> EventTruth<'w> {
    fn of(event: &'w Event) -> Self {
        let news = event.belief.announcements().iter().map(|announced| News {
            public_at: instant(announced.public_ms),
            information: announced.information,
        });
        let markets = event.markets.iter().zip(event.belief.verdicts()).map(|(market, verdict)| {
            MarketTruth {
                id: market.number.to_string(),
                condition_id: &market.condition_id,
                token_ids: &market.token_ids,
                payouts: verdict.payouts().map(|usdc| usdc as f64 / MICRO as f64),
                ends_at: instant(market.calendar.ends_s * 1_000),
                resolves_at: instant(market.calendar.closes_s * 1_000),
            }
        });
        let path = event
            .truth
            .iter()
            .map(|truth| Odds { at: instant(truth.at_ms), probabilities: &truth.probabilities });
        Self {
            id: event.number.to_string(),
            slug: &event.slug,
            news: news.collect(),
            markets: markets.collect(),
            path: path.collect(),
        }
    }
}

/// One party of a fill.
#[derive(Serialize)]
struct Party<'w> {
    address: &'w str,
    kind: &'static str,
    token_id: &'w str,
    side: &'static str,
    /// Of its own token, in USDC.
    price: f64,
}

/// A fill with both parties.
#[derive(Serialize)]
struct FillTruth<'w> {
    number: usize,
    at: String,
    transaction_hash: String,
    condition_id: &'w str,
    shares: f64,
    /// `transfer`, `mint` or `merge`.
    crossing: &'static str,
    taker: Party<'w>,
    maker: Party<'w>,
}

impl<'w> FillTruth<'w> {
    fn of(world: &'w World, number: usize, fill: &Fill) -> Self {
        let matched = world.exchange().tape().get(fill.of);
        let (_, market) = world.market(matched.market);
        let party = |wallet, outcome: Outcome, side: crate::exchange::Side, pips| {
            let person = world.person(wallet);
            Party {
                address: &person.address,
                kind: person.kind.name(),
                token_id: &market.token_ids[outcome.index()],
                side: side.name(),
                price: f64::from(pips) / f64::from(PIPS),
            }
        };
        let taken = if fill.outcome == matched.outcome { fill.price } else { PIPS - fill.price };
        Self {
            number,
            at: instant(matched.at_ms),
            transaction_hash: world.transaction_hash(matched.transaction),
            condition_id: &market.condition_id,
            shares: fill.shares as f64 / MICRO as f64,
            crossing: match fill.crossing {
                Crossing::Transfer => "transfer",
                Crossing::Mint => "mint",
                Crossing::Merge => "merge",
            },
            taker: party(matched.taker, matched.outcome, matched.side, taken),
            maker: party(fill.maker, fill.outcome, fill.side, fill.price),
        }
    }
}

async fn overview(State(app): State<App>) -> Response {
    in_world(&app, |world| {
        let count = |kind: Kind| world.people().iter().filter(|p| p.kind == kind).count();
        let kinds: serde_json::Map<_, _> = Kind::ALL
            .into_iter()
            .map(|kind| (kind.name().to_owned(), count(kind).into()))
            .collect();
        Some(json!({
            "wallets": kinds,
            "events": world.events().len(),
            "matches": world.exchange().tape().matches().len(),
            "fills": world.exchange().tape().fills().len(),
            "audit": world.audit().map_or_else(|error| error.to_string(), |()| "balanced".to_owned()),
        }))
    })
}

#[derive(Deserialize)]
struct WalletQuery {
    kind: Option<String>,
}

async fn wallets(State(app): State<App>, Query(query): Query<WalletQuery>) -> Response {
    in_world(&app, |world| {
        let wanted =
            |person: &&Person| query.kind.as_ref().is_none_or(|kind| kind == person.kind.name());
        let people = world.people().iter().filter(wanted);
        serde_json::to_value(people.map(|p| WalletTruth::of(world, p)).collect::<Vec<_>>()).ok()
    })
}

async fn wallet(State(app): State<App>, Path(address): Path<String>) -> Response {
    in_world(&app, |world| {
        let person = world.person(world.by_address(&address)?);
        serde_json::to_value(WalletTruth::of(world, person)).ok()
    })
}

async fn account(State(app): State<App>, Path(address): Path<String>) -> Response {
    in_world(&app, |world| {
        serde_json::to_value(AccountTruth::of(world, world.by_address(&address)?)).ok()
    })
}

async fn events(State(app): State<App>) -> Response {
    in_world(&app, |world| {
        let rows = world.events().iter().map(|event| {
            json!({
                "id": event.number.to_string(),
                "slug": event.slug,
                "news": event.belief.announcements().len(),
            })
        });
        Some(rows.collect())
    })
}

async fn event(State(app): State<App>, Path(id): Path<String>) -> Response {
    in_world(&app, |world| {
        let event = world.event_by_number(id.parse().ok()?)?;
        serde_json::to_value(EventTruth::of(event)).ok()
    })
}

#[derive(Deserialize)]
struct FillQuery {
    /// Number of the first fill wanted.
    #[serde(default)]
    from: usize,
    limit: Option<usize>,
}

async fn fills(State(app): State<App>, Query(query): Query<FillQuery>) -> Response {
    in_world(&app, |world| {
        let limit = query.limit.unwrap_or(MAX_FILLS).min(MAX_FILLS);
        let tape = world.exchange().tape();
        let numbers = (query.from..tape.fills().len()).take(limit);
        let fill = |number| FillTruth::of(world, number, tape.fill(FillIx::next(number)));
        serde_json::to_value(numbers.map(fill).collect::<Vec<_>>()).ok()
    })
}

/// 404 when there is nothing of the sort, or no world.
fn in_world(app: &App, answer: impl FnOnce(&World) -> Option<serde_json::Value>) -> Response {
    match app.lab.with_world(|world| answer(world)).flatten() {
        Some(value) => Json(value).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({"error": "nothing of the sort in this lab"})))
            .into_response(),
    }
}

fn instant(at_ms: Millis) -> String {
    DateTime::from_timestamp_millis(at_ms)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
