//! Connections: which pool may do what, and how one person's security context is entered.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::cluster::Cluster;
use crate::error::StoreError;

/// Oldest server version whose SQL this crate speaks, as `server_version_num` says it.
const OLDEST_SERVER: i32 = 150_000;

/// Name of the database that holds everything in a private cluster.
pub(crate) const PRIVATE_DATABASE: &str = "cascadian";

/// How long a caller waits for a free connection before [`StoreError::Unavailable`].
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);

/// How long opening a connection outside the pools may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections per pool. Together they stay far below the server's limit even with a second
/// process attached to the same cluster.
const POOL_SIZE: u32 = 8;

/// Where the database is.
#[derive(Debug)]
pub enum DatabaseSource {
    /// The private cluster of a data directory. The database keeps the cluster running.
    Private(Cluster),
    /// A server that somebody else runs.
    Url(DatabaseUrl),
}

/// A checked `postgres://…` address. Its `Debug` form shows no secret.
#[derive(Clone)]
pub struct DatabaseUrl(Box<PgConnectOptions>);

/// A database address that cannot be used. The text never repeats the address.
#[derive(Debug, thiserror::Error)]
pub enum InvalidDatabaseUrl {
    /// Neither `postgres://` nor `postgresql://`.
    #[error("the database address must start with postgres:// or postgresql://")]
    Scheme,
    /// A part of the address does not parse.
    #[error("the database address is malformed; expected postgres://USER:PASSWORD@HOST:PORT/NAME")]
    Malformed,
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(address: &str) -> Result<Self, Self::Err> {
        if !(address.starts_with("postgres://") || address.starts_with("postgresql://")) {
            return Err(InvalidDatabaseUrl::Scheme);
        }
        // The parser's own error is dropped on purpose: it may quote what it could not parse.
        address
            .parse()
            .map(|options| Self(Box::new(options)))
            .map_err(|_| InvalidDatabaseUrl::Malformed)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseUrl")
            .field("host", &self.0.get_host())
            .field("port", &self.0.get_port())
            .field("database", &self.0.get_database())
            .finish_non_exhaustive()
    }
}

/// The database, as the roles that this process plays may use it. Cheap to clone.
///
/// Pools connect on demand and drop dead connections, so a restarted server is used again without
/// any action here.
#[derive(Clone)]
pub struct Database {
    service: PgPool,
    public: PgPool,
    owner: PgConnectOptions,
    app: PgConnectOptions,
    /// Held so that the private server outlives every pool on it.
    cluster: Option<Cluster>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Connection options hold the password, so they stay out.
        f.debug_struct("Database")
            .field("name", &self.owner.get_database())
            .field("cluster", &self.cluster)
            .finish_non_exhaustive()
    }
}

impl Database {
    /// Connects once to see that the server is there, is new enough, and, in a private cluster,
    /// has its database. Nothing is migrated: see [`crate::migrate::run`].
    pub async fn open(source: DatabaseSource) -> Result<Self, StoreError> {
        match source {
            DatabaseSource::Private(cluster) => {
                let server = private_options(&cluster).username(Cluster::OWNER);
                ensure_private_database(&server).await?;
                Self::open_private(cluster, PRIVATE_DATABASE).await
            }
            DatabaseSource::Url(DatabaseUrl(options)) => {
                Self::connect((*options).clone(), *options, None).await
            }
        }
    }

    /// Opens an existing database of a private cluster.
    pub(crate) async fn open_private(cluster: Cluster, name: &str) -> Result<Self, StoreError> {
        let options = private_options(&cluster).database(name);
        let owner = options.clone().username(Cluster::OWNER);
        Self::connect(owner, options.username(Cluster::APP), Some(cluster)).await
    }

    /// A connection to the cluster's maintenance database, from which others are made.
    #[cfg(feature = "testing")]
    pub(crate) async fn server_of(cluster: &Cluster) -> Result<PgConnection, StoreError> {
        let options = private_options(cluster).username(Cluster::OWNER);
        connect_once(&options).await
    }

    async fn connect(
        owner: PgConnectOptions,
        app: PgConnectOptions,
        cluster: Option<Cluster>,
    ) -> Result<Self, StoreError> {
        let database = Self {
            service: pool(&app, &SERVICE_SESSION),
            public: pool(&app, &PUBLIC_SESSION),
            owner: owner.application_name("cascadian owner"),
            app,
            cluster,
        };
        let mut connection = database.owner().await?;
        let version: i32 =
            sqlx::query_scalar("SELECT current_setting('server_version_num')::integer")
                .fetch_one(&mut connection)
                .await?;
        connection.close().await?;
        if version < OLDEST_SERVER {
            return Err(StoreError::other(format!(
                "the server is PostgreSQL {}; {} or newer is needed",
                version / 10_000,
                OLDEST_SERVER / 10_000
            )));
        }
        Ok(database)
    }

    /// Connections with the role `service_role`: ingest, jobs, snapshot loading. Statements may
    /// run for 60 s.
    pub fn service(&self) -> &PgPool {
        &self.service
    }

    /// Connections with the role `anon`: what anybody may read. Statements may run for 5 s.
    pub fn public(&self) -> &PgPool {
        &self.public
    }

