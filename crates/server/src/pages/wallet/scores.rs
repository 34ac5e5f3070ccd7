//! What a wallet is scored and was, each with its reasons, and the owner it seems to have.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use crate::{
    pages::{
        format::{count, fixed},
        panels::{Panel, missing, note},
        traders,
    },
    view::intelligence::{OwnerView, PastScore, SCORES, ScoreRow, WalletRef, WalletScores},
};

/// Side of the box in which the line of a score is drawn.
const BOX: f64 = 100.0;

/// The panel.
pub(super) fn panel(scores: &Panel<WalletScores>, now: DateTime<Utc>) -> Markup {
    let class = scores.as_ref().ok().and_then(|scores| scores.class.as_deref());
    html! {
        section class="card intel" id="scores" aria-label="Scores" {
            h2 {
                "Scores"
                span class="sub" {
                    @if let Some(class) = class { (traders::class_word(class)) " · " }
                    a class="link" href="/scores" { "what they mean, and how often they are wrong" }
                }
            }
            @match scores {
                Err(why) => (missing("The scores", *why)),
                Ok(scores) => {
                    @if scores.current.is_empty() {
                        (note("Not scored yet. A wallet is scored once its history is held and all wallets were scored together."))
                    } @else {
                        (table(scores, now))
                    }
                    @if let Some(owner) = &scores.owner { (owned(owner, now)) }
                }
            }
        }
    }
}

fn table(scores: &WalletScores, now: DateTime<Utc>) -> Markup {
    let rows: Vec<&ScoreRow> = ORDER
        .iter()
        .filter_map(|kind| scores.current.iter().find(|score| score.kind == *kind))
        .collect();
    html! {
        div class="wide-table" tabindex="0" role="region" aria-label="Scores of this wallet" {
            table class="mini scores-table" {
                caption class="sr" { "Scores with their intervals" }
                thead { tr {
                    th class="l" scope="col" { "Score" }
                    th class="l" scope="col" { "Value, with its interval" }
                    th scope="col" title="Observations it rests on" { "n" }
                    th class="l" scope="col" { "History" }
                    th scope="col" { "Version" }
                    th scope="col" { "As of" }
                    th scope="col" { "Why" }
                } }
                tbody { @for score in &rows { (row(score, &scores.history, now)) } }
            }
        }
        // The script unfolds reasons within the table; without one they stand below it.
        div class="unscripted" {
            @for score in &rows {
                details class="bars" id={ "why-" (score.kind) } {
                    summary { "Why: " (traders::score_word(&score.kind)) }
                    (traders::score_reasons(score, now))
                }
            }
        }
    }
}

/// The order of scores on every page.
const ORDER: [&str; SCORES.len()] = ["smart_money", "whale", "reputation", "maker", "bot"];

fn row(score: &ScoreRow, history: &[PastScore], now: DateTime<Utc>) -> Markup {
    let name = traders::score_word(&score.kind);
    html! {
        tr {
            th class="l" scope="row" { a href={ "/scores/" (score.kind) } { (name) } }
            td class="l wide-cell" { (traders::verdict(score)) }
            td { (count(usize::try_from(score.n).unwrap_or(usize::MAX))) }
            td class="l" { (line(history, &score.kind)) }
            td { "v" (score.version) }
            td { (traders::when(score.as_of, now)) }
            td { a class="link" href={ "#why-" (score.kind) } aria-label={ "Why: " (name) } { "why" } }
        }
    }
}

/// A past score that has a value, and when, as parts of the box.
struct Point {
    x: f64,
    value: f64,
    ends: Option<(f64, f64)>,
    version: i16,
}

/// The scores of a kind over time, the first at the left; none with fewer than two, which are no line.
fn points(history: &[PastScore], kind: &str) -> Vec<Point> {
    let of_kind = history.iter().filter(|past| past.kind == kind);
    let mut known: Vec<_> = of_kind.filter_map(|past| Some((past.value?, past))).collect();
    known.sort_by_key(|(_, past)| past.as_of);
    let (Some((_, first)), Some((_, last))) = (known.first(), known.last()) else {
        return Vec::new();
    };
    let (from, span) = (first.as_of, (last.as_of - first.as_of).as_seconds_f64());
    if span <= 0.0 {
        return Vec::new();
    }
    let point = |(value, past): &(f64, &PastScore)| Point {
        x: (past.as_of - from).as_seconds_f64() / span * BOX,
        value: *value,
        ends: past.low.zip(past.high),
        version: past.version,
    };
    known.iter().map(point).collect()
}

