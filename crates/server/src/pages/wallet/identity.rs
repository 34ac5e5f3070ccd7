//! Who a wallet is: its mark, its name, facts in a few words.

use maud::{Markup, html};

use crate::{
    pages::{
        figures::{fact, identifier, instant},
        format::{UNKNOWN, short_hash, words},
    },
    view::wallet::WalletProfile,
};

/// Side of the mark in cells, and how many of them are not mirrored.
const SIDE: usize = 5;
const HALF: usize = 3;
/// Colours that stand for nothing but "another one".
const COLOURS: u32 = 8;

/// What a wallet is called: by its owner, else by upstream, else by its address.
pub(super) fn name(profile: &WalletProfile) -> String {
    called(profile.name.as_deref(), profile.pseudonym.as_deref(), &profile.address)
}

/// The same of its parts.
pub(super) fn called(name: Option<&str>, pseudonym: Option<&str>, address: &str) -> String {
    name.or(pseudonym).map_or_else(|| short_hash(address), str::to_owned)
}

/// How complete a history is, as an adjective.
pub(super) fn completeness(word: &str) -> &str {
    if word == "gap" { "incomplete" } else { word }
}

/// The mark of an address, to tell wallets apart at a glance; the script draws the same.
pub(in crate::pages) fn mark(address: &str, is_big: bool) -> Markup {
    let digits: Vec<u32> = address
        .trim_start_matches("0x")
        .chars()
        .map(|digit| digit.to_digit(16).unwrap_or(0))
        .collect();
    let digit = |place: usize| digits.get(place % digits.len().max(1)).copied().unwrap_or(0);
    let colour = digits.last().copied().unwrap_or(0) % COLOURS + 1;
    let cells = (0..SIDE).flat_map(|y| (0..HALF).map(move |x| (x, y)));
    let set = cells.filter(|(x, y)| digit(y * HALF + x) % 2 == 1);
    html! {
        svg class={ "amark o" (colour) (if is_big { " big" } else { "" }) } viewBox="0 0 5 5" aria-hidden="true" {
            @for (x, y) in set {
                rect x=(x) y=(y) width="1" height="1" {}
                @if x < HALF - 1 { rect x=(SIDE - 1 - x) y=(y) width="1" height="1" {} }
            }
        }
    }
}

/// Facts in a few words each; none of them is a judgement.
pub(super) fn badges(profile: &WalletProfile) -> Markup {
    html! {
        @if !profile.badges.is_empty() {
            ul class="tags badges" aria-label="Facts" {
                @for badge in &profile.badges { li class="tag" { (badge.text) } }
            }
        }
    }
}

/// Who it says it is, and where we know it from.
pub(super) fn panel(profile: &WalletProfile) -> Markup {
    let history = profile.history.as_ref();
    let text = |value: Option<&str>| {
        html! { @match value { Some(value) => (value), None => span class="mut" { (UNKNOWN) } } }
    };
    html! {
        section class="card identity" {
            h2 { "Identity" }
            dl class="kv" {
                (fact("Address", &identifier(Some(&profile.address))))
                (fact("Name", &text(profile.name.as_deref())))
                (fact("Pseudonym", &text(profile.pseudonym.as_deref())))
                @if let Some(bio) = profile.bio.as_deref().filter(|bio| !bio.is_empty()) {
                    (fact("About", &html! { (bio) }))
                }
                @if let Some(account) = profile.x_username.as_deref().filter(|name| !name.is_empty()) {
                    (fact("X", &html! { "@" (account) }))
                }
                (fact("Joined", &instant(profile.joined_at)))
                (fact("First trade", &instant(history.and_then(|held| held.first_active_at))))
                (fact("Last active", &instant(history.and_then(|held| held.last_active_at))))
                (fact("Found", &html! {
                    (instant(profile.found_at))
                    @if let Some(by) = &profile.found_by { small class="mut" { " " (words(by)) } }
                }))
                (fact("Identity asked", &instant(profile.identity_observed_at)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_the_scripts() {
        // The first fifteen digits decide the cells, the last one the colour; see identicon.test.ts.
        let address = format!("0x1{}9", "0".repeat(38));
        let drawn = mark(&address, false).into_string();
        assert_eq!(drawn.matches("<rect").count(), 2, "a cell and its mirror: {drawn}");
        assert!(drawn.contains("amark o2"), "{drawn}");
    }

    #[test]
    fn a_wallet_is_called_by_its_owner_before_anybody_else() {
        let address = format!("0x{}", "ab".repeat(20));
        assert_eq!(called(Some("ann"), Some("Wistful-Icicle"), &address), "ann");
        assert_eq!(called(None, Some("Wistful-Icicle"), &address), "Wistful-Icicle");
        assert_eq!(called(None, None, &address), "0xabab…abab");
    }
}