    /// A fresh connection as the owner of the schema, without time limits, for migrations and
    /// maintenance. Never for serving requests.
    pub async fn owner(&self) -> Result<PgConnection, StoreError> {
        connect_once(&self.owner).await
    }

    /// The private cluster, if this database lives in one.
    pub fn cluster(&self) -> Option<&Cluster> {
        self.cluster.as_ref()
    }

    /// Opens a transaction in which `auth.uid()` is the given user and the role is
    /// `authenticated`, with a single message to the server.
    pub async fn as_user(&self, user_id: Uuid) -> Result<UserTx, StoreError> {
        Ok(UserTx(self.public.begin_with(enter_user_context(user_id)).await?))
    }

    /// A connection of its own with the role `service_role`, for what must hold on to one: the
    /// ingest lock.
    pub(crate) async fn service_connection(&self) -> Result<PgConnection, StoreError> {
        let mut connection =
            connect_once(&self.app.clone().application_name("cascadian ingest")).await?;
        connection.execute(SERVICE_SESSION.setup).await?;
        Ok(connection)
    }

    /// A connection of its own for one [`crate::notify::Listener`], which holds it for ever and so
    /// must not take one away from requests.
    pub(crate) fn listener_pool(&self) -> PgPool {
        pool(&self.app, &LISTENER_SESSION)
    }

    /// Closes every pooled connection, waiting for those in use.
    pub async fn close(&self) {
        self.public.close().await;
        self.service.close().await;
    }
}

/// A transaction in the security context of one user. Dropped without [`UserTx::commit`], it is
/// rolled back; role and claims end with it either way.
#[derive(Debug)]
pub struct UserTx(Transaction<'static, Postgres>);

impl UserTx {
    /// Makes the changes permanent.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }
}

impl Deref for UserTx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for UserTx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

/// The only statement of this crate that is put together at run time: `BEGIN` with settings takes
/// no parameters. It is safe because a [`Uuid`] prints as hexadecimal digits and hyphens only.
fn enter_user_context(user_id: Uuid) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!(
        "BEGIN; SET LOCAL ROLE authenticated; \
         SET LOCAL \"request.jwt.claims\" = '{{\"sub\":\"{user_id}\",\"role\":\"authenticated\"}}'"
    ))
}

/// What a pool's connections are set to before their first use.
struct Session {
    application_name: &'static str,
    connections: u32,
    setup: &'static str,
}

// Every statement is planned for its parameters: a plan kept from when a table was small, or for a typical revision
// instead of the newest, reads whole tables to find a few rows, and a first sync would take time quadratic in them.
const SERVICE_SESSION: Session = Session {
    application_name: "cascadian service",
    connections: POOL_SIZE,
    setup: "SET ROLE service_role; SET statement_timeout = '60s'; SET lock_timeout = '2s'; \
            SET idle_in_transaction_session_timeout = '60s'; SET timezone = 'UTC'; \
            SET plan_cache_mode = force_custom_plan",
};

const PUBLIC_SESSION: Session = Session {
    application_name: "cascadian public",
    connections: POOL_SIZE,
    setup: "SET ROLE anon; SET statement_timeout = '5s'; SET lock_timeout = '2s'; \
            SET idle_in_transaction_session_timeout = '10s'; SET timezone = 'UTC'",
};

const LISTENER_SESSION: Session =
    Session { application_name: "cascadian listener", connections: 1, setup: "SET ROLE anon" };

fn pool(options: &PgConnectOptions, session: &'static Session) -> PgPool {
    PgPoolOptions::new()
        .max_connections(session.connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_connect(|connection, _| {
            Box::pin(async { connection.execute(session.setup).await.map(drop) })
        })
        .connect_lazy_with(options.clone().application_name(session.application_name))
}

/// Opens a connection outside the pools, or gives up: a host that drops packets never refuses.
async fn connect_once(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    match tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(options)).await {
        Ok(connection) => Ok(connection?),
        Err(elapsed) => Err(StoreError::Unavailable(Box::new(elapsed))),
    }
}

/// Options for the cluster's socket, free of what `PG…` variables of the environment say.
fn private_options(cluster: &Cluster) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(cluster.socket_dir())
        .port(Cluster::PORT)
        .ssl_mode(PgSslMode::Disable)
        .database("postgres")
}

/// Creates the private database unless it exists, also when another process does so at the same
/// time.
async fn ensure_private_database(server: &PgConnectOptions) -> Result<(), StoreError> {
    const DUPLICATE_DATABASE: &str = "42P04";
    const UNIQUE_VIOLATION: &str = "23505";

    let mut connection = connect_once(server).await?;
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(PRIVATE_DATABASE)
            .fetch_one(&mut connection)
            .await?;
    if !exists && let Err(error) = connection.execute("CREATE DATABASE cascadian").await {
        let code = error.as_database_error().and_then(DatabaseError::code);
        if !matches!(code.as_deref(), Some(DUPLICATE_DATABASE | UNIQUE_VIOLATION)) {
            return Err(error.into());
        }
    }
    Ok(connection.close().await?)
}
