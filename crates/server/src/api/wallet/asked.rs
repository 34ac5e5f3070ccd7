//! The wallet a request is about: who is meant, what is held, and the import that its being asked for starts.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, ErrorCode};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DefaultKeyedStateStore,
};
use store::wallets::{
    self, FoundBy, History, Wallet,
    imports::{self, ImportState, Priority},
};

use crate::{
    api::{
        reply::{ItemMetadata, loaded_snapshot},
        wallet::{
            names::{Resolved, resolve},
            reply::{WalletListMetadata, WalletMetadata},
        },
    },
    catalog::Snapshot,
    http::{
        client::{Client, network},
        error::ApiError,
        extract::Path,
        state::AppState,
    },
    view::wallet::{BooksView, HistoryView, ImportView, KnownMarkets},
};

/// How old a history may be before the news are asked for.
const REFRESH_AFTER: TimeDelta = TimeDelta::minutes(15);
/// Wallets that are not held which a client may ask for in a minute in the long run.
const NEW_PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("not zero");
/// How many clients are remembered before those that have been quiet are forgotten.
const REMEMBERED_CLIENTS: usize = 10_000;

/// Counts the wallets that clients of other machines ask for and that are not held: upstream is asked whose they are,
/// and their import may take minutes.
#[derive(Debug)]
pub struct ImportLimits(RateLimiter<IpAddr, DefaultKeyedStateStore<IpAddr>, DefaultClock>);

impl Default for ImportLimits {
    fn default() -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(NEW_PER_MINUTE)))
    }
}

impl ImportLimits {
    pub(crate) fn admit(&self, client: Client) -> Result<(), ApiError> {
        let Client::Remote(address) = client else { return Ok(()) };
        if self.0.len() > REMEMBERED_CLIENTS {
            self.0.retain_recent();
        }
        self.0.check_key(&network(address)).map_err(|refusal| {
            let wait = refusal.wait_time_from(DefaultClock::default().now());
            ApiError::new(ErrorCode::RateLimited)
                .saying("Too many wallets were asked for whose history is not held yet.")
                .retry_after(wait)
        })
    }
}

/// What an import is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    /// Nothing is held.
    Everything,
    /// What is held is old.
    News,
}

/// Whether to ask for an import. One that is under way, was asked for already, or is waited with after it failed, is
/// not asked for again.
fn wanted(
    history: Option<&History>,
    planned: Option<&ImportState>,
    now: DateTime<Utc>,
) -> Option<Want> {
    let is_coming = planned.is_some_and(|planned| {
        let is_asked = planned.priority == Priority::Asked && planned.due_at <= now;
        planned.running || planned.attempts > 0 || is_asked
    });
    match history {
        _ if is_coming => None,
        None => Some(Want::Everything),
        Some(history) => (now - history.imported_at > REFRESH_AFTER).then_some(Want::News),
    }
}

/// The wallet a request is about.
#[derive(Debug)]
pub struct AskedWallet {
    /// Its address.
    pub address: Address,
    /// What is held of it; `None` where nobody had heard of it.
    pub held: Option<Wallet>,
    /// Where its import stands.
    pub import: ImportView,
    /// The catalogue its rows are about.
    pub snapshot: Arc<Snapshot>,
    metadata: WalletMetadata,
}

impl AskedWallet {
    /// Finds out who is meant, and asks for an import where one is needed.
    pub async fn read(app: &AppState, client: Client, text: &str) -> Result<Self, ApiError> {
        let snapshot = loaded_snapshot(app)?;
        let now = Utc::now();
        let Resolved { address, held, by, is_counted } = resolve(app, client, text).await?;
        let planned = imports::state(app.database().public(), &address, now).await?;
        let history = held.as_ref().and_then(|wallet| wallet.history.as_ref());
        let mut import = ImportView::of(held.as_ref(), planned.as_ref());
        if let Some(want) = wanted(history, planned.as_ref(), now) {
            let unpaid = (!is_counted).then_some(client);
            match (want, ask(app, unpaid, &address, want, now).await) {
                (_, Ok(())) => import.due_at = Some(now),
                // What is held can be shown all the same.
                (Want::News, Err(error)) => {
                    tracing::warn!(%address, code = error.code().code(), "an import cannot be asked for");
                }
                (Want::Everything, Err(error)) => return Err(error),
            }
        }
        let metadata = WalletMetadata {
            item: ItemMetadata::of(app, &snapshot, now),
            address: address.to_string(),
            resolved_from: by.map(|_| text.to_owned()),
            resolved_by: by.map(str::to_owned),
            import: import.clone(),
            books: history.map(BooksView::of),
            history: history.map(HistoryView::from),
        };
        Ok(Self { address, held, import, snapshot, metadata })
    }

