//! The lab as a server: what it serves and what it counts.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::catalogue::Catalogue;
use crate::cdn::{self, Cdn};
use crate::clob;
use crate::clock;
use crate::control;
use crate::data;
use crate::faults::{Fault, FaultKind, Faults, InvalidFault, inject};
use crate::gamma;
use crate::gamma::Problem;
use crate::limits::{self, Limits};
use crate::sockets::{self, Desk};
use crate::truth;
use crate::world::World;

/// On every response: what it comes from, so that nobody takes it for the real host.
const LAB_HEADER: HeaderName = HeaderName::from_static("x-cascadian-lab");

/// A Polymarket to serve. Clones share everything, so a test keeps one while [`serve`] has another.
#[derive(Clone, Debug)]
pub struct Lab {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    source: Source,
    faults: Faults,
    limits: Limits,
    cdn: Cdn,
    requests: Mutex<BTreeMap<String, u64>>,
    desk: Desk,
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

    /// Serves a generated world that [`serve`] advances to the wall clock ten times a second.
    pub fn world_live(world: World) -> Self {
        Self::new(Source::World { world: Arc::new(Mutex::new(world)), live: true })
    }

    fn new(source: Source) -> Self {
        Self {
            inner: Arc::new(Inner {
                source,
                faults: Faults::default(),
                limits: Limits::default(),
                cdn: Cdn::default(),
                requests: Mutex::default(),
                desk: Desk::default(),
            }),
        }
    }

    /// Looks at or advances the world; `None` for a replay. What happened in it is on its way to those
    /// who listen on the sockets when this returns.
    pub fn with_world<R>(&self, action: impl FnOnce(&mut World) -> R) -> Option<R> {
        let Source::World { world, .. } = &self.inner.source else { return None };
        let mut world = lock(world);
        let result = action(&mut world);
        let is_news = self.inner.desk.collect(&mut world);
        // Messages are written and sent while the world is free.
        drop(world);
        if is_news {
            self.inner.desk.deliver();
        }
        Some(result)
    }

    /// Switches a fault on and returns its number. Those that act on the world do so at once.
    ///
    /// # Errors
    /// When its settings make no sense, or the world has nothing to strike.
    pub fn inject(&self, fault: Fault) -> Result<u64, InvalidFault> {
        if fault.kind != FaultKind::ResolutionFlip {
            return self.faults().inject(fault);
        }
        match self.with_world(World::overturn_latest) {
            Some(flipped) if !flipped.is_empty() => Ok(self.faults().note(fault)),
            _ => Err(InvalidFault::NothingToFlip),
        }
    }

    /// Faults to switch on and off, but for those that act on the world.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// Rate limits to change; as documented unless changed.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    pub(crate) fn cdn(&self) -> &Cdn {
        &self.inner.cdn
    }

    /// Requests so far by route, such as `/gamma/events/{id}`; those no route takes count as
    /// `unrouted`.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        lock(&self.inner.requests).clone()
    }

    /// Whether [`serve`] keeps the world at the wall clock.
    pub(crate) fn is_live(&self) -> bool {
        matches!(self.inner.source, Source::World { live: true, .. })
    }

    /// Where news become messages.
    pub(crate) fn desk(&self) -> &Desk {
        &self.inner.desk
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
            Source::World { world, .. } => lock(world).label(),
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
    lab.with_world(|world| world.exchange_mut().set_reporting(true));
    let clock = clock::keep(lab.clone(), shutdown.clone());
    // Small messages go out at once.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "A connection may delay small messages.");
        }
    });
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
        .nest("/clob", clob::routes())
        .nest("/data", data::routes())
        .nest("/user-pnl", data::chart_routes())
        .merge(sockets::routes())
        .layer(middleware::from_fn_with_state(app.clone(), cdn::serve))
        .layer(middleware::from_fn_with_state(app.clone(), inject))
        .layer(middleware::from_fn_with_state(app.clone(), limits::enforce))
        .merge(control::routes())
        .merge(truth::routes())
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
