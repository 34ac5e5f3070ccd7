//! `markets`: a screen on the command line, with the parameters of the API.

use std::process::ExitCode;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use clap::Args;
use comfy_table::{CellAlignment, Table, presets};
use domain::analytics::Window;
use domain::{Screen, TapeColumn, TapeFigure};

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
    /// Show what takers did within this window: 10m, 1h, 6h, 12h or 24h
    #[arg(long, value_name = "WINDOW")]
    window: Option<Window>,
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
        let columns = self.window.map_or_else(Vec::new, tape_columns);
        if self.window.is_some() && columns.is_empty() {
            bail!("--window must be one of 10m, 1h, 6h, 12h, 24h");
        }
        let shape = if self.json { Shape::Json } else { Shape::Table(columns) };
        start_quietly(&config, print_markets(&config, screen, self.limit, shape))
    }
}

/// How the markets are printed.
enum Shape {
    Json,
    /// With these columns of the tape.
    Table(Vec<TapeColumn>),
}

/// The columns of a window; none of one that is not counted.
fn tape_columns(window: Window) -> Vec<TapeColumn> {
    TapeColumn::ALL.iter().copied().filter(|column| column.window() == window).collect()
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
    shape: Shape,
) -> anyhow::Result<ExitCode> {
    let database = open_database(config).await?;
    let pending = store::migrate::plan(&database).await?;
    if !pending.is_empty() {
        bail!("nothing was ever synced here: run `cascadian sync` or `cascadian serve` first");
    }
    let snapshot = follow::load(&database).await.context("cannot load the catalogue")?;
    let page = snapshot.screen(&screen, &Page::first(limit), false, Utc::now())?;
    let code = match shape {
        Shape::Json => print_json(&page.rows)?,
        Shape::Table(columns) => print_table(&page.read()?, &columns)?,
    };
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

fn print_table(rows: &[MarketRow], columns: &[TapeColumn]) -> anyhow::Result<ExitCode> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let mut header: Vec<String> =
        ["Market", "Price ¢", "Change pp", "Volume 24h $", "Liquidity $"].map(String::from).into();
    header.extend(columns.iter().map(|column| tape_header(*column)));
    header.extend(["Closes", "Id"].map(String::from));
    table.set_header(header);
    for row in rows {
        let mut cells = vec![
            row.title.chars().take(64).collect(),
            number(row.price.map(|price| price * 100.0), 1),
            row.change_24h.map_or_else(unknown, points),
            number(row.volume_24h, 0),
            number(row.liquidity, 0),
        ];
        cells.extend(columns.iter().map(|column| tape_cell(*column, row.tape(*column))));
        cells.extend([closes(row), row.market_id.clone()]);
        table.add_row(cells);
    }
    for index in 1..=4 + columns.len() {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    super::print(&table.to_string())
}

fn tape_header(column: TapeColumn) -> String {
    let unit = match column.figure() {
        TapeFigure::Trades | TapeFigure::Buyers | TapeFigure::Sellers => "",
        TapeFigure::Volume | TapeFigure::Flow | TapeFigure::WhaleFlow | TapeFigure::SmartFlow => {
            " $"
        }
        TapeFigure::BuyShare => " %",
        TapeFigure::Change => " pp",
    };
    let mut label: Vec<char> = format!("{}{unit}", column.label()).chars().collect();
    if let Some(first) = label.first_mut() {
        first.make_ascii_uppercase();
    }
    label.into_iter().collect()
}

fn tape_cell(column: TapeColumn, value: Option<f64>) -> String {
    match column.figure() {
        TapeFigure::Change => value.map_or_else(unknown, points),
        TapeFigure::Flow | TapeFigure::WhaleFlow | TapeFigure::SmartFlow => {
            value.map_or_else(unknown, |flow| format!("{flow:+.0}"))
        }
        TapeFigure::BuyShare => number(value.map(|share| share * 100.0), 0),
        _ => number(value, 0),
    }
}

fn points(change: f64) -> String {
    format!("{:+.1}", change * 100.0)
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
