//! The lab as a server: what it serves, what it counts, and its clock.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use chrono::Utc;
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::catalogue::Catalogue;
use crate::control;
use crate::faults::{Faults, inject};
use crate::gamma;
use crate::gamma::Problem;
use crate::world::World;

/// On every response: what it comes from, so that nobody takes it for the real host.
const LAB_HEADER: HeaderName = HeaderName::from_static("x-cascadian-lab");

/// How often a live world looks at the clock.
const CLOCK_PERIOD: Duration = Duration::from_secs(1);

/// A Polymarket to serve. Clones share everything, so a test keeps one while [`serve`] has another.
#[derive(Clone, Debug)]
pub struct Lab {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    source: Source,
    faults: Faults,
    requests: Mutex<BTreeMap<String, u64>>,
}

#[derive(Debug)]
pub(crate) enum Source {
    Replay(Arc<Catalogue>),
    World { world: Arc<Mutex<World>>, live: bool },
}

impl Lab {
    /// Serves recorded rows.
    pub fn replay(catalogue: Catalogue) -> Self {
        Self::new(Source::Replay(Arc::new(catalogue)))
    }

    /// Serves a generated world that moves only when told to, through [`Lab::with_world`].
    pub fn world(world: World) -> Self {
        Self::new(Source::World { world: Arc::new(Mutex::new(world)), live: false })
    }

    /// Serves a generated world that [`serve`] advances to the wall clock every second.
    pub fn world_live(world: World) -> Self {
        Self::new(Source::World { world: Arc::new(Mutex::new(world)), live: true })
    }

    fn new(source: Source) -> Self {
        Self {
            inner: Arc::new(Inner {
                source,
                faults: Faults::default(),
                requests: Mutex::default(),
            }),
        }
    }

    /// Looks at or advances the world; `None` for a replay.
    pub fn with_world<R>(&self, action: impl FnOnce(&mut World) -> R) -> Option<R> {
        match &self.inner.source {
            Source::Replay(_) => None,
            Source::World { world, .. } => Some(action(&mut lock(world))),
        }
    }

    /// Faults to switch on and off.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// Requests so far by route, such as `/gamma/events/{id}`; those no route takes count as
    /// `unrouted`.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        lock(&self.inner.requests).clone()
    }

    pub(crate) fn source(&self) -> &Source {
        &self.inner.source
    }

    /// The rows as of now.
    pub(crate) async fn catalogue(&self) -> Result<Arc<Catalogue>, Problem> {
        match &self.inner.source {
            Source::Replay(catalogue) => Ok(Arc::clone(catalogue)),
            Source::World { world, .. } => {
                let world = Arc::clone(world);
                // Rows that changed since the last request are written here.
                tokio::task::spawn_blocking(move || lock(&world).catalogue())
                    .await
                    .map_err(|_| Problem::Broken("the world broke; see the lab's log"))
            }
        }
    }

    fn label(&self) -> String {
        match &self.inner.source {
            Source::Replay(_) => "replay".to_owned(),
            Source::World { world, .. } => format!("world; seed={}", lock(world).seed()),
        }
    }

    fn count(&self, route: &str) {
        let mut requests = lock(&self.inner.requests);
        if let Some(count) = requests.get_mut(route) {
            *count += 1;
        } else {
            requests.insert(route.to_owned(), 1);
        }
    }
}

/// The world stays usable after a panic in a request: its steps are applied event by event.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What handlers see.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) lab: Lab,
    /// Ends responses that would otherwise hang for ever.
    pub(crate) shutdown: CancellationToken,
}

/// Serves `lab` until `shutdown` is cancelled; requests under way are finished first.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, lab: Lab, shutdown: CancellationToken) -> io::Result<()> {
    let clock = run_clock(lab.clone(), shutdown.clone());
    let server = axum::serve(listener, app(lab, shutdown.clone()))
        .with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let until_stopped = async {
        let result = server.await;
        shutdown.cancel();
        result
    };
    let (result, ()) = tokio::join!(until_stopped, clock);
    result
}

fn app(lab: Lab, shutdown: CancellationToken) -> Router {
    let label = HeaderValue::try_from(lab.label())
        .unwrap_or_else(|_| HeaderValue::from_static("unlabelled"));
    let app = App { lab, shutdown };
    Router::new()
        .nest("/gamma", gamma::routes())
        .layer(middleware::from_fn_with_state(app.clone(), inject))
        .merge(control::routes())
        .layer(middleware::from_fn_with_state(app.clone(), count))
        .layer(middleware::from_fn(move |request: Request, next: Next| {
            let label = label.clone();
            async move {
                let mut response = next.run(request).await;
                response.headers_mut().insert(LAB_HEADER, label);
                response
            }
        }))
        .with_state(app)
}

async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("unrouted", MatchedPath::as_str);
    app.lab.count(route);
    next.run(request).await
}

/// Keeps a live world at the wall clock.
async fn run_clock(lab: Lab, shutdown: CancellationToken) {
    let Source::World { world, live: true } = lab.source() else { return };
    let mut ticks = interval(CLOCK_PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        let world = Arc::clone(world);
        let step = tokio::task::spawn_blocking(move || lock(&world).advance(Utc::now()));
        if let Err(error) = step.await {
            tracing::error!(%error, "The world could not be advanced.");
        }
    }
}
