//! `/comments`: threads on events and series.
//!
//! `limit` and `offset` count threads; their replies come along, each thread with its root first.

mod rows;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::answer::{Answer, Pairs, array, ask, json_body, keyset_page, number};
use super::lists::Limits;
use super::params::Params;
use super::problem::Problem;
use crate::json::Members;
use crate::server::App;
use crate::world::comments::{self, Heading, Parent, Thread};
use crate::world::{World, profile};
use rows::{Detail, Place};

const LIMITS: Limits = Limits { default: 20, max: 100, max_offset: Some(200) };

/// What threads are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    /// Also the order of ids.
    Time,
    Likes,
}

/// `order` and `ascending`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Order {
    column: Column,
    descending: bool,
}

impl Order {
    /// Without `order` the newest come first, whatever `ascending` says.
    fn read(params: &Params) -> Result<Self, Problem> {
        let column = match params.one("order") {
            None => return Ok(Self { column: Column::Time, descending: true }),
            Some("id" | "createdAt") => Column::Time,
            Some("reactionCount") => Column::Likes,
            Some(_) => return Err(Problem::wrong_order()),
        };
        Ok(Self { column, descending: params.flag("ascending")? == Some(false) })
    }

    fn sort(self, world: &World, threads: &mut [Thread]) {
        if self.column == Column::Likes {
            threads.sort_by_cached_key(|thread| comments::likes(world, &thread.root).len());
        }
        if self.descending {
            threads.reverse();
        }
    }
}

/// `parent_entity_type` and `parent_entity_id`. `None` for perpetuals, which the lab has not.
fn read_parent(params: &Params) -> Result<Option<Parent>, Problem> {
    let required = |name: &'static str| {
        let missing = || Problem::Invalid(format!("query parameter {name} is required"));
        params.one(name).ok_or_else(missing)
    };
    let kind = required("parent_entity_type")?;
    let id = required("parent_entity_id")?;
    let id = id
        .parse()
        .map_err(|_| Problem::Invalid("parent_entity_id: expected an integer".to_owned()))?;
    match kind {
        "Event" => Ok(Some(Parent::Event(id))),
        "Series" => Ok(Some(Parent::Series(id))),
        "PerpsAsset" => Ok(None),
        _ => {
            let error = "expected value to be one of \"Event, Series, PerpsAsset\"";
            Err(Problem::Invalid(error.to_owned()))
        }
    }
}

pub(super) async fn list(State(app): State<App>, Query(pairs): Pairs) -> Answer {
    let params = Params::new(pairs);
    let parent = read_parent(&params)?;
    let order = Order::read(&params)?;
    let (offset, limit) = LIMITS.read(&params)?;
    let holders_only = params.flag("holders_only")?.unwrap_or(false);
    let detail = read_detail(&params)?;
    let rows = ask(&app, move |world| {
        let mut threads = parent.map(|parent| comments::threads(world, parent)).unwrap_or_default();
        if holders_only {
            threads.retain_mut(|thread| keep_holders(world, thread));
        }
        order.sort(world, &mut threads);
        let page = threads.iter().skip(offset).take(limit);
        parent.map(|parent| rows::of_threads(world, parent, page, detail)).unwrap_or_default()
    });
    Ok(array(&rows.await?.unwrap_or_default()))
}

/// `get_positions`.
fn read_detail(params: &Params) -> Result<Detail, Problem> {
    let with_positions = params.flag("get_positions")?.unwrap_or(false);
    Ok(if with_positions { Detail::Positions } else { Detail::Profile })
}

/// Drops the replies of people without shares; whether the thread itself is one of a holder.
fn keep_holders(world: &World, thread: &mut Thread) -> bool {
    let holds = |heading: &Heading| !comments::positions(world, heading, heading.author).is_empty();
    thread.replies.retain(|reply| holds(&reply.heading));
    holds(&thread.root)
}

