//! The words of scores, signals and their ingredients.

use domain::null_audit::Subject;
use domain::scores::ScoreKind;

/// Kinds of records.
pub(super) const EVIDENCE: [&str; 6] = ["trade", "activity", "market", "wallet", "event", "run"];

/// A kind of score.
pub type ScoreName = ScoreKind;

/// Every kind of score.
pub const SCORES: [ScoreName; 5] = ScoreKind::ALL;

/// What is audited in words: the title of its page.
pub(super) fn title(subject: Subject) -> &'static str {
    match subject {
        Subject::Score(ScoreKind::Whale) => "Whale",
        Subject::Score(ScoreKind::Smart) => "Smart money",
        Subject::Score(ScoreKind::Reputation) => "Reputation",
        Subject::Score(ScoreKind::Maker) => "Maker-likeness",
        Subject::Score(ScoreKind::Bot) => "Bot-likeness",
        Subject::Insiders => "Informed trading",
        Subject::Flips => "Reversals",
        Subject::Wash => "Trade with oneself",
        Subject::Clusters => "Wallets of one owner",
    }
}

/// A name in words.
pub(super) fn label(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// The label and the unit of an ingredient.
pub(super) fn ingredient(name: &str) -> (String, Option<&'static str>) {
    let known = INGREDIENTS.iter().find(|(known, ..)| *known == name);
    match known {
        Some((_, label, unit)) => ((*label).to_owned(), *unit),
        None => (label(name), None),
    }
}

/// Names of `docs/scores.md`, what they are called, and in what they are counted.
const INGREDIENTS: [(&str, &str, Option<&str>); 49] = [
    ("active_months", "Months active", Some("share")),
    ("at_risk", "At risk", Some("usd")),
    ("better_than_prices", "Chance of an edge above 0", Some("probability")),
    ("chance", "Chance by those who hold", Some("probability")),
    ("change", "Change, of the peak", Some("share")),
    ("consistency", "Part of events that are large", Some("share")),
    ("depth", "Part of the book's depth", Some("share")),
    ("divergence", "From the price", Some("probability")),
    ("events", "Events", Some("count")),
    ("events_by_position", "Events measured by a position", Some("count")),
    ("events_by_stake", "Events with too little put in", Some("count")),
    ("events_by_trade", "Events measured by a trade", Some("count")),
    ("events_large", "Large events", Some("count")),
    ("events_recent", "Recent events", Some("count")),
    ("events_unknown", "Events not measured", Some("count")),
    ("fills", "Fills", Some("count")),
    ("from_price", "From the price", Some("probability")),
    ("from_price_high", "From the price, at most", Some("probability")),
    ("from_price_low", "From the price, at least", Some("probability")),
    ("hours", "Hours", Some("count")),
    ("imbalance", "Imbalance", Some("score")),
    ("large_fills", "Large fills", Some("count")),
    ("local_fdr", "Local false discovery rate", Some("probability")),
    ("longevity", "Longevity", Some("share")),
    ("n_eff", "Independent voices", Some("count")),
    ("now", "Now", Some("usd")),
    ("of_depth", "Part of the book's depth", Some("share")),
    ("of_volume", "Part of the day's volume", Some("share")),
    ("p", "p-value", Some("probability")),
    ("peak", "Peak", Some("usd")),
    ("q", "q-value", Some("probability")),
    ("s1_size", "Size, among all", Some("sd")),
    ("s2_own_size", "Size, among its own", Some("sd")),
    ("s4_early_long_shots", "Early long shots", Some("sd")),
    ("s5_direction", "One direction", Some("sd")),
    ("size", "Size", Some("share")),
    ("slope_per_day", "Slope a day", Some("log_odds")),
    ("standard_error", "Its standard error", Some("log_odds")),
    ("t", "Of its errors", Some("sd")),
    ("tail_p", "How often as much is found", Some("probability")),
    ("tilt", "Edge", Some("log_odds")),
    ("tilt_all", "Edge, all events", Some("log_odds")),
    ("tilt_high", "Edge, at most", Some("log_odds")),
    ("tilt_low", "Edge, at least", Some("log_odds")),
    ("tilt_recent", "Edge, recent events", Some("log_odds")),
    ("untested", "Owners nobody tested", Some("count")),
    ("votes_away", "Votes against", None),
    ("votes_toward", "Votes for", None),
    ("z", "Deviations from the usual", Some("sd")),
];

/// The rows of evidence tables, in words.
pub(super) fn evidence_signal(slug: &str) -> String {
    let known = match slug {
        "size" => "Larger than others' purchases",
        "own_size" => "Larger than its own purchases",
        "early_long_shots" => "Long shots, long before the deadline",
        "direction" => "All in one direction",
        "made_for" => "Made within a week before, and for this",
        "dormant_after" => "No trade for a month after",
        "funded_in_cluster" => "Funded with others",
        "account" => "Its whole record is unusual",
        other => return label(other),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_distinct_and_read_back() {
        assert!(INGREDIENTS.is_sorted_by(|one, other| one.0 < other.0));
        for score in SCORES {
            assert_eq!(ScoreName::of_slug(score.slug()), Some(score));
        }
        assert_eq!(ingredient("no_such_name"), ("No such name".to_owned(), None));
    }
}
