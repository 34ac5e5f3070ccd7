//! The head of a wallet's page: name, badges, figures, how far its history is.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{
    identity::{badges, completeness, mark, name},
    loading::Loaded,
    told::{dash, profit, rate, shortfall, told, why_withheld},
};
use crate::{
    api::wallet::asked::AskedWallet,
    pages::{
        figures::figure,
        format::{ago, count, money, money_exact, percent, short_hash, until, utc},
    },
    view::wallet::{PositionView, ValueView, WalletMetricsView, WalletProfile},
};

/// The head.
pub(super) fn head(
    asked: &AskedWallet,
    id: &str,
    loaded: &Loaded,
    is_simulated: bool,
    now: DateTime<Utc>,
) -> Markup {
    let profile = &loaded.profile;
    html! {
        div class="hd" {
            p class="crumb" { a href="/wallets" { "Wallets" } }
            div class="t" {
                (mark(&profile.address, true))
                h1 { (name(profile)) }
                span class="end" {
                    a class="chip" href={ "/wallets/compare?w=" (profile.address) } { "Compare" }
                    @if !is_simulated {
                        a class="chip" href={ "https://polymarket.com/profile/" (profile.address) } rel="noopener" { "Polymarket ↗" }
                    }
                }
            }
            (badges(profile))
            @if profile.history.is_some() { (figures(loaded)) }
            p class="sub" {
                (history_line(profile, now))
                @if let Some(by) = &asked.metadata().resolved_by {
                    " " span title=(id) {
                        @if by == "key" { (short_hash(id)) " signs for this account, whose wallet is shown" }
                        @else { "asked for as " (id) }
                    }
                }
            }
        }
    }
}

fn figures(loaded: &Loaded) -> Markup {
    let metrics = loaded.metrics.as_ref().ok().and_then(Option::as_ref);
    let of_metrics = |show: &dyn Fn(&WalletMetricsView) -> Markup| metrics.map_or_else(dash, show);
    let value = loaded.value.as_ref().ok();
    let positions = loaded.positions.as_deref().ok();
    let redeemable = value.and_then(|value| value.redeemable_usdc).filter(|usdc| *usdc > 0.0);
    html! {
        dl class="facts" {
            @match value {
                Some(value) => div class="big" { dt { "Positions" } dd title=(value_title(value)) { (positions_value(value, positions)) } },
                None => div class="big" { dt { "Positions" } dd { (dash()) } },
            }
            @if redeemable.is_some() { (figure("Of it redeemable", &html! { (money(redeemable)) })) }
            (figure("Polymarket's value", &html! { (money(value.and_then(|value| value.venue_value_usdc))) }))
            (figure("Cash", &html! { span class="mut" { "unknown" } }))
            (figure("Total profit", &of_metrics(&|all| told(&all.totals.total, |usdc| profit(Some(*usdc))))))
            (figure("Win rate", &of_metrics(&|all| told(&all.all_time, |record| html! {
                (rate(record.win_rate.as_ref())) " "
                small class="mut" { "of " (count(record.wins + record.losses)) }
            }))))
            (figure("Return", &of_metrics(&|all| told(&all.totals.roi, |roi| html! { (percent(Some(*roi))) }))))
        }
    }
}

/// What is certain of the value where nobody bids for some of it: no share is worth less than nothing.
fn least_worth(value: &ValueView, positions: &[PositionView]) -> f64 {
    let marked: f64 = positions.iter().filter_map(|one| one.value_usdc).sum();
    marked + value.redeemable_usdc.unwrap_or_default()
}

fn positions_value(value: &ValueView, positions: Option<&[PositionView]>) -> Markup {
    html! {
        @match (value.value_usdc, &value.withheld) {
            (Some(_), _) => (money(value.value_usdc)),
            (None, Some(reason)) if reason == "no_mark" && positions.is_some() => {
                span {
                    "≥ " (money(positions.map(|all| least_worth(value, all)))) " "
                    small class="mut" {
                        (count(value.unmarked_positions)) " of " (count(value.open_positions)) " have no bid"
                    }
                }
            },
            (None, Some(_)) => span class="mut" { "withheld" },
            (None, None) => span class="mut" { "unknown" },
        }
    }
}

fn value_title(value: &ValueView) -> String {
    if let Some(reason) = &value.withheld {
        return format!("Withheld: {}", why_withheld(reason));
    }
    let oldest =
        value.value_as_of.map_or_else(String::new, |at| format!(", the oldest of {}", utc(at)));
    let open = count(value.open_positions);
    format!("{} at best bids{oldest}; {open} open positions", money_exact(value.value_usdc))
}

