//! `/wallets`: finds a wallet by address, name or profile page.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use chrono::Utc;
use domain::Address;
use maud::{Markup, html};

use super::{
    super::{
        PageRequest,
        format::utc,
        panels::{Panel, missing, note, within},
        shell::{Boot, Page, SEARCH_ICON, Section, Surroundings, icon},
    },
    identity::{called, mark},
};
use crate::{
    api::{
        reply::{ItemMetadata, Reply, loaded_snapshot},
        wallet::search::{self, FoundWallets},
    },
    assets::Chunk,
    http::{error::ApiError, state::AppState},
    view::wallet::FoundWallet,
};

const SHOWN: u16 = 8;
const MAX_CHARS: usize = 200;

/// Shows the page. An address needs no list to choose from.
pub(in crate::pages) async fn show(
    State(app): State<AppState>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let text =
        request.pairs.iter().find(|(key, _)| key == "q").map(|(_, value)| value.trim().to_owned());
    let text: String = text.unwrap_or_default().chars().take(MAX_CHARS).collect();
    let is_sent = request.pairs.iter().any(|(key, _)| key == "open");
    if is_sent && let Ok(address) = Address::parse(&text) {
        return Ok(Redirect::to(&format!("/wallets/{address}")).into_response());
    }
    let found =
        if text.is_empty() { None } else { Some(within(search::load(&app, &text, SHOWN)).await) };
    let snapshot = loaded_snapshot(&app)?;
    // Without an answer the script asks again.
    let reply = if matches!(found, Some(Err(_))) {
        b"null".to_vec()
    } else {
        let answered = found.as_ref().and_then(|found| found.as_ref().ok()).cloned();
        let metadata = ItemMetadata::of(&app, &snapshot, now);
        serde_json::to_vec(&Reply::new(answered.unwrap_or_default(), metadata))
            .map_err(ApiError::internal)?
    };
    let main = page(&text, found.as_ref());
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now };
    Ok(surroundings.render(&Page {
        title: "Wallets".to_owned(),
        description: "Profit and loss, positions and history of any wallet on Polymarket, with its completeness and a reconciliation against the venue's own numbers.".to_owned(),
        canonical: "/wallets".to_owned(),
        section: Section::Wallets,
        boot: Some(Boot {
            chunk: Chunk::Wallets,
            query_string: if text.is_empty() { String::new() } else { crate::api::list::query_string([("q", text.as_str())]) },
            reply,
        }),
        density: None,
        is_unlisted: !text.is_empty(),
        main,
    }))
}

fn page(text: &str, found: Option<&Panel<FoundWallets>>) -> Markup {
    html! {
        main class="main page wallets" id="main" {
            div class="hd" {
                div class="t" { h1 { "Wallets" } }
                search {
                    form class="chips" method="get" action="/wallets" {
                        label class="chip search wide" {
                            (icon(SEARCH_ICON))
                            input type="search" name="q" value=(text) maxlength=(MAX_CHARS) autocomplete="off" spellcheck="false"
                                placeholder="0x address, user name or profile address"
                                aria-label="Find a wallet by address, name or profile";
                            kbd { "/" }
                        }
                        noscript { input type="hidden" name="open" value="1"; button class="chip" type="submit" { "Find" } }
                    }
                }
                p class="sub" {
                    "A wallet that is not known yet is imported when it is asked for. "
                    a class="link" href="/wallets/compare" { "Compare two to four" } " "
                    a class="link" href="/docs/pnl" { "What the figures mean" }
                }
            }
            @match found {
                None => section class="card" aria-label="Recently opened" {
                    h2 { "Recently opened" span class="sub" { "in this browser" } }
                    (note("Names on the tape and in the list of holders of a market lead to their wallets."))
                },
                Some(found) => section class="card" aria-label="Wallets found" {
                    h2 { "Found" }
                    @match found {
                        Err(why) => (missing("The search", *why)),
                        Ok(found) => (candidates(found)),
                    }
                },
            }
        }
    }
}

fn candidates(found: &FoundWallets) -> Markup {
    html! {
        @if let Some(contract) = &found.contract {
            (note(format!("This is the address of the exchange's contract \"{contract}\", which is nobody's wallet.")))
        } @else if found.wallets.is_empty() {
            (note(if found.upstream_answered {
                "Neither this server nor Polymarket knows a wallet of this name."
            } else {
                "This server holds no wallet of this name. Polymarket was not asked or has not answered."
            }))
        } @else {
            ul class="wlist" { @for wallet in &found.wallets { (candidate(wallet)) } }
        }
    }
}

fn candidate(wallet: &FoundWallet) -> Markup {
    html! {
        li {
            a href={ "/wallets/" (wallet.address) } {
                (mark(&wallet.address, false))
                b { (called(wallet.name.as_deref(), wallet.pseudonym.as_deref(), &wallet.address)) } " "
                span class="mono mut" { (wallet.address) }
                span class="end mut" {
                    @match wallet.last_active_at {
                        _ if !wallet.imported => "not imported yet",
                        Some(at) => { "last active " (utc(at)) },
                        None => "imported",
                    }
                }
            }
        }
    }
}
