//! Who a wallet is, and how much of its history is held.

use chrono::{DateTime, Utc};
use domain::Address;
use serde::{Deserialize, Serialize};
use store::wallets::imports::ImportState;
use store::wallets::{History, Wallet};
use utoipa::ToSchema;

/// Where the import of a wallet's history stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportView {
    /// `unknown` (nobody had heard of it, and its import was asked for with this request), `waiting` (to be imported),
    /// `importing`, `imported`, `failed` (never imported yet; it is tried again), `empty` (imported, and upstream knows
    /// nothing that it ever did).
    pub state: String,
    /// That in words, with what can be done.
    pub meaning: String,
    /// Rows that the import which runs has read.
    pub progress_rows: Option<u64>,
    /// When the next import begins; null where none is planned.
    pub due_at: Option<DateTime<Utc>>,
    /// How often the next one was tried in vain.
    pub attempts: u32,
    /// Why, the last time.
    pub last_error: Option<String>,
}

impl ImportView {
    /// Of what is held of a wallet and planned for it.
    pub fn of(held: Option<&Wallet>, planned: Option<&ImportState>) -> Self {
        let history = held.and_then(|wallet| wallet.history.as_ref());
        let is_running = planned.is_some_and(|planned| planned.running);
        let has_failed = planned.is_some_and(|planned| planned.last_error.is_some());
        let state = match history {
            _ if is_running => "importing",
            Some(history) if history.is_empty => "empty",
            Some(_) => "imported",
            None if has_failed => "failed",
            None if held.is_none() && planned.is_none() => "unknown",
            None => "waiting",
        };
        Self {
            state: state.to_owned(),
            meaning: meaning(state).to_owned(),
            progress_rows: planned.filter(|one| one.running).map(|one| one.progress_rows),
            due_at: planned.map(|planned| planned.due_at),
            attempts: planned.map_or(0, |planned| planned.attempts),
            last_error: planned.and_then(|planned| planned.last_error.clone()),
        }
    }
}

fn meaning(state: &str) -> &'static str {
    match state {
        "unknown" => {
            "Nobody here had heard of this wallet. Its history was asked for with this request."
        }
        "waiting" => "Its history is to be imported.",
        "importing" => "Its history is being read.",
        "imported" => "Its history is held.",
        "failed" => "Its history could not be read. It is tried again.",
        _ => {
            "Polymarket knows nothing that this address ever did. A key that signs for a wallet has no history of its own: the wallet's address is on its owner's profile page."
        }
    }
}

/// How much of a wallet's history is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistoryView {
    /// `full` (nothing is known to be missing), `capped` (upstream does not list the beginning, or it is
    /// more than this server keeps) or `gap` (something is missing, or contradicts the rest).
    pub completeness: String,
    /// Why it is no better, by name.
    pub reasons: Vec<String>,
    /// Everything from here on; null from the very first.
    pub since: Option<DateTime<Utc>>,
    /// Everything up to here.
    pub until: Option<DateTime<Utc>>,
    /// When the last import ended.
    pub imported_at: DateTime<Utc>,
    /// Rows of activity.
    pub activity_count: u64,
    /// The first of them.
    pub first_active_at: Option<DateTime<Utc>>,
    /// The last of them.
    pub last_active_at: Option<DateTime<Utc>>,
}

impl HistoryView {
    /// Whether the newest of it is missing because it is more than this server keeps of a wallet.
    pub fn is_too_large(&self) -> bool {
        self.reasons.iter().any(|reason| reason == "too_large")
    }
}

impl From<&History> for HistoryView {
    fn from(held: &History) -> Self {
        Self {
            completeness: held.completeness.clone(),
            reasons: held.reasons.clone(),
            since: held.since,
            until: held.until,
            imported_at: held.imported_at,
            activity_count: held.activity_count,
            first_active_at: held.first_active_at,
            last_active_at: held.last_active_at,
        }
    }
}

