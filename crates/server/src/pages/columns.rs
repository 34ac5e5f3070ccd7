//! The columns of a table of markets: header, class and cell, by the API's name.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use domain::{SortColumn, TapeColumn, TapeFigure};
use maud::{Markup, html};

use super::figures::{
    category_label, category_mark, change_figure, closes, count_figure, flow_figure, money_figure,
    price, resolved, share_figure, spread,
};
use super::filters::capitalised;
use super::format::{UNKNOWN, cents, decimal, signed, utc};
use super::links::Address;
use crate::view::MarketRow;

/// A column.
pub(super) struct Column {
    /// The API's name, also the class's.
    pub(super) id: &'static str,
    header: Header,
    /// Sorted from the largest at the first click.
    is_quiet: bool,
    is_text: bool,
    sort: Option<SortColumn>,
    cell: Cell,
}

/// How a cell is filled.
enum Cell {
    /// From the row.
    Plain(fn(&MarketRow, DateTime<Utc>) -> Markup),
    /// With a figure of a window.
    Tape(TapeColumn),
}

impl Cell {
    fn fill(&self, row: &MarketRow, now: DateTime<Utc>) -> Markup {
        match self {
            Self::Plain(fill) => fill(row, now),
            Self::Tape(column) => tape_figure(*column, row.tape(*column)),
        }
    }
}

/// What a column is called.
enum Header {
    Own(&'static str),
    /// The label of its order, with a capital letter.
    Label(&'static str),
}

impl Header {
    fn text(&self) -> String {
        match self {
            Self::Own(text) => (*text).to_owned(),
            Self::Label(label) => capitalised(label),
        }
    }
}

/// Columns shown unless `cols` says otherwise.
pub(super) const DEFAULT: [&str; 7] =
    ["title", "price", "change_24h", "volume_24h", "liquidity", "spread", "end_date"];

macro_rules! column {
    ($id:literal, $header:literal, $sort:expr, $cell:expr) => {
        Column {
            id: $id,
            header: Header::Own($header),
            is_quiet: false,
            is_text: false,
            sort: $sort,
            cell: Cell::Plain($cell),
        }
    };
    (quiet $id:literal, $header:literal, $sort:expr, $cell:expr) => {
        Column {
            id: $id,
            header: Header::Own($header),
            is_quiet: true,
            is_text: false,
            sort: $sort,
            cell: Cell::Plain($cell),
        }
    };
    (text $id:literal, $header:literal, $sort:expr, $cell:expr) => {
        Column {
            id: $id,
            header: Header::Own($header),
            is_quiet: false,
            is_text: true,
            sort: $sort,
            cell: Cell::Plain($cell),
        }
    };
}

/// Every column of the tape.
static TAPE: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let column = |column: &TapeColumn| Column {
        id: column.slug(),
        header: Header::Label(column.label()),
        is_quiet: true,
        is_text: false,
        sort: Some(SortColumn::Tape(*column)),
        cell: Cell::Tape(*column),
    };
    TapeColumn::ALL.iter().map(column).collect()
});

/// The names of all columns, in the order pages list them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().chain(TAPE.iter()).map(|column| column.id)
}

/// Every column but those of the tape.
const ALL: &[Column] = &[
    column!(text "title", "Market", Some(SortColumn::Title), |row, _| title(row)),
    column!("price", "Yes", Some(SortColumn::Price), |row, _| price(row)),
    column!("change_1h", "Change 1h", Some(SortColumn::Change1h), |row, _| change_figure(
        row.change_1h
    )),
    column!("change_24h", "Change 24h", Some(SortColumn::Change24h), |row, _| change_figure(
        row.change_24h
    )),
    column!("change_7d", "Change 7d", Some(SortColumn::Change7d), |row, _| change_figure(
        row.change_7d
    )),
    column!("change_30d", "Change 30d", Some(SortColumn::Change30d), |row, _| change_figure(
        row.change_30d
    )),
    column!("volume_24h", "Volume 24h", Some(SortColumn::Volume24h), |row, _| money_figure(
        row.volume_24h
    )),
    column!(quiet "volume_7d", "Volume 7d", Some(SortColumn::Volume7d), |row, _| money_figure(row.volume_7d)),
    column!(quiet "volume_30d", "Volume 30d", Some(SortColumn::Volume30d), |row, _| money_figure(row.volume_30d)),
    column!(quiet "volume_total", "Volume", Some(SortColumn::VolumeTotal), |row, _| money_figure(row.volume_total)),
    column!(quiet "liquidity", "Liquidity", Some(SortColumn::Liquidity), |row, _| money_figure(row.liquidity)),
    column!(quiet "spread", "Spread", Some(SortColumn::Spread), |row, _| spread(row)),
    column!(quiet "best_bid", "Bid", None, |row, _| in_cents(row.best_bid, row)),
    column!(quiet "best_ask", "Ask", None, |row, _| in_cents(row.best_ask, row)),
    column!(quiet "last_trade_price", "Last", None, |row, _| in_cents(row.last_trade_price, row)),
    column!(quiet "end_date", "Closes", Some(SortColumn::EndDate), closes),
    column!(quiet "status", "Status", None, |row, _| html! { (row.status.slug()) }),
    column!("resolution", "Outcome", None, |row, _| outcome(row)),
    column!(text "category", "Category", None, |row, _| html! { (category_label(row.category)) }),
    column!(quiet "competitive", "Competitive", Some(SortColumn::Competitive), |row, _| html! { (decimal(row.competitive, 2)) }),
    column!(
        "smart_imbalance",
        "Smart imbalance",
        Some(SortColumn::SmartImbalance),
        |row, _| smart(row)
    ),
    column!(quiet "tick_size", "Tick", None, |row, _| tick(row)),
    column!(quiet "created_at", "Created", Some(SortColumn::CreatedAt), |row, _| created(row)),
];