    /// What an answer says of it.
    pub fn metadata(&self) -> WalletMetadata {
        self.metadata.clone()
    }

    /// What a list says of it.
    pub fn list_metadata(&self, total: Option<u64>) -> WalletListMetadata {
        WalletListMetadata { wallet: self.metadata(), total, next_cursor: None }
    }

    /// How complete its history is; `None` before the first import.
    pub fn completeness(&self) -> Option<&str> {
        Some(self.held.as_ref()?.history.as_ref()?.completeness.as_str())
    }

    /// The catalogue and the books, to name and mark its rows.
    pub fn markets<'a>(&'a self, app: &'a AppState) -> KnownMarkets<'a> {
        KnownMarkets::new(&self.snapshot, Some(app.live().books()))
    }
}

/// Asks for an import. `client`: whom to count it to, where it is not counted yet.
async fn ask(
    app: &AppState,
    client: Option<Client>,
    address: &Address,
    want: Want,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    let service = app.database().service();
    let wallets = std::slice::from_ref(address);
    if want == Want::Everything {
        client.map_or(Ok(()), |client| app.import_limits().admit(client))?;
        wallets::found(service, wallets, FoundBy::Asked, now).await?;
    }
    let is_full = want == Want::Everything;
    Ok(imports::want(service, wallets, Priority::Asked, now, is_full).await?)
}

impl FromRequestParts<AppState> for AskedWallet {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, app).await?;
        let client = Client::of(&parts.extensions, &parts.headers);
        Self::read(app, client, &text).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn planned(priority: Priority, due_at: DateTime<Utc>) -> ImportState {
        ImportState {
            priority,
            due_at,
            running: false,
            progress_rows: 0,
            attempts: 0,
            last_error: None,
        }
    }

    fn imported(imported_at: DateTime<Utc>) -> History {
        History {
            imported_at,
            completeness: "full".to_owned(),
            reasons: Vec::new(),
            since: None,
            until: None,
            activity_count: 0,
            first_active_at: None,
            last_active_at: None,
            is_empty: false,
        }
    }

    #[test]
    fn an_import_is_asked_for_once_and_not_while_it_is_under_way() {
        let now = at(100);
        assert_eq!(wanted(None, None, now), Some(Want::Everything));
        let background = planned(Priority::Background, at(50));
        assert_eq!(wanted(None, Some(&background), now), Some(Want::Everything));
        let asked = planned(Priority::Asked, at(99));
        assert_eq!(wanted(None, Some(&asked), now), None);
        let running = ImportState { running: true, ..background };
        assert_eq!(wanted(None, Some(&running), now), None);
        let failed = ImportState { attempts: 1, ..planned(Priority::Asked, at(130)) };
        assert_eq!(wanted(None, Some(&failed), now), None, "it is waited with");
    }

    #[test]
    fn the_news_are_asked_for_when_what_is_held_is_old() {
        let now = at(100);
        let tomorrow = planned(Priority::Background, at(1_500));
        assert_eq!(wanted(Some(&imported(at(95))), Some(&tomorrow), now), None);
        assert_eq!(wanted(Some(&imported(at(80))), Some(&tomorrow), now), Some(Want::News));
        let asked = planned(Priority::Asked, at(100));
        assert_eq!(wanted(Some(&imported(at(80))), Some(&asked), now), None);
    }

    #[test]
    fn other_machines_may_ask_for_so_many_and_this_one_for_any() {
        let limits = ImportLimits::default();
        let remote = Client::Remote("203.0.113.7".parse().unwrap());
        let most = 2 * NEW_PER_MINUTE.get();
        let refused = (0..most).find_map(|_| limits.admit(remote).err()).unwrap();
        assert_eq!(refused.code(), ErrorCode::RateLimited);
        assert!((0..most).all(|_| limits.admit(Client::Local).is_ok()));
    }
}