/// `/comments/keyset`: `{comments, next_cursor}`, the oldest first unless told otherwise.
pub(super) async fn page(State(app): State<App>, Query(pairs): Pairs) -> Answer {
    let params = Params::new(pairs);
    let parent = read_parent(&params)?;
    if !matches!(params.one("order"), None | Some("id" | "createdAt")) {
        return Err(Problem::wrong_order());
    }
    let descending = params.flag("ascending")? == Some(false);
    let limit = params.count("limit")?.unwrap_or(LIMITS.default);
    if !(1..=LIMITS.max).contains(&limit) {
        return Err(Problem::Invalid(format!("limit must be between 1 and {}", LIMITS.max)));
    }
    let after = match params.one("after_cursor") {
        None => None,
        Some(cursor) => Some(
            u64::from_str_radix(cursor, 16)
                .map_err(|_| Problem::Invalid("invalid after_cursor".to_owned()))?,
        ),
    };
    let page = ask(&app, move |world| {
        let parent = parent?;
        let mut threads = comments::threads(world, parent);
        if descending {
            threads.reverse();
        }
        let unseen =
            |id: u64| after.is_none_or(|after| if descending { id < after } else { id > after });
        threads.retain(|thread| unseen(thread.root.id));
        let more = threads.len() > limit;
        threads.truncate(limit);
        let next = threads.last().filter(|_| more).map(|last| format!("{:x}", last.root.id));
        Some((rows::of_threads(world, parent, &threads, Detail::Profile), next))
    });
    let (rows, next) = page.await?.flatten().unwrap_or_default();
    Ok(keyset_page(&app, ("comments", "CommentsKeysetListResponse"), &rows, next.as_deref()))
}

/// The whole thread that the comment is part of.
pub(super) async fn thread(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Answer {
    let id = number(&id)?;
    let detail = read_detail(&Params::new(pairs))?;
    let rows = ask(&app, move |world| {
        let (parent, thread) = comments::thread(world, id)?;
        Some(rows::of_threads(world, parent, [&thread], detail))
    });
    Ok(array(&rows.await?.flatten().unwrap_or_default()))
}

/// What one person has said, replies too, without their profile. The newest first unless an order
/// is asked for.
pub(super) async fn by_user(
    State(app): State<App>,
    Path(address): Path<String>,
    Query(pairs): Pairs,
) -> Answer {
    let params = Params::new(pairs);
    let order = Order::read(&params)?;
    let (offset, limit) = LIMITS.read(&params)?;
    let rows = ask(&app, move |world| {
        let author = profile::find(world, &address)?;
        let mut said = comments::said_by(world, author);
        if order.column == Column::Likes {
            said.sort_by_cached_key(|(_, heading, _)| comments::likes(world, heading).len());
        }
        if order.descending {
            said.reverse();
        }
        let page = said.iter().skip(offset).take(limit);
        let rows = page.filter_map(|(parent, heading, thread)| {
            let place = Place::of(*parent, thread, heading);
            rows::write(world, heading, place, Detail::Bare)
        });
        Some(rows.collect::<Vec<Bytes>>())
    });
    Ok(array(&rows.await?.flatten().unwrap_or_default()))
}

/// The number that the event's row says; whoever recorded it counted.
pub(super) async fn count_of_event(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let event = catalogue.event(number(&id)?).ok_or(Problem::NotFound("id"))?;
    Ok(count(event.members().as_ref()))
}

/// The same of a series.
pub(super) async fn count_of_series(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let catalogue = app.lab.catalogue().await?;
    let series = catalogue.series(number(&id)?).ok_or(Problem::NotFound("id"))?;
    Ok(count(series.members().as_ref()))
}

fn count(members: Option<&Members<'_>>) -> Response {
    let count = members.and_then(|members| members.raw("commentCount")).unwrap_or("0");
    json_body(format!(r#"{{"count":{count}}}"#))
}
