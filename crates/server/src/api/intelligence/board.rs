//! What the lists of intelligence have in common: filters and a page of what they leave, who its wallets are, and what
//! an empty one waits for.

use axum::response::Response;
use domain::{Address, QueryReader};
use serde::{Serialize, de::DeserializeOwned};
use store::{PgPool, StoreError};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use super::{
    asked::{Part, Who, cursor_of, part_parameters},
    context::{Context, People, waiting_for},
};
use crate::{
    api::reply::Reply,
    http::{cache::CachePolicy, error::ApiError, extract::FromQuery, state::AppState},
    view::intelligence::{MarketNames, RowsPage},
};

/// Rows that are looked at for one page of a list that is narrowed by what only the catalogue knows.
const MOST_SIEVED: usize = 10_000;
/// Rows read at a time for that.
const SIEVED_AT_ONCE: u32 = 500;

/// A list: its filters, wherever a page of it begins.
pub(crate) trait Board: FromQuery + IntoParams + Send + Sync + 'static {
    /// Where a page begins.
    type Place: Serialize + DeserializeOwned + Send + Sync;
    /// A row, as it is answered.
    type Row: Serialize + Send;

    /// By which wallets it is narrowed with a score that may be withdrawn.
    fn who(&self) -> Option<&Who> {
        None
    }

    /// A page.
    fn page(
        &self,
        context: &Context,
        part: &Part<Self::Place>,
    ) -> impl Future<Output = Result<RowsPage<Self::Row>, ApiError>> + Send;
}

/// Which page of a list.
#[derive(Debug)]
pub(crate) struct Paged<B: Board> {
    pub(crate) selection: B,
    pub(crate) part: Part<B::Place>,
}

impl<B: Board> FromQuery for Paged<B> {
    fn read(query: &mut QueryReader) -> Self {
        Self { selection: B::read(query), part: Part::read(query) }
    }
}

impl<B: Board> IntoParams for Paged<B> {
    fn into_params(wherever: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = B::into_params(wherever);
        all.extend(part_parameters());
        all
    }
}

/// A page, as a route answers it.
pub(crate) async fn answer<B: Board>(
    app: &AppState,
    query: &Paged<B>,
) -> Result<Reply<RowsPage<B::Row>>, ApiError> {
    let context = context_for(app, &query.selection).await?;
    let page = query.selection.page(&context, &query.part).await?;
    Ok(context.reply(page))
}

/// The answer of a route.
pub(crate) async fn respond<B: Board>(
    app: &AppState,
    query: &Paged<B>,
) -> Result<Response, ApiError> {
    Ok(answer(app, query).await?.respond(CachePolicy::NoStore))
}

/// What a list is answered with.
pub(super) async fn context_for<B: Board>(
    app: &AppState,
    selection: &B,
) -> Result<Context, ApiError> {
    let context = Context::load(app).await?;
    context.refuse_withdrawn(selection.who().and_then(|who| who.score))?;
    Ok(context)
}

/// A list whose rows the database has in order. It is a [`Board`] by what is said here.
pub(crate) trait Listed: FromQuery + IntoParams + Send + Sync + 'static {
    /// What the database is asked with.
    type Filter: Send + Sync;
    /// Where a page begins.
    type Place: Serialize + DeserializeOwned + Clone + Send + Sync;
    /// A row, as it is held.
    type Stored: Send + Sync;
    /// A row, as it is answered.
    type Row: Serialize + Send;

    /// By which wallets it is narrowed with a score that may be withdrawn.
    fn who(&self) -> Option<&Who> {
        None
    }

    /// What these filters mean to the database.
    fn filter(&self, context: &Context) -> Result<Self::Filter, ApiError>;

    /// The rows after a place, in order.
    fn fetch(
        pool: &PgPool,
        filter: &Self::Filter,
        after: Option<Self::Place>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Self::Stored>, StoreError>> + Send;

    /// The place after a row.
    fn place(filter: &Self::Filter, row: &Self::Stored) -> Self::Place;

    /// Whether the catalogue may leave out what the database has found.
    fn is_sieved(&self) -> bool {
        false
    }

    /// Whether the catalogue keeps a row.
    fn keeps(&self, _context: &Context, _filter: &Self::Filter, _row: &Self::Stored) -> bool {
        true
    }

    /// The wallets that a row shows.
    fn wallets(row: &Self::Stored) -> Vec<Address>;

    /// A row, as it is answered.
    fn view(row: &Self::Stored, people: &People, markets: &mut MarketNames<'_>) -> Self::Row;

    /// Whether there was ever a row, under whatever filter.
    fn any(&self, pool: &PgPool) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// What must come first before there can be a row.
    fn waiting(&self) -> &'static str;
}

impl<L: Listed> Board for L {
    type Place = L::Place;
    type Row = L::Row;

    fn who(&self) -> Option<&Who> {
        Listed::who(self)
    }

    async fn page(
        &self,
        context: &Context,
        part: &Part<L::Place>,
    ) -> Result<RowsPage<L::Row>, ApiError> {
        let pool = context.app.database().public();
        let (stored, next_cursor) = found(self, context, part).await?;
        let wallets: Vec<_> = stored.iter().flat_map(L::wallets).collect();
        let people = context.people(&wallets).await?;
        let is_empty = stored.is_empty() && part.after.is_none();
        let has_any = !is_empty || self.any(pool).await?;
        let mut markets = context.markets();
        Ok(RowsPage {
            rows: stored.iter().map(|row| L::view(row, &people, &mut markets)).collect(),
            next_cursor,
            waiting_for: waiting_for(is_empty, has_any, self.waiting()),
        })
    }
}

/// The rows of a page as they are held, and where the next page begins.
async fn found<L: Listed>(
    list: &L,
    context: &Context,
    part: &Part<L::Place>,
) -> Result<(Vec<L::Stored>, Option<String>), ApiError> {
    let pool = context.app.database().public();
    let filter = list.filter(context)?;
    let limit = part.limit as usize;
    // One more than asked for tells whether there are more.
    let at_once = if list.is_sieved() { SIEVED_AT_ONCE } else { part.limit + 1 };
    let (mut kept, mut seen, mut after) = (Vec::new(), 0, part.after.clone());
    loop {
        let rows = L::fetch(pool, &filter, after.clone(), at_once).await?;
        let is_last = rows.len() < at_once as usize;
        seen += rows.len();
        after = rows.last().map(|row| L::place(&filter, row));
        kept.extend(rows.into_iter().filter(|row| list.keeps(context, &filter, row)));
        if kept.len() > limit {
            kept.truncate(limit);
            after = kept.last().map(|row| L::place(&filter, row));
            return Ok((kept, after.as_ref().map(cursor_of)));
        }
        if is_last {
            return Ok((kept, None));
        }
        if seen >= MOST_SIEVED {
            return Ok((kept, after.as_ref().map(cursor_of)));
        }
    }
}