/// A fact about a wallet, short enough for a badge. None is a judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BadgeView {
    /// `since`, `events`, `maker_share`, `largest_position` or `verified`.
    pub kind: String,
    /// In words.
    pub text: String,
}

/// Figures that badges tell.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Facts {
    /// Events that are over for the wallet.
    pub events: Option<usize>,
    /// Dollars traded as maker of all, 0 to 1.
    pub maker_share: Option<f64>,
    /// The most that what is held of one token cost, in dollars.
    pub largest_cost: Option<f64>,
}

/// Who a wallet is. What upstream has not told is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WalletProfile {
    /// Its address.
    pub address: String,
    /// Name its owner chose.
    pub name: Option<String>,
    /// Name upstream gave.
    pub pseudonym: Option<String>,
    /// What the owner says of himself.
    pub bio: Option<String>,
    /// Address of the owner's picture.
    pub profile_image: Option<String>,
    /// Account on X.
    pub x_username: Option<String>,
    /// Whether upstream has verified the owner.
    pub is_verified: Option<bool>,
    /// Since when it is one of upstream's.
    pub joined_at: Option<DateTime<Utc>>,
    /// When upstream was asked who it is; null never.
    pub identity_observed_at: Option<DateTime<Utc>>,
    /// When we first saw it; null where this request was the first to speak of it.
    pub found_at: Option<DateTime<Utc>>,
    /// Where: `tape`, `holders`, `leaderboard` or `asked`.
    pub found_by: Option<String>,
    /// Where its import stands.
    pub import: ImportView,
    /// What is held of its history; null until the first import has ended.
    pub history: Option<HistoryView>,
    /// Facts in a few words.
    pub badges: Vec<BadgeView>,
}

impl WalletProfile {
    /// Of what is held.
    pub fn of(address: &Address, held: Option<&Wallet>, import: ImportView, facts: Facts) -> Self {
        let identity = held.map(|wallet| wallet.identity.clone()).unwrap_or_default();
        let history = held.and_then(|wallet| wallet.history.as_ref()).map(HistoryView::from);
        let mut profile = Self {
            address: address.to_string(),
            name: identity.name.filter(|name| !is_made_up(name)),
            pseudonym: identity.pseudonym,
            bio: identity.bio,
            profile_image: identity.profile_image,
            x_username: identity.x_username,
            is_verified: identity.is_verified,
            joined_at: identity.joined_at,
            identity_observed_at: held.and_then(|wallet| wallet.identity_observed_at),
            found_at: held.map(|wallet| wallet.found_at),
            found_by: held.map(|wallet| wallet.found_by.clone()),
            import,
            history,
            badges: Vec::new(),
        };
        profile.badges = profile.told(facts);
        profile
    }

    fn told(&self, facts: Facts) -> Vec<BadgeView> {
        let mut badges = Vec::new();
        let mut tell = |kind: &str, text: String| {
            badges.push(BadgeView { kind: kind.to_owned(), text });
        };
        // Where the history does not begin at the beginning, its first row says nothing of when that was.
        let whole = self.history.as_ref().filter(|history| history.completeness == "full");
        let first = self.joined_at.or_else(|| whole.and_then(|history| history.first_active_at));
        if let Some(first) = first {
            tell("since", format!("since {}", first.format("%Y-%m")));
        }
        if let Some(events) = facts.events.filter(|events| *events > 0) {
            let noun = if events == 1 { "event" } else { "events" };
            tell("events", format!("{} {noun}", grouped(events)));
        }
        if let Some(share) = facts.maker_share {
            tell("maker_share", format!("{:.0} % maker", share * 100.0));
        }
        if let Some(cost) = facts.largest_cost.filter(|cost| *cost >= 1.0) {
            tell("largest_position", format!("largest position ${}", short(cost)));
        }
        if self.is_verified == Some(true) {
            tell("verified", "verified by Polymarket".to_owned());
        }
        badges
    }
}

