//! Who a wallet is, what it is worth and made, and how that agrees with the venue.

use std::fmt::Display;

use anyhow::Context;
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

use super::terminal::Terminal;
use super::text::{self, count, dollars, maybe_dollars, percent, told_dollars, words};
use crate::api::wallet::metrics::WalletMetricsAnswer;
use crate::api::wallet::reply::{WalletMetadata, WalletReply};
use crate::view::wallet::{
    IntervalView, PnlView, ReconciliationView, RecordView, TotalsView, ValueView,
    WalletMetricsView, WalletProfile,
};

/// All of it, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Summary {
    profile: WalletProfile,
    value: ValueView,
    pnl: PnlView,
    metrics: Option<WalletMetricsView>,
    metadata: WalletMetadata,
}

/// Asks for the rest and prints it.
pub(super) async fn print(
    terminal: &Terminal,
    profile: WalletReply<WalletProfile>,
    is_json: bool,
) -> anyhow::Result<()> {
    let address = &profile.data.address;
    let (value, pnl, metrics): (
        WalletReply<ValueView>,
        WalletReply<PnlView>,
        WalletReply<WalletMetricsAnswer>,
    ) = tokio::try_join!(
        terminal.wallet(address, "value", &[]),
        terminal.wallet(address, "pnl", &[]),
        terminal.wallet(address, "metrics", &[]),
    )?;
    let summary = Summary {
        value: value.data,
        pnl: pnl.data,
        metrics: metrics.data.metrics,
        metadata: profile.metadata,
        profile: profile.data,
    };
    let text = if is_json {
        serde_json::to_string(&summary).context("the summary cannot be written as JSON")?
    } else {
        summary.text()
    };
    super::super::print(&text).map(drop)
}

impl Summary {
    fn text(&self) -> String {
        let mut lines = self.identity();
        lines.push(String::new());
        lines.push(line("History", self.history()));
        if self.profile.import.state == "empty" {
            lines.push(self.profile.import.meaning.clone());
            return lines.join("\n");
        }
        if self.profile.history.is_none() {
            return lines.join("\n");
        }
        lines.push(line("Value", value(&self.value)));
        lines.extend(
            self.pnl.totals.as_ref().map(|totals| made(&self.pnl, totals)).into_iter().flatten(),
        );
        if !self.pnl.reconciliation.is_empty() {
            lines.push(String::new());
            lines.push("Beside the venue's numbers".to_owned());
            lines.push(reconciliation(&self.pnl.reconciliation));
        }
        lines.extend(self.metrics.as_ref().map(record).into_iter().flatten());
        lines.join("\n")
    }

    fn identity(&self) -> Vec<String> {
        let profile = &self.profile;
        let names = [&profile.name, &profile.pseudonym];
        let name = names.into_iter().flatten().next().map(|name| words(name, 64));
        let mut lines = vec![match name {
            Some(name) => format!("{name}  {}", profile.address),
            None => profile.address.clone(),
        }];
        let facts: Vec<&str> = profile.badges.iter().map(|badge| badge.text.as_str()).collect();
        if !facts.is_empty() {
            lines.push(facts.join(" · "));
        }
        if self.metadata.item.simulated {
            lines.push("simulated: of the lab's world, not of Polymarket".to_owned());
        }
        lines
    }

    fn history(&self) -> String {
        let Some(history) = &self.profile.history else {
            return format!("not held yet ({})", self.profile.import.state);
        };
        let reasons = history.reasons.join(", ");
        let reasons = if reasons.is_empty() { reasons } else { format!(" ({reasons})") };
        let days = history.first_active_at.map(|first| {
            format!(", {} to {}", text::day(Some(first)), text::day(history.last_active_at))
        });
        format!(
            "{}{reasons}: {} rows{}; imported {}",
            history.completeness,
            count(history.activity_count),
            days.unwrap_or_default(),
            text::instant(Some(history.imported_at))
        )
    }
}

fn line(label: &str, told: impl Display) -> String {
    format!("{label:<16}{told}")
}