/// How old what is held is, and how complete.
fn history_line(profile: &WalletProfile, now: DateTime<Utc>) -> Markup {
    html! {
        @if let Some(history) = &profile.history {
            span class="st" {
                span class=(if history.completeness == "full" { "dot" } else { "dot warn" }) {}
                (completeness(&history.completeness)) " history"
            } " "
            span { (count(usize::try_from(history.activity_count).unwrap_or(usize::MAX))) " rows of activity" } " "
            span title=(utc(history.imported_at)) { "imported " (ago(history.imported_at, now)) }
        }
    }
}

/// Above the figures of a history that is not full: what is withheld, and why; and how an import that runs gets on.
pub(super) fn notice(profile: &WalletProfile, now: DateTime<Utc>) -> Markup {
    let Some(history) = &profile.history else { return html! {} };
    let reasons: Vec<String> = history.reasons.iter().map(|reason| shortfall(reason)).collect();
    let running = &profile.import;
    let is_capped = history.completeness == "capped";
    let is_too_large = history.is_too_large();
    html! {
        @if history.completeness != "full" {
            p class="notice" data-kind="stale" role="status" {
                @match (history.since, history.until) {
                    (_, Some(until)) if is_too_large => {
                        "The history is held up to " (utc(until)) " only: it is larger than this server keeps. "
                    },
                    (Some(since), _) if is_capped => {
                        "The history begins at " (utc(since)) ": Polymarket lists nothing earlier. "
                    },
                    _ => "The history is incomplete. ",
                }
                @if !reasons.is_empty() { (sentence(&reasons)) " " }
                "Withheld: totals, win rate, edge, calibration, drawdown and streaks. "
                "Shown: positions whose own history is complete, and what is recorded. What would help: "
                @if is_too_large {
                    "a larger limit (wallet-rows) of the server, whose next import reads on."
                } @else if is_capped {
                    "the chain's own record of the time before, which this server does not read."
                } @else {
                    "another import, which checks everything anew"
                    @match running.due_at {
                        Some(due) if due <= now => "; the next is due now",
                        Some(due) => { "; the next is due in " (until(due, now)) },
                        None => {},
                    } "."
                }
            }
        }
        @if running.state == "importing" {
            p class="notice" role="status" {
                "News is being imported; the figures are those of the last import."
            }
        } @else if let Some(error) = &running.last_error {
            p class="notice" data-kind="stale" role="status" {
                "The last try to import news failed: " (error) " The figures are those of the last import."
            }
        }
    }
}

fn sentence(reasons: &[String]) -> String {
    let text = reasons.join("; ");
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// In place of the figures while no history is held: where the import stands, and what happens next.
pub(super) fn no_history(profile: &WalletProfile, now: DateTime<Utc>) -> Markup {
    let import = &profile.import;
    let (title, kind) = match import.state.as_str() {
        "importing" => ("The history is being imported", None),
        "failed" => ("The import failed", Some("error")),
        "empty" => ("This wallet has never traded", None),
        "unknown" => ("This wallet was not known until now", None),
        _ => ("The history is not imported yet", None),
    };
    let is_coming = !["failed", "empty"].contains(&import.state.as_str());
    html! {
        div class="state" role="status" data-kind=[kind] {
            h2 { (title) }
            p {
                @match import.state.as_str() {
                    "importing" => @match import.progress_rows {
                        Some(rows) => { (rows) " rows so far." },
                        None => "It has begun.",
                    },
                    "failed" => {
                        (import.last_error.as_deref().unwrap_or("No reason was given.")) " It was tried "
                        (import.attempts) @if import.attempts == 1 { " time" } @else { " times" } " and is tried again "
                        @match import.due_at {
                            Some(due) => { "in " time datetime=(due.to_rfc3339()) title=(utc(due)) { (until(due, now)) } },
                            None => "later",
                        } "."
                    },
                    "empty" => {
                        "Its import ended, and Polymarket knows nothing that it ever did. An address that owns a \
                         Polymarket account is not the account's own address: look for the one on the profile page."
                    },
                    "unknown" => "Its import has just been asked for. Nothing is said about it before it ends.",
                    _ => "It waits for its import.",
                }
                @if is_coming { span class="with-script" { " This page fills by itself." } }
            }
            @if is_coming { noscript { p { a class="chip" href="" { "Look again" } } } }
        }
    }
}