/// Somebody who is found by an address or a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundWallet {
    /// The wallet.
    pub address: String,
    /// Name its owner chose.
    pub name: Option<String>,
    /// Name upstream gave.
    pub pseudonym: Option<String>,
    /// Address of the owner's picture.
    pub profile_image: Option<String>,
    /// Its history is held.
    pub imported: bool,
    /// When it last did something, as far as that is held.
    pub last_active_at: Option<DateTime<Utc>>,
}

impl FoundWallet {
    /// Of a wallet that is held.
    pub fn of(wallet: &Wallet) -> Self {
        Self {
            address: wallet.address.to_string(),
            name: wallet.identity.name.clone().filter(|name| !is_made_up(name)),
            pseudonym: wallet.identity.pseudonym.clone(),
            profile_image: wallet.identity.profile_image.clone(),
            imported: wallet.history.is_some(),
            last_active_at: wallet.history.as_ref().and_then(|history| history.last_active_at),
        }
    }
}

/// Whether upstream put a name together from the address, where nobody chose one.
fn is_made_up(name: &str) -> bool {
    name.split_once('-').is_some_and(|(address, _)| Address::parse(address).is_ok())
}

/// A count with commas between thousands.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Dollars in two or three digits.
fn short(dollars: f64) -> String {
    const UNITS: [(f64, &str); 3] = [(1e9, "B"), (1e6, "M"), (1e3, "k")];
    let unit = UNITS.into_iter().find(|(size, _)| dollars >= *size);
    let (scaled, suffix) = unit.map_or((dollars, ""), |(size, suffix)| (dollars / size, suffix));
    let places = usize::from(scaled < 10.0 && !suffix.is_empty());
    format!("{scaled:.places$}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Wallet {
        let at = |seconds| DateTime::from_timestamp(seconds, 0);
        Wallet {
            address: Address::parse(&format!("0x{:040x}", 7)).unwrap(),
            found_at: at(1_700_000_000).unwrap(),
            found_by: "tape".to_owned(),
            identity: store::wallets::Identity::default(),
            identity_observed_at: None,
            history: Some(History {
                imported_at: at(1_700_000_000).unwrap(),
                completeness: "full".to_owned(),
                reasons: Vec::new(),
                since: None,
                until: None,
                activity_count: 3,
                first_active_at: at(1_683_000_000),
                last_active_at: None,
                is_empty: false,
            }),
        }
    }

    fn badges(wallet: &Wallet, facts: Facts) -> Vec<String> {
        let import = ImportView::of(Some(wallet), None);
        let profile = WalletProfile::of(&wallet.address, Some(wallet), import, facts);
        profile.badges.into_iter().map(|badge| badge.text).collect()
    }

    #[test]
    fn badges_tell_what_is_known_and_nothing_else() {
        let facts =
            Facts { events: Some(1_204), maker_share: Some(0.874), largest_cost: Some(41_260.0) };
        let mut wallet = held();
        let told = ["since 2023-05", "1,204 events", "87 % maker", "largest position $41k"];
        assert_eq!(badges(&wallet, facts), told);
        assert_eq!(badges(&wallet, Facts::default()), ["since 2023-05"]);
        wallet.history.as_mut().unwrap().completeness = "capped".to_owned();
        assert_eq!(badges(&wallet, Facts::default()), Vec::<String>::new());
    }

    #[test]
    fn amounts_are_short_and_counts_have_commas() {
        assert_eq!([999, 1_000, 1_234_567].map(grouped), ["999", "1,000", "1,234,567"]);
        assert_eq!([7.4, 950.0, 4_210.0, 2.5e6].map(short), ["7", "950", "4.2k", "2.5M"]);
    }

    #[test]
    fn the_never_heard_of_the_waiting_and_the_empty_are_told_apart() {
        let state = |held: Option<&Wallet>| ImportView::of(held, None).state;
        let mut wallet = held();
        assert_eq!(state(None), "unknown");
        assert_eq!(state(Some(&wallet)), "imported");
        wallet.history.as_mut().unwrap().is_empty = true;
        assert_eq!(state(Some(&wallet)), "empty");
        wallet.history = None;
        assert_eq!(state(Some(&wallet)), "waiting");
    }
}
