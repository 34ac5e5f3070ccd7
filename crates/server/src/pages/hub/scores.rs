//! `/scores`: what each score means, and how often it is wrong; `/scores/{kind}`: one of them.

use axum::{extract::State, response::Response};
use chrono::Utc;
use domain::null_audit::Subject;
use maud::{Markup, html};
use serde_json::json;

use super::{
    super::{
        PageRequest,
        format::{fixed, percent, utc},
        shell::{Section, Surroundings},
    },
    page_of,
};
use crate::{
    api::intelligence::{
        context::Context,
        scores::{definitions, find},
    },
    assets::Chunk,
    http::{error::ApiError, extract::Path, state::AppState},
    view::intelligence::{AuditTrial, ScoreAudit, ScoreDefinition, definition},
};

/// Shows all scores.
pub(in crate::pages) async fn show(
    State(app): State<AppState>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now: Utc::now() };
    let context = Context::load(&app).await?;
    let reply = context.reply(definitions());
    let handed = serde_json::to_vec(&reply).map_err(ApiError::internal)?;
    let others: Vec<_> = Subject::ALL
        .into_iter()
        .filter(|subject| !matches!(subject, Subject::Score(_)))
        .map(|subject| ScoreAudit::of(subject, &context.standing))
        .collect();
    let main = html! {
        main class="main page scores" id="main" {
            div class="hd" {
                div class="t" { h1 { "Scores" } }
                p class="sub" {
                    "Each is a claim that can be wrong. It says of how many events it is, how far off it may be, and how "
                    "often it errs on wallets of which it is known what they are. “Too few events to say” is the usual answer."
                }
            }
            @for one in &reply.data.0 {
                section class="card" aria-label=(one.title) id=(one.kind) {
                    h2 { a href={ "/scores/" (one.kind) } { (one.title) } }
                    (defined(one))
                }
            }
            section class="card" aria-label="Other claims" {
                h2 { "What else makes claims" }
                ul { @for one in &others { li { a class="link" href={ "/scores/" (one.kind) } { (one.title) } } } }
            }
        }
    };
    Ok(surroundings.render(&page_of(
        "Scores".to_owned(),
        "What each score of a wallet means, how it is computed, and how often it is wrong.",
        "/scores".to_owned(),
        Section::Scores,
        (Chunk::Scores, handed),
        main,
    )))
}

fn defined(one: &ScoreDefinition) -> Markup {
    html! {
        div class="prose" { p { (one.definition) } }
        dl class="kv" {
            div { dt { "Formula" } dd { code { (one.formula) } } }
            div { dt { "Needs" } dd { (one.needs) } }
            div { dt { "Error budget" } dd {
                @match one.budget { Some(budget) => (percent(Some(budget))), None => "none: it measures and does not test" }
            } }
            div { dt { "Version" } dd { (one.version) " " a class="link" href=(one.doc_href) { "in the documentation" } } }
        }
    }
}

/// Shows one score, or what else makes claims.
pub(in crate::pages) async fn show_one(
    State(app): State<AppState>,
    Path(kind): Path<String>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let subject = find(&kind)?;
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now: Utc::now() };
    let context = Context::load(&app).await?;
    let audit = ScoreAudit::of(subject, &context.standing);
    let known = match subject {
        Subject::Score(score) => Some(definition(score)),
        _ => None,
    };
    let reply = context.reply(json!({ "definition": known, "audit": audit }));
    let handed = serde_json::to_vec(&reply).map_err(ApiError::internal)?;
    let main = html! {
        main class="main page scores" id="main" {
            div class="hd" {
                p class="crumb" { a href="/scores" { "Scores" } }
                div class="t" { h1 { (audit.title) } }
                p class="sub" {
                    span class=(if audit.is_within == Some(true) { "tag" } else { "tag warn" }) {
                        @match audit.is_within {
                            None => "not audited yet",
                            Some(true) => "within its budget",
                            Some(false) => "over its budget",
                        }
                    }
                    " Version " (audit.version)
                }
            }
            @if let Some(withdrawn) = &audit.withdrawn {
                p class="notice" data-kind="error" role="status" {
                    "Withdrawn since " (utc(withdrawn.since)) ". " (withdrawn.reason)
                }
            }
            @if let Some(known) = &known {
                section class="card" aria-label="Definition" { h2 { "What it means" } (defined(known)) }
            }
            @for trial in &audit.trials { (trial_card(trial)) }
            @for gap in &audit.gaps {
                section class="card" aria-label=(gap.trial) { h2 { (gap.trial) } p class="pnote" { (gap.why) } }
            }
            @if let Some(waiting) = &audit.waiting_for { p class="pnote" { (waiting) } }
        }
    };
    Ok(surroundings.render(&page_of(
        audit.title.clone(),
        "What it means, and how often it is wrong on wallets of which it is known what they are.",
        format!("/scores/{}", audit.kind),
        Section::Scores,
        (Chunk::Score, handed),
        main,
    )))
}

fn trial_card(trial: &AuditTrial) -> Markup {
    let span = |low: Option<f64>, high: Option<f64>| match (low, high) {
        (Some(low), Some(high)) => format!("[{}, {}]", percent(Some(low)), percent(Some(high))),
        _ => String::new(),
    };
    html! {
        section class="card trial" aria-label=(trial.trial) {
            h2 { (trial.trial) span class="sub" { (utc(trial.ran_at)) } }
            table class="mini" {
                thead { tr { th class="l" scope="col" { "What" } th scope="col" { "Counted" } th scope="col" { "Rate" } th scope="col" { "Budget" } } }
                tbody {
                    @for line in &trial.results.lines {
                        tr {
                            th class="l" scope="row" { (line.label) @if let Some(note) = &line.note { small { " " (note) } } }
                            td { (line.k) " of " (line.n) }
                            td class=[line.is_over.then_some("warn")] { (percent(line.rate)) " " (span(line.low, line.high)) }
                            td { @if line.budget.is_some() { (percent(line.budget)) } }
                        }
                    }
                    @for ranking in &trial.results.rankings {
                        tr {
                            th class="l" scope="row" { "right among the first " (ranking.top) " by " (ranking.name) }
                            td { (ranking.hits) " of " (ranking.top) }
                            td { (percent(Some(ranking.rate))) " " (span(Some(ranking.low), Some(ranking.high))) }
                            td {}
                        }
                    }
                }
            }
            @if let Some(lasting) = &trial.results.persistence {
                p class="sub" {
                    "Rank correlation with what came later: " (fixed(Some(lasting.rho), 2)) " ["
                    (fixed(Some(lasting.low), 2)) ", " (fixed(Some(lasting.high), 2)) "], " (lasting.n) " wallets."
                }
            }
        }
    }
}
