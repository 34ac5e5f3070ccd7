//! `/v2/prices-history`: what a token was shown at over time.

mod series;
mod window;

use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::number::seconds;
use super::paging::Page;
use super::params::Params;
use super::problem::Problem;
use super::{Answer, ask, cached, cursor};
use crate::server::App;
use crate::world::World;
use series::{Past, PricePoint};
use window::Wanted;

const KIND: &str = "prices_history";

/// Most points of a page, and the default.
const MAX_POINTS: usize = 10_000;

/// Where a walk is. The window is sent again, in any form; the width of the buckets stays.
#[derive(Serialize, Deserialize)]
struct Place {
    /// Page size.
    #[serde(rename = "l")]
    limit: usize,
    /// Unix seconds of the last point.
    #[serde(rename = "ts")]
    timestamp: i64,
    /// Width of the buckets, in seconds.
    #[serde(rename = "sq")]
    width_s: String,
    /// Points so far.
    #[serde(rename = "d")]
    seen: usize,
}

pub(crate) async fn list(State(app): State<App>, params: Params) -> Answer {
    let page = ask(&app, move |world| page(world, &params)).await?;
    Ok(cached(0, page))
}

fn page(world: &World, params: &Params) -> Result<Page<PricePoint>, Problem> {
    params.forbid_offset()?;
    let token_id = params.text("token_id").ok_or_else(|| Problem::missing("token_id"))?;
    let wanted = Wanted::read(params)?;
    let limit = params.limit(MAX_POINTS, MAX_POINTS)?;
    let place = params.text("cursor").map(|text| cursor::read::<Place>(KIND, text)).transpose()?;
    let limit = place.as_ref().map_or(limit, |place| place.limit);
    let now_s = seconds(world.now_ms());
    let Some((market, outcome)) = world.by_token(token_id) else {
        // A window may be wrong whoever's it is.
        wanted.window(now_s, now_s)?;
        return Ok(Page::empty(limit));
    };
    let past = Past::new(world.exchange().listing(market), market, outcome, now_s);
    let Some(mut window) = wanted.window(now_s, past.listed_s())? else {
        let seen = wanted.moment().and_then(|at_s| past.as_of(at_s));
        return Ok(Page::new(seen.into_iter().collect(), limit, 0, None));
    };
    let (mut after_s, mut seen) = (None, 0);
    if let Some(place) = place {
        window.width_s = place.width_s.parse().map_err(|_| cursor::invalid())?;
        (after_s, seen) = (Some(place.timestamp), place.seen);
    }
    let mut points: Vec<PricePoint> = past.points(window, after_s).take(limit + 1).collect();
    let more = points.len() > limit;
    points.truncate(limit);
    let next = match points.last() {
        Some(last) if more => {
            let next = Place {
                limit,
                timestamp: last.timestamp,
                width_s: window.width_s.to_string(),
                seen: seen + points.len(),
            };
            Some(cursor::sign(KIND, next)?)
        }
        _ => None,
    };
    Ok(Page::new(points, limit, seen, next))
}
