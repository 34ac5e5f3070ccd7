//! A short table of markets within a page, drawn as the script draws it.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{
    columns::class,
    figures::{category_label, change_figure, closes, money_figure, price, spread},
    period::Period,
};
use crate::view::MarketRow;

/// A column of a short table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShortColumn {
    Category,
    Price,
    Change(Period),
    Volume24h,
    VolumeTotal,
    Liquidity,
    Spread,
    EndDate,
}

impl ShortColumn {
    /// The API's name, the header, and whether it is quiet.
    fn named(self) -> (&'static str, &'static str, bool) {
        match self {
            Self::Category => ("category", "Category", true),
            Self::Price => ("price", "Yes", false),
            Self::Change(Period::TenMinutes) => ("change_10m", "Change 10m", false),
            Self::Change(Period::Hour) => ("change_1h", "Change 1h", false),
            Self::Change(Period::SixHours) => ("change_6h", "Change 6h", false),
            Self::Change(Period::TwelveHours) => ("change_12h", "Change 12h", false),
            Self::Change(Period::Day) => ("change_24h", "Change 24h", false),
            Self::Change(Period::Week) => ("change_7d", "Change 7d", false),
            Self::Volume24h => ("volume_24h", "Volume 24h", false),
            Self::VolumeTotal => ("volume_total", "Volume", true),
            Self::Liquidity => ("liquidity", "Liquidity", true),
            Self::Spread => ("spread", "Spread", true),
            Self::EndDate => ("end_date", "Closes", true),
        }
    }

    fn is_text(self) -> bool {
        self == Self::Category
    }

    fn cell(self, market: &MarketRow, now: DateTime<Utc>) -> Markup {
        match self {
            Self::Category => html! { (category_label(market.category)) },
            Self::Price => price(market),
            Self::Change(period) => change_figure(period.change(market)),
            Self::Volume24h => money_figure(market.volume_24h),
            Self::VolumeTotal => money_figure(market.volume_total),
            Self::Liquidity => money_figure(market.liquidity),
            Self::Spread => spread(market),
            Self::EndDate => closes(market, now),
        }
    }
}

/// What a short table is of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Setting<'a> {
    /// All are of one event: each goes by its own name in it, where it has one.
    pub(super) is_one_event: bool,
    /// The market whose page this is.
    pub(super) current: Option<&'a str>,
}

/// The table.
pub(super) fn short_table(
    caption: &str,
    markets: &[MarketRow],
    columns: &[ShortColumn],
    setting: Setting<'_>,
    now: DateTime<Utc>,
) -> Markup {
    html! {
        table class="grid short" {
            caption class="sr" { (caption) }
            thead {
                tr {
                    th class="l c-title" scope="col" { "Market" }
                    @for column in columns {
                        @let (id, header, _) = column.named();
                        th class=(class(id, column.is_text(), false)) scope="col" { (header) }
                    }
                }
            }
            tbody {
                @for market in markets {
                    @let is_current = setting.current == Some(market.market_id.as_str());
                    tr class=[is_current.then_some("sel")] {
                        td class="l c-title" {
                            a class="mk" href={ "/markets/" (market.slug) } aria-current=[is_current.then_some("page")] {
                                span class="t" { (name(market, setting)) }
                            }
                        }
                        @for column in columns {
                            @let (id, _, is_quiet) = column.named();
                            td class=(class(id, column.is_text(), is_quiet)) { (column.cell(market, now)) }
                        }
                    }
                }
            }
        }
    }
}

fn name<'a>(market: &'a MarketRow, setting: Setting<'_>) -> &'a str {
    let own = market.group_title.as_deref().filter(|name| setting.is_one_event && !name.is_empty());
    own.unwrap_or(&market.title)
}

/// The dearest first; those without a price last.
pub(super) fn by_price(mut markets: Vec<MarketRow>) -> Vec<MarketRow> {
    let price = |market: &MarketRow| market.price.unwrap_or(-1.0);
    markets.sort_by(|a, b| price(b).total_cmp(&price(a)));
    markets
}
