//! An audit as tables for people.

use comfy_table::{CellAlignment, Table, presets};
use domain::null_audit::{Line, Results};
use store::intelligence::audits::ScoreAudit;

/// What cannot be said.
const NONE: &str = "—";

/// What a trial found.
pub(super) fn audit(audit: &ScoreAudit) -> String {
    let verdict = if audit.is_within { "within its budget" } else { "OVER ITS BUDGET" };
    let took = audit.results.seconds.map_or_else(String::new, |s| format!(", {s:.1} s"));
    let mut parts = vec![format!(
        "{} (version {}), {}: {verdict}{took}",
        audit.kind,
        audit.version,
        audit.trial.slug()
    )];
    parts.push(lines(&audit.results));
    if !audit.results.rankings.is_empty() {
        parts.push(rankings(&audit.results));
    }
    if let Some(lasting) = audit.results.persistence {
        parts.push(format!(
            "rank correlation with what came later: {:+.3} ({:+.3} to {:+.3}) of {} wallets",
            lasting.rho, lasting.low, lasting.high, lasting.n
        ));
    }
    parts.join("\n") + "\n"
}

fn table(header: &[&str], numbers: std::ops::Range<usize>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header);
    for column in numbers {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn lines(results: &Results) -> String {
    let mut table = table(&["", "k", "n", "%", "95 %", "allowed", ""], 1..6);
    for line in &results.lines {
        let (k, n) = (line.k.to_string(), line.n.to_string());
        let budget = line.budget.map_or_else(String::new, percent);
        let cells =
            [line.label.clone(), k, n, rate(line), span(line), budget, verdict(line).to_owned()];
        table.add_row(cells);
    }
    table.to_string()
}

fn rankings(results: &Results) -> String {
    let mut table = table(&["first in", "hits", "of", "%", "95 %"], 1..5);
    for first in &results.rankings {
        let span = format!("{}–{}", percent(first.low), percent(first.high));
        let counts = [first.hits.to_string(), first.top.to_string()];
        let [hits, top] = counts;
        table.add_row([first.name.clone(), hits, top, percent(first.rate), span]);
    }
    table.to_string()
}

/// In percent, without the sign.
pub(super) fn percent(part: f64) -> String {
    format!("{:.1}", 100.0 * part)
}

/// How often, in percent.
pub(super) fn rate(line: &Line) -> String {
    line.rate.map_or_else(|| NONE.to_owned(), percent)
}

/// The interval of it.
pub(super) fn span(line: &Line) -> String {
    let ends = line.low.zip(line.high);
    ends.map_or_else(
        || NONE.to_owned(),
        |(low, high)| format!("{}–{}", percent(low), percent(high)),
    )
}

/// Whether it keeps its budget; empty where there is none.
pub(super) fn verdict(line: &Line) -> &'static str {
    match (line.budget, line.rate, line.is_over) {
        (None, ..) => "",
        (_, None, _) => "unknown",
        (_, _, true) => "OVER",
        _ => "kept",
    }
}
