//! A wallet's lists as tables, JSON and CSV.

use std::io;

use anyhow::Context;
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::What;
use super::terminal::Terminal;
use super::text::{self, cents, maybe_dollars, words};
use crate::api::wallet::reply::WalletListReply;
use crate::view::wallet::{ActivityView, ClosedPositionView, PositionView, WalletMarket};

/// Most rows that a page of the API has.
const PAGE: usize = 1_000;
/// Letters of a title that are shown.
const TITLE: usize = 48;

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Table,
    Json,
    Csv,
}

/// A list to print.
pub(super) struct List<'a> {
    pub(super) terminal: &'a Terminal,
    pub(super) address: &'a str,
    pub(super) parameters: &'a [(String, String)],
    pub(super) limit: usize,
    pub(super) form: Form,
}

impl List<'_> {
    /// Prints it.
    pub(super) async fn print(&self, what: What) -> anyhow::Result<()> {
        let name = match what {
            What::Summary => return Ok(()),
            What::Positions => "positions",
            What::Closed => "closed-positions",
            What::Trades => "trades",
            What::Activity => "activity",
        };
        if self.form == Form::Csv {
            let (file, mut out) = (format!("{name}.csv"), io::stdout().lock());
            self.terminal.pass_on(self.address, &file, self.parameters, &mut out).await?;
            return Ok(());
        }
        match what {
            What::Positions => self.rows(&self.positions(name).await?, &positions()),
            What::Closed => self.rows(&self.closed(name).await?, &closed()),
            _ => self.rows(&self.activity(name).await?, &activity()),
        }
    }

    async fn page<T: DeserializeOwned>(
        &self,
        name: &str,
        paging: &[(&str, String)],
    ) -> anyhow::Result<WalletListReply<T>> {
        let mut parameters = self.parameters.to_vec();
        let own = paging.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        parameters.extend(own);
        self.terminal.wallet(self.address, name, &parameters).await
    }

    async fn positions(&self, name: &str) -> anyhow::Result<Vec<PositionView>> {
        let mut reply: WalletListReply<PositionView> = self.page(name, &[]).await?;
        let all = reply.data.len();
        reply.data.truncate(self.limit);
        tell_rest(reply.data.len(), Some(all as u64), false);
        Ok(reply.data)
    }

    async fn closed(&self, name: &str) -> anyhow::Result<Vec<ClosedPositionView>> {
        let mut rows = Vec::new();
        let mut total = None;
        while rows.len() < self.limit {
            let limit = (self.limit - rows.len()).min(PAGE);
            let paging = [("limit", limit.to_string()), ("offset", rows.len().to_string())];
            let reply: WalletListReply<ClosedPositionView> = self.page(name, &paging).await?;
            total = reply.metadata.total;
            let is_last = reply.data.len() < limit;
            rows.extend(reply.data);
            if is_last {
                break;
            }
        }
        tell_rest(rows.len(), total, false);
        Ok(rows)
    }

    async fn activity(&self, name: &str) -> anyhow::Result<Vec<ActivityView>> {
        let mut rows = Vec::new();
        let mut cursor: Option<String> = None;
        while rows.len() < self.limit {
            let limit = (self.limit - rows.len()).min(PAGE).to_string();
            let mut paging = vec![("limit", limit)];
            paging.extend(cursor.take().map(|place| ("cursor", place)));
            let reply: WalletListReply<ActivityView> = self.page(name, &paging).await?;
            rows.extend(reply.data);
            cursor = reply.metadata.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        tell_rest(rows.len(), None, cursor.is_some());
        Ok(rows)
    }

    fn rows<T: Serialize>(&self, rows: &[T], columns: &[Column<T>]) -> anyhow::Result<()> {
        if self.form == Form::Json {
            let lines = rows.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
            let lines = lines.context("a row cannot be written as JSON")?;
            return if lines.is_empty() {
                Ok(())
            } else {
                super::super::print(&lines.join("\n")).map(drop)
            };
        }
        if rows.is_empty() {
            return Ok(());
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(columns.iter().map(|column| column.header));
        for row in rows {
            table.add_row(columns.iter().map(|column| (column.cell)(row)));
        }
        for (index, column) in columns.iter().enumerate() {
            if column.is_number
                && let Some(column) = table.column_mut(index)
            {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        super::super::print(&table.to_string()).map(drop)
    }
}

/// Says how much of the list that was.
fn tell_rest(shown: usize, total: Option<u64>, has_more: bool) {
    let shown_text = text::count(shown as u64);
    super::super::say(&match total {
        Some(total) if total > shown as u64 => {
            format!("{shown_text} of {}; --limit shows more", text::count(total))
        }
        _ if has_more => format!("{shown_text} shown; there are more, and --limit shows them"),
        _ => format!("{shown_text} in all"),
    });
}

struct Column<T> {
    header: &'static str,
    is_number: bool,
    cell: fn(&T) -> String,
}

fn text_column<T>(header: &'static str, cell: fn(&T) -> String) -> Column<T> {
    Column { header, is_number: false, cell }
}

fn number_column<T>(header: &'static str, cell: fn(&T) -> String) -> Column<T> {
    Column { header, is_number: true, cell }
}

fn title(market: &WalletMarket) -> String {
    let name = market.title.as_deref().or(market.condition_id.as_deref());
    name.map_or_else(|| text::UNKNOWN.to_owned(), |name| words(name, TITLE))
}

fn outcome(market: &WalletMarket) -> String {
    market.outcome.as_deref().map_or_else(|| text::UNKNOWN.to_owned(), |name| words(name, 16))
}

/// What speaks against the figures of a row, or against the venue's.
fn note(row: &PositionView) -> String {
    let mut notes: Vec<&str> = row.withheld.as_deref().into_iter().collect();
    notes.extend(row.doubts.iter().map(String::as_str));
    let class = row.reconciliation.as_ref().map(|one| one.class.as_str());
    notes.extend(class.filter(|class| *class != "none" && !notes.contains(class)));
    notes.join(", ")
}

fn venue_total(row: &PositionView) -> String {
    maybe_dollars(row.venue.as_ref().and_then(|venue| venue.total_usdc))
}

fn positions() -> Vec<Column<PositionView>> {
    vec![
        text_column("Market", |row| title(&row.market)),
        text_column("Outcome", |row| outcome(&row.market)),
        number_column("Shares", |row| text::shares(row.shares)),
        number_column("Paid ¢", |row| cents(row.avg_price)),
        number_column("Bid ¢", |row| cents(row.mark_price)),
        number_column("Cost $", |row| maybe_dollars(row.cost_usdc)),
        number_column("Value $", |row| maybe_dollars(row.value_usdc)),
        number_column("Profit $", |row| maybe_dollars(row.total_usdc)),
        number_column("Venue's $", venue_total),
        text_column("Note", note),
    ]
}

fn closed() -> Vec<Column<ClosedPositionView>> {
    vec![
        text_column("Market", |row| title(&row.position.market)),
        text_column("Outcome", |row| outcome(&row.position.market)),
        number_column("Bought", |row| text::shares(row.position.bought_shares)),
        number_column("Paid ¢", |row| cents(row.position.avg_price)),
        number_column("Paid out ¢", |row| cents(row.payout)),
        number_column("Profit $", |row| maybe_dollars(row.position.total_usdc)),
        number_column("Venue's $", |row| venue_total(&row.position)),
        text_column("Closed", |row| text::day(row.closed_at)),
        text_column("Note", |row| note(&row.position)),
    ]
}

fn activity() -> Vec<Column<ActivityView>> {
    vec![
        text_column("When (UTC)", |row| row.happened_at.format("%Y-%m-%d %H:%M:%S").to_string()),
        text_column("Kind", |row| words(&row.kind, 16)),
        text_column("Side", |row| row.side.clone().unwrap_or_default()),
        text_column("Role", |row| row.role.clone().unwrap_or_default()),
        text_column("Market", |row| row.market.as_ref().map(title).unwrap_or_default()),
        text_column("Outcome", |row| row.market.as_ref().map(outcome).unwrap_or_default()),
        number_column("Price ¢", |row| cents(row.price)),
        number_column("Shares", |row| text::shares(row.shares)),
        number_column("Moved $", |row| maybe_dollars(row.usdc)),
    ]
}
