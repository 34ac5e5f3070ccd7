//! What was found, as Markdown.

use std::fmt::Write as _;

use chrono::NaiveDate;
use domain::null_audit::{Results, Sample, Subject, Trial};
use store::intelligence::audits::ScoreAudit;

use super::text::{percent, rate, span, verdict};

/// The whole document. It has no figure that depends on the machine or the hour, but for the date.
pub(super) fn markdown(found: &[ScoreAudit], sample: Sample, on: NaiveDate) -> String {
    let mut text = format!(
        "# Audit of scores\n\n\
         Written by `cascadian audit --write`, {on}, from seed {}. Per cent with 95 % intervals; *allowed* is the \
         declared budget of an error, and a score that is over it, by more than chance would have in one look of a \
         thousand, leaves the rankings by itself. What the trials are: `docs/audit-null.md`; what the scores are: \
         `docs/scores.md`.\n",
        sample.seed
    );
    for subject in Subject::ALL {
        section(&mut text, subject, found);
    }
    text
}

fn section(text: &mut String, subject: Subject, found: &[ScoreAudit]) {
    let _ = write!(text, "\n## {}, version {}\n", subject.slug(), subject.version());
    for trial in Trial::ALL {
        if let Some(why) = subject.does_not_apply(trial) {
            let _ = write!(text, "\n**{}**: does not apply; {why}.\n", trial.slug());
            continue;
        }
        let audit = found.iter().find(|one| one.kind == subject.slug() && one.trial == trial);
        match audit {
            None => {
                let _ = write!(text, "\n**{}**: not tried.\n", trial.slug());
            }
            Some(audit) => {
                let verdict = if audit.is_within { "within its budget" } else { "over its budget" };
                let _ = write!(text, "\n**{}**: {verdict}.\n", trial.slug());
                results(text, &audit.results);
            }
        }
    }
}

fn results(text: &mut String, results: &Results) {
    text.push_str("\n| what | k | n | % | 95 % | allowed | |\n|---|---|---|---|---|---|---|\n");
    for line in &results.lines {
        let label = match &line.note {
            Some(note) => format!("{} ({note})", line.label),
            None => line.label.clone(),
        };
        let budget = line.budget.map_or_else(String::new, percent);
        let (rate, span, verdict) = (rate(line), span(line), verdict(line));
        let _ = writeln!(
            text,
            "| {label} | {} | {} | {rate} | {span} | {budget} | {verdict} |",
            line.k, line.n
        );
    }
    if !results.rankings.is_empty() {
        text.push_str("\n| first in | hits | of | % | 95 % |\n|---|---|---|---|---|\n");
        for first in &results.rankings {
            let (low, high) = (percent(first.low), percent(first.high));
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {low}–{high} |",
                first.name,
                first.hits,
                first.top,
                percent(first.rate)
            );
        }
    }
    if let Some(lasting) = results.persistence {
        let _ = write!(
            text,
            "\nRank correlation with what came later: {:+.3} ({:+.3} to {:+.3}) of {} wallets.\n",
            lasting.rho, lasting.low, lasting.high, lasting.n
        );
    }
}