/// The scores of a kind over time with the reach of their intervals, as the script draws them.
fn line(history: &[PastScore], kind: &str) -> Markup {
    let points = points(history, kind);
    // Another version is another measure: its line is another.
    let runs: Vec<&[Point]> = points.chunk_by(|one, next| one.version == next.version).collect();
    html! {
        @if points.is_empty() {
            span class="mut" { "no change yet" }
        } @else {
            svg class="spark" viewBox="0 0 100 100" preserveAspectRatio="none" role="img" {
                title { (traders::score_word(kind)) " over " (points.len()) " scorings, 0 to 100" }
                @for run in &runs { @if let Some(reach) = reach(run) { path class="ci" d=(reach) {} } }
                @for run in &runs { path d=(path(run.iter().map(|point| (point.x, point.value)))) {} }
            }
        }
    }
}

fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let step = |(index, (x, value)): (usize, (f64, f64))| {
        let y = BOX - value.clamp(0.0, BOX);
        format!("{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' })
    };
    points.enumerate().map(step).collect()
}

/// Between the ends of intervals; none of fewer than two.
fn reach(run: &[Point]) -> Option<String> {
    let ends: Vec<_> = run.iter().filter_map(|point| Some((point.x, point.ends?))).collect();
    let upper = ends.iter().map(|(x, (_, high))| (*x, *high));
    let lower = ends.iter().rev().map(|(x, (low, _))| (*x, *low));
    (ends.len() > 1).then(|| format!("{}Z", path(upper.chain(lower))))
}

fn owned(owner: &OwnerView, now: DateTime<Utc>) -> Markup {
    let alone = |wallet: &WalletRef| WalletRef { owner: None, ..wallet.clone() };
    html! {
        h3 { "Pattern consistent with one owner of " (count(owner.wallets.len())) " wallets" }
        ul class="wallets-of-owner" {
            @for wallet in &owner.wallets { li { (traders::wallet(&alone(wallet))) } }
        }
        (traders::records(&owner.evidence))
        p class="sub" {
            "Log likelihood " (fixed(Some(owner.log_likelihood), 1)) ", found " (traders::when(owner.as_of, now))
            ". One owner of several wallets is nothing forbidden; together they have one vote."
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;
    use crate::pages::panels::Missing;

    fn past(day: u32, value: Option<f64>, version: i16) -> PastScore {
        PastScore {
            kind: "whale".to_owned(),
            as_of: Utc.with_ymd_and_hms(2026, 1, day, 0, 0, 0).unwrap(),
            version,
            value,
            low: value.map(|value| value - 10.0),
            high: value.map(|value| value + 10.0),
            n: 12,
            verdict: if value.is_some() { "scored" } else { "too_few" }.to_owned(),
        }
    }

    #[test]
    fn without_scores_it_is_said_why() {
        let none =
            WalletScores { current: Vec::new(), history: Vec::new(), owner: None, class: None };
        let drawn = panel(&Ok(none), Utc::now()).into_string();
        assert!(drawn.contains("Not scored yet") && !drawn.contains("<table"), "{drawn}");
        let drawn = panel(&Err(Missing::Late), Utc::now()).into_string();
        assert!(drawn.contains("The scores cannot be shown now"), "{drawn}");
    }

    #[test]
    fn fewer_than_two_scores_are_no_line() {
        for history in [vec![past(1, Some(50.0), 1), past(2, None, 1)], Vec::new()] {
            assert!(line(&history, "whale").into_string().contains("no change yet"));
        }
        let of_another = [past(1, Some(50.0), 1), past(2, Some(60.0), 1)];
        assert!(line(&of_another, "bot").into_string().contains("no change yet"));
    }

    #[test]
    fn the_line_is_the_scripts() {
        // The same as in spark.test.ts.
        let history = [past(3, Some(95.0), 1), past(1, Some(50.0), 1), past(2, None, 1)];
        let drawn = line(&history, "whale").into_string();
        assert!(drawn.contains(r#"<path d="M0.0 50.0L100.0 5.0">"#), "{drawn}");
        assert!(drawn.contains(r#"d="M0.0 40.0L100.0 0.0L100.0 15.0L0.0 60.0Z""#), "{drawn}");
    }

    #[test]
    fn another_version_is_another_line() {
        let history = [past(1, Some(50.0), 1), past(3, Some(60.0), 1), past(5, Some(10.0), 2)];
        let drawn = line(&history, "whale").into_string();
        assert_eq!(drawn.matches("<path d=").count(), 2, "{drawn}");
    }
}
