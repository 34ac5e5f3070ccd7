//! Panels whose content may be missing: each waits for so long and no longer, and then says what is unknown and why.

use std::time::Duration;

use domain::ErrorCode;
use maud::{Markup, Render, html};

use crate::http::error::ApiError;

/// How long a page waits for its panels, which are filled at the same time.
const DEADLINE: Duration = Duration::from_secs(2);

/// What fills a panel, or why nothing does.
pub(super) type Panel<T> = Result<T, Missing>;

/// Why a panel has no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// No answer came in time.
    Late,
    /// The answer was an error.
    Failed(ErrorCode),
    /// This server does not hold it, and a page does not wait for upstream.
    NotHeld,
}

/// Waits for what fills a panel.
pub(super) async fn within<T>(content: impl Future<Output = Result<T, ApiError>>) -> Panel<T> {
    match tokio::time::timeout(DEADLINE, content).await {
        Ok(Ok(content)) => Ok(content),
        Ok(Err(error)) => {
            tracing::warn!(error.code = error.code().code(), ?error, "A panel is left empty");
            Err(Missing::Failed(error.code()))
        }
        Err(_) => {
            tracing::warn!("A panel is left empty: its content did not come in time");
            Err(Missing::Late)
        }
    }
}

/// What stands in a panel instead of content.
pub(super) fn note(text: impl Render) -> Markup {
    html! { p class="pnote" { (text) } }
}

/// What a panel says that could not be filled. `what` begins the sentence: "The order book".
pub(super) fn missing(what: &str, missing: Missing) -> Markup {
    let why = match missing {
        Missing::Late => "The database did not answer in time.",
        Missing::Failed(ErrorCode::DatabaseUnavailable) => "The database does not answer.",
        Missing::Failed(ErrorCode::UpstreamUnavailable) => "Polymarket does not answer.",
        Missing::Failed(code) => code.message(),
        Missing::NotHeld => "This server does not hold it yet.",
    };
    html! {
        div class="pnote" role="status" {
            p { b { (what) " cannot be shown now." } }
            p { (why) " Nothing is known of it until then; the rest of the page is not affected." }
            p class="pbuttons" {
                a class="chip" href="" { "Try again" }
                @if let Missing::Failed(code) = missing { span class="mono mut" { (code.code()) } }
            }
        }
    }
}

/// One choice of a few as a row of links: the words, the address, and whether it is the present one.
pub(super) fn choice(legend: &str, options: &[(&str, String, bool)]) -> Markup {
    html! {
        span class="seg" role="group" aria-label=(legend) {
            @for (label, href, is_present) in options {
                a class=[is_present.then_some("on")] aria-current=[is_present.then_some("true")] href=(href) rel="nofollow" {
                    (label)
                }
            }
        }
    }
}

/// A short fact of a panel; `title` explains it.
pub(super) fn mini_fact(label: &str, title: Option<&str>, value: &Markup) -> Markup {
    html! { div { dt title=[title] { (label) } dd { (value) } } }
}