fn value(value: &ValueView) -> String {
    let worth = match (value.value_usdc, &value.withheld) {
        (Some(usdc), _) => dollars(usdc),
        (None, Some(reason)) if reason == "no_mark" => {
            let unmarked = count(value.unmarked_positions as u64);
            format!("{} (no_mark: nobody bids for {unmarked} of them)", text::UNKNOWN)
        }
        (None, Some(reason)) => format!("{} ({reason})", text::UNKNOWN),
        (None, None) => text::UNKNOWN.to_owned(),
    };
    let held = count(value.open_positions as u64);
    let noun = if value.open_positions == 1 { "token" } else { "tokens" };
    let oldest =
        value.value_as_of.map(|at| format!(", the oldest bid of {}", text::instant(Some(at))));
    format!(
        "{worth} for {held} {noun} at what is bid{}; the venue says {}",
        oldest.unwrap_or_default(),
        maybe_dollars(value.venue_value_usdc)
    )
}

/// What it made by our books.
fn made(pnl: &PnlView, totals: &TotalsView) -> Vec<String> {
    let completeness = pnl.completeness.as_deref().unwrap_or(text::UNKNOWN);
    let method = pnl.method.replace('_', " ");
    let fifo = told_dollars(&totals.realized_fifo);
    let roi = match (totals.roi.value, &totals.roi.withheld) {
        (Some(roi), _) => format!("{} of {}", percent(roi), maybe_dollars(totals.invested)),
        (None, Some(reason)) => format!("{} ({reason})", text::UNKNOWN),
        (None, None) => text::UNKNOWN.to_owned(),
    };
    vec![
        String::new(),
        format!(
            "Profit and loss in dollars, by our {} ({method}) of {}, history {completeness}",
            pnl.source,
            text::instant(pnl.as_of)
        ),
        line(
            "  Realised",
            format!("{} (first in, first out {fifo})", told_dollars(&totals.realized)),
        ),
        line("  Unrealised", told_dollars(&totals.unrealized)),
        line("  Fees", told_dollars(&totals.fees)),
        line("  Income", told_dollars(&totals.income)),
        line("  Total", told_dollars(&totals.total)),
        line("  Return", roi),
        line("  Unexplained", maybe_dollars(totals.unexplained)),
    ]
}

fn reconciliation(all: &[ReconciliationView]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["  Measure", "Ours $", "Venue's $", "Residual $", "Why"]);
    for one in all {
        table.add_row([
            format!("  {}", one.measure),
            told_dollars(&one.ours),
            dollars(one.venue),
            told_dollars(&one.residual),
            one.class.clone(),
        ]);
    }
    for index in 1..=3 {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// How its settled events went.
fn record(metrics: &WalletMetricsView) -> Vec<String> {
    let mut lines = vec![String::new(), "Settled events, each netted over its markets".to_owned()];
    match (&metrics.all_time.value, &metrics.all_time.withheld) {
        (Some(record), _) => lines.extend(of_record(record)),
        (None, reason) => {
            let reason = reason.as_deref().unwrap_or("none");
            lines.push(line("  Record", format!("{} ({reason})", text::UNKNOWN)));
        }
    }
    lines
}

fn of_record(record: &RecordView) -> Vec<String> {
    let RecordView { events, wins, losses, pushes, .. } = record;
    let rate = |one: &IntervalView| {
        let ends = one.low.zip(one.high);
        let between = ends.map(|(low, high)| format!(" ({} to {})", percent(low), percent(high)));
        format!("{}{}, n {}", percent(one.value), between.unwrap_or_default(), one.n)
    };
    let unknown = || text::UNKNOWN.to_owned();
    let factor = record.profit_factor.map_or_else(unknown, |factor| format!("{factor:.2}"));
    vec![
        line("  Record", format!("{events}: {wins} won, {losses} lost, {pushes} even")),
        line("  Win rate", record.win_rate.as_ref().map_or_else(unknown, rate)),
        line("  Edge", record.edge.as_ref().map_or_else(unknown, rate)),
        line(
            "  Profit",
            format!("{} on {}", dollars(record.profit_usdc), dollars(record.invested_usdc)),
        ),
        line("  Gains/losses", factor),
    ]
}