fn title(row: &MarketRow) -> Markup {
    let event = row.event.as_ref().map(|event| &event.title).filter(|title| **title != row.title);
    html! {
        a class="mk" href={ "/markets/" (row.slug) } {
            (category_mark(row.category, false))
            span class="t" { (row.title) }
            @if let Some(event) = event { small { (event) } }
        }
    }
}

fn in_cents(price: Option<f64>, row: &MarketRow) -> Markup {
    html! { (cents(price, row.tick_size)) }
}

fn outcome(row: &MarketRow) -> Markup {
    row.resolution.as_ref().map_or_else(|| html! { span class="mut" { (UNKNOWN) } }, resolved)
}

fn tape_figure(column: TapeColumn, value: Option<f64>) -> Markup {
    match column.figure() {
        TapeFigure::Trades | TapeFigure::Buyers | TapeFigure::Sellers => count_figure(value),
        TapeFigure::Volume => money_figure(value),
        TapeFigure::Flow | TapeFigure::WhaleFlow | TapeFigure::SmartFlow => flow_figure(value),
        TapeFigure::BuyShare => share_figure(value),
        TapeFigure::Change => change_figure(value),
    }
}

/// The smart-money imbalance; its tooltip says of how many voices it is and how old.
fn smart(row: &MarketRow) -> Markup {
    let known = row.smart_money.as_ref();
    let basis = known.map(|known| {
        let voices = decimal(Some(known.voices), 1);
        format!("{voices} independent voices, as of {}", utc(known.as_of))
    });
    html! { span title=[basis] { (signed(row.smart_imbalance(), 0)) } }
}

fn tick(row: &MarketRow) -> Markup {
    html! {
        @match row.tick_size {
            Some(tick) => { (decimal(Some(tick * 100.0), 4)) "¢" },
            None => (UNKNOWN),
        }
    }
}

fn created(row: &MarketRow) -> Markup {
    html! {
        @match row.created_at {
            Some(at) => span title=(utc(at)) { (at.format("%Y-%m-%d")) },
            None => (UNKNOWN),
        }
    }
}

/// The columns with these names, the title leading; unknown names are left out.
pub(super) fn chosen(names: &[&str]) -> Vec<&'static Column> {
    let rest = names.iter().filter(|name| **name != "title");
    std::iter::once(&"title")
        .chain(rest)
        .filter_map(|name| ALL.iter().chain(TAPE.iter()).find(|column| column.id == *name))
        .collect()
}

/// A table of markets. With an address, its headers are links that sort.
pub(super) fn table(
    caption: &str,
    columns: &[&Column],
    rows: &[MarketRow],
    sorting: Option<&Sorting>,
    now: DateTime<Utc>,
) -> Markup {
    html! {
        table class="grid markets" {
            caption class="sr" { (caption) }
            thead {
                tr {
                    @for column in columns {
                        (header(column.id, &column.header.text(), column.is_text, column.sort.map(SortColumn::slug), sorting))
                    }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        @for column in columns {
                            td class=(class(column.id, column.is_text, column.is_quiet)) { (column.cell.fill(row, now)) }
                        }
                    }
                }
            }
        }
    }
}

/// The class of a cell.
pub(super) fn class(id: &str, is_text: bool, is_quiet: bool) -> String {
    let text = if is_text { "l " } else { "" };
    let quiet = if is_quiet { " f2" } else { "" };
    format!("{text}c-{id}{quiet}")
}

/// The order of a list, for headers that show and change it.
pub(super) struct Sorting<'a> {
    /// The list.
    pub(super) address: &'a Address,
    /// The column that decides, and whether the largest comes first.
    pub(super) column: &'a str,
    pub(super) is_descending: bool,
}

/// A header; a link where the column sorts. The first click puts the largest first, except for texts and
/// dates; a click on the deciding column turns it round.
pub(super) fn header(
    id: &str,
    label: &str,
    is_text: bool,
    sort: Option<&str>,
    sorting: Option<&Sorting>,
) -> Markup {
    let class = class(id, is_text, false);
    let (Some(column), Some(sorting)) = (sort, sorting) else {
        return html! { th class=(class) scope="col" { (label) } };
    };
    let is_deciding = sorting.column == column;
    let next_descending =
        if is_deciding { !sorting.is_descending } else { !is_text && column != "end_date" };
    let word = if next_descending { format!("-{column}") } else { column.to_owned() };
    let direction =
        is_deciding.then_some(if sorting.is_descending { "descending" } else { "ascending" });
    let href = sorting.address.first_page().with("sort", word).href();
    html! {
        th class=(class) scope="col" aria-sort=[direction] {
            a href=(href) {
                (label)
                @if is_deciding {
                    span class="dir" aria-hidden="true" { @if sorting.is_descending { "▾" } @else { "▴" } }
                }
            }
        }
    }
}
