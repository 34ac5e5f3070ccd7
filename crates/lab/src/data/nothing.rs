//! Routes about what the lab does not have: combos and builders. They check their parameters and
//! answer with nothing, in the right shape.

use axum::extract::State;
use serde_json::{Value, json};

use super::activity::is_ascending;
use super::paging::{Board, BoardPlace, DEFAULT_LIMIT, Envelope, MAX_LIMIT, Page};
use super::params::{Params, is_hex};
use super::problem::Problem;
use super::{Answer, ask, cached, cursor};
use crate::server::App;

const COMBO_STATUSES: [&str; 6] =
    ["OPEN", "REDEEMABLE", "PARTIAL", "RESOLVED_WIN", "RESOLVED_LOSS", "RESOLVED_PARTIAL"];

const COMBO_SORTS: [(&str, ()); 4] =
    [("FIRST_ENTRY", ()), ("ENTRY_COST", ()), ("CURRENT_VALUE", ()), ("UPDATED", ())];

const PERIODS: [(&str, &str); 4] =
    [("day", "day"), ("week", "week"), ("month", "month"), ("all", "all")];

/// Most buckets of a series of volumes.
const MOST_BUCKETS: usize = 90;

/// The only page, after the checks that both combo routes make.
fn combos(params: &Params) -> Result<Page<Value>, Problem> {
    params.forbid_offset()?;
    params.required_user()?;
    let name = if params.text("condition").is_some() { "condition" } else { "condition_id" };
    for id in params.list(name)?.unwrap_or_default() {
        // A combo's id is two digits shorter than a market's.
        if !is_hex(&id.to_ascii_lowercase(), 62) {
            let error = format!("invalid combo condition id: {id}");
            return Err(Problem::invalid("condition", error));
        }
    }
    let limit = params.limit(DEFAULT_LIMIT, MAX_LIMIT)?;
    match params.text("cursor") {
        // There is no second page that a cursor could lead to.
        Some(_) => Err(cursor::invalid()),
        None => Ok(Page::empty(limit)),
    }
}

pub(crate) async fn combo_activity(State(app): State<App>, params: Params) -> Answer {
    let page = ask(&app, move |_| combos(&params)).await?;
    Ok(cached(0, page))
}

pub(crate) async fn combo_positions(State(app): State<App>, params: Params) -> Answer {
    let page = ask(&app, move |_| combo_positions_page(&params)).await?;
    Ok(cached(0, page))
}

fn combo_positions_page(params: &Params) -> Result<Page<Value>, Problem> {
    let statuses = params.list("status")?.unwrap_or_default();
    if let Some(unknown) = statuses.iter().find(|name| !COMBO_STATUSES.contains(&name.as_str())) {
        return Err(Problem::invalid("status", format!("invalid combo status: {unknown}")));
    }
    if statuses.len() > 1 && statuses.iter().any(|status| status == "REDEEMABLE") {
        return Err(Problem::invalid("status", "REDEEMABLE must be the only status"));
    }
    let refusal = "sortBy must be one of FIRST_ENTRY, ENTRY_COST, CURRENT_VALUE, UPDATED";
    params.choice("sort_by", &COMBO_SORTS, refusal)?;
    is_ascending(params)?;
    let (after, before) = (params.integer("updated_after")?, params.integer("updated_before")?);
    if after.is_some_and(|after| after < 0) {
        return Err(Problem::invalid("updated_after", "updated_after must not be negative"));
    }
    if let (Some(after), Some(before)) = (after, before)
        && before < after
    {
        let error = "updated_before must not be before updated_after";
        return Err(Problem::invalid("updated_before", error));
    }
    combos(params)
}

fn period(params: &Params, name: &'static str) -> Result<Option<&'static str>, Problem> {
    params.choice(name, &PERIODS, "time_period must be one of day, week, month, all")
}

pub(crate) async fn builders(State(app): State<App>, params: Params) -> Answer {
    let page = ask(&app, move |_| {
        let board = |period: &str| Board { period: Some(period.to_owned()), ..Board::default() };
        let asked = period(&params, "time_period")?.map(board).unwrap_or_default();
        let kind = "builders_leaderboard";
        let place = BoardPlace::read(kind, &params, asked, board("day"))?;
        place.page(kind, &[], |row: &Value| row.clone())
    });
    Ok(cached(0, page.await?))
}

pub(crate) async fn builder_volume(State(app): State<App>, params: Params) -> Answer {
    let data = ask(&app, move |_| {
        let name = if params.text("interval").is_some() { "interval" } else { "time_period" };
        period(&params, name)?;
        params.limit(30, MOST_BUCKETS)?;
        Ok(json!([]))
    });
    Ok(cached(0, Envelope { data: data.await? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combos_have_shorter_ids() {
        let digits = "03449eec66c044cecb729af4169b45afbf0000000000000000000000000000";
        let ask = |query: String| combo_positions_page(&Params::of(&query));
        let page = ask(format!("user=0x1&condition=0x{digits}&limit=5")).unwrap();
        assert_eq!((page.data.len(), page.pagination.limit), (0, 5));
        for wrong in [format!("0x{digits}00"), digits.to_owned(), "0x03".to_owned()] {
            let problem = ask(format!("user=0x1&condition={wrong}")).unwrap_err();
            assert!(problem.error.contains("invalid combo condition id"), "{wrong}");
        }
        assert_eq!(ask(String::new()).unwrap_err(), Problem::missing("user"));
        for (query, parameter) in [
            ("status=WON", "status"),
            ("status=OPEN,REDEEMABLE", "status"),
            ("sort_by=NAME", "sort_by"),
            ("updated_after=5&updated_before=4", "updated_before"),
            ("cursor=garbage", "cursor"),
        ] {
            let problem = ask(format!("user=0x1&{query}")).unwrap_err();
            assert_eq!(problem.parameter, Some(parameter), "{query}");
        }
    }
}
