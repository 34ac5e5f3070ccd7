//! `markets`: a screen on the command line, with the parameters of the API.

use std::process::ExitCode;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use clap::Args;
use comfy_table::{CellAlignment, Table, presets};
use domain::Screen;

use super::{Configured, open_database, start_quietly};
use crate::catalog::{Page, Row, Snapshot};
use crate::config::Config;
use crate::follow;
use crate::view::MarketRow;

#[derive(Debug, Args)]
pub(super) struct Markets {
    /// Parameters of the API's screen, as in: `category=crypto volume_24h_min=10000 sort=-liquidity`
    #[arg(value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// At most this many rows
    #[arg(long, default_value_t = 25)]
    limit: usize,
    /// Print JSON, one market a line, as the API has it
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    configured: Configured,
}

impl Markets {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let screen = read_screen(&self.parameters)?;
        let config = self.configured.resolve()?;
        start_quietly(&config, print_markets(&config, screen, self.limit, self.json))
    }
}

fn read_screen(parameters: &[String]) -> anyhow::Result<Screen> {
    let mut pairs = Vec::new();
    // A whole query string pasted from a URL works as well as single parameters.
    for parameter in parameters.iter().flat_map(|text| text.split('&')) {
        let Some((name, value)) = parameter.split_once('=') else {
            bail!("{parameter:?} is not NAME=VALUE, as in category=crypto");
        };
        pairs.push((name, value));
    }
    Screen::from_pairs(pairs).map_err(|fields| {
        let lines: Vec<_> = fields
            .iter()
            .map(|field| match &field.value {
                Some(value) => format!("  {}={value}: {}", field.field, field.message),
                None => format!("  {}: {}", field.field, field.message),
            })
            .collect();
        anyhow::anyhow!("these parameters cannot be used:\n{}", lines.join("\n"))
    })
}

async fn print_markets(
    config: &Config,
    screen: Screen,
    limit: usize,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let database = open_database(config).await?;
    let pending = store::migrate::plan(&database).await?;
    if !pending.is_empty() {
        bail!("nothing was ever synced here: run `cascadian sync` or `cascadian serve` first");
    }
    let snapshot = follow::load(&database).await.context("cannot load the catalogue")?;
    let page = snapshot.screen(&screen, &Page::first(limit), false, Utc::now())?;
    let code = if json { print_json(&page.rows) } else { print_table(&page.read()?) }?;
    summarise(&snapshot, page.rows.len(), page.total);
    database.close().await;
    Ok(code)
}

fn summarise(snapshot: &Snapshot, shown: usize, total: usize) {
    let held = snapshot.market_count();
    super::say(&format!("{shown} of {total} markets that match; {held} are held"));
}

fn print_json(rows: &[Row<MarketRow>]) -> anyhow::Result<ExitCode> {
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        lines.push(String::from_utf8(row.json().into_owned())?);
    }
    super::print(&lines.join("\n"))
}

fn print_table(rows: &[MarketRow]) -> anyhow::Result<ExitCode> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "Market",
        "Price ¢",
        "Change pp",
        "Volume 24h $",
        "Liquidity $",
        "Closes",
        "Id",
    ]);
    for row in rows {
        table.add_row([
            row.title.chars().take(64).collect(),
            number(row.price.map(|price| price * 100.0), 1),
            row.change_24h.map_or_else(unknown, |change| format!("{:+.1}", change * 100.0)),
            number(row.volume_24h, 0),
            number(row.liquidity, 0),
            closes(row),
            row.market_id.clone(),
        ]);
    }
    for index in 1..=4 {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    super::print(&table.to_string())
}

fn closes(row: &MarketRow) -> String {
    if row.awaiting_resolution {
        return "awaiting".to_owned();
    }
    let day = |at: DateTime<Utc>| at.format("%Y-%m-%d").to_string();
    row.end_date.map_or_else(unknown, day)
}

fn number(value: Option<f64>, places: usize) -> String {
    value.map_or_else(unknown, |value| format!("{value:.places$}"))
}

fn unknown() -> String {
    "—".to_owned()
}
