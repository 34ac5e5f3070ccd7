//! What is open in each category.

use chrono::{DateTime, Utc};
use domain::{
    Category, Closes, Screen, Sort, SortColumn, TapeColumn, TapeFigure, analytics::Window,
};

use super::bitmap::Bitmap;
use super::columns::category_at;
use super::page::Page;
use super::snapshot::Snapshot;
use crate::view::{CategoryMarket, CategoryView, MarketRow};

/// Markets that a category shows.
const SHOWN: usize = 5;

/// What filters call the unknown category.
const UNKNOWN: &str = "unknown";

impl Snapshot {
    /// The categories that have an open market, the most traded first.
    pub fn categories(&self, now: DateTime<Utc>) -> Vec<CategoryView> {
        let columns = &self.markets.columns;
        let mut open = columns.open().clone();
        open.and(&columns.listed);
        let mut open_events = self.events.columns.held.clone();
        open_events.and_not(&self.events.columns.closed);
        let mut views = Vec::new();
        for (code, members) in columns.categories.iter().enumerate() {
            let mut members = members.clone();
            members.and(&open);
            if members.count() == 0 {
                continue;
            }
            let category = category_at(code);
            let due = columns.due(&members, now);
            let within_a_day = Closes::ALL.iter().position(|closes| *closes == Closes::Day);
            views.push(CategoryView {
                category: category.map_or(UNKNOWN, Category::slug).to_owned(),
                label: category.map_or("Unknown", Category::label).to_owned(),
                markets: members.count(),
                events: self.events.columns.categories[code].count_and(&open_events),
                volume_24h: sum(&columns.volume_24h, &members),
                liquidity: sum(&columns.liquidity, &members),
                closing_soon: within_a_day.map_or(0, |bucket| due[bucket].count()),
                top_markets: self.most_traded(category, now),
            });
        }
        views.sort_by(|a, b| {
            let volume = |view: &CategoryView| view.volume_24h.unwrap_or(-1.0);
            volume(b).total_cmp(&volume(a)).then_with(|| a.category.cmp(&b.category))
        });
        views
    }

    fn most_traded(&self, category: Option<Category>, now: DateTime<Utc>) -> Vec<CategoryMarket> {
        let screen = Screen {
            categories: vec![category],
            sort: vec![Sort { column: SortColumn::Volume24h, descending: true }],
            ..Screen::default()
        };
        // Only cursors are refused, and rows of our own writing are read back.
        let page = self.screen(&screen, &Page::first(SHOWN), false, now);
        let rows = page.ok().and_then(|page| page.read().ok()).unwrap_or_default();
        let traded = rows.into_iter().filter(|row| row.volume_24h.is_some());
        traded
            .map(|row: MarketRow| CategoryMarket {
                change_10m: counted_change(&row, Window::TenMinutes),
                change_1h: row.change_1h,
                change_6h: counted_change(&row, Window::SixHours),
                change_12h: counted_change(&row, Window::TwelveHours),
                change_7d: row.change_7d,
                market_id: row.market_id,
                slug: row.slug,
                title: row.title,
                price: row.price,
                change_24h: row.change_24h,
                volume_24h: row.volume_24h,
            })
            .collect()
    }
}

/// The change that the tape tells over a window.
fn counted_change(row: &MarketRow, window: Window) -> Option<f64> {
    row.tape(TapeColumn::new(TapeFigure::Change, window)?)
}

/// The sum over the rows that have a value; `None` when none has.
fn sum(values: &[f64], rows: &Bitmap) -> Option<f64> {
    let known = values.iter().enumerate().filter(|(row, value)| !value.is_nan() && rows.get(*row));
    known.fold(None, |sum: Option<f64>, (_, value)| Some(sum.unwrap_or(0.0) + value))
}
