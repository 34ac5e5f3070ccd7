//! What a screen means, row by row, with nothing done to make it fast.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use domain::{
    Category, Closes, Event, Market, MarketStatus, RangeColumn, Screen, Sort, SortColumn,
    TapeColumn, TapeFigure, Trait,
};

use rust_decimal::Decimal;
use store::intelligence::boards::markets::Stance;
use store::windows::CountedWindow;

use super::super::typo;
use super::super::words::{fold, words};
use super::support::Catalogue;
use crate::view::{FacetCount, Facets};

/// A market with what it takes to judge it.
pub(super) struct Judged<'a> {
    pub(super) market: &'a Market,
    event: Option<&'a Event>,
    windows: &'a [CountedWindow],
    stance: Option<&'a Stance>,
    score: u32,
}

impl Judged<'_> {
    fn category(&self) -> Option<Category> {
        self.event.and_then(|event| event.category).or(self.market.category)
    }

    fn has_tag(&self, slug: &str) -> bool {
        self.event.is_some_and(|event| event.tags.iter().any(|tag| tag.slug == slug))
    }

    fn closes(&self, now: DateTime<Utc>) -> Option<Closes> {
        (!self.market.closed).then(|| Closes::of(self.market.end_date, now))
    }

    fn has_trait(&self, property: Trait) -> bool {
        match property {
            Trait::NegRisk => self.market.neg_risk,
            Trait::FeeFree => self.market.fee_rate.is_some_and(|rate| rate.is_zero()),
            Trait::Rewards => self.market.has_rewards(),
            Trait::AcceptingOrders => self.market.accepting_orders,
            Trait::New => self.market.new,
        }
    }

    fn bounded(&self, column: RangeColumn) -> Option<f64> {
        let m = self.market;
        match column {
            RangeColumn::Price => m.price().map(domain::Price::to_f64),
            RangeColumn::Spread => m.spread.map(domain::Price::to_f64),
            RangeColumn::Volume24h => m.volume_24h.map(domain::Usdc::to_f64),
            RangeColumn::VolumeTotal => m.volume_total.map(domain::Usdc::to_f64),
            RangeColumn::Liquidity => m.liquidity.map(domain::Usdc::to_f64),
            RangeColumn::Change1h => m.change_1h.map(domain::PriceChange::to_f64),
            RangeColumn::Change24h => m.change_24h.map(domain::PriceChange::to_f64),
            RangeColumn::Change7d => m.change_7d.map(domain::PriceChange::to_f64),
            RangeColumn::SmartImbalance => self.stance.and_then(|stance| stance.imbalance),
            RangeColumn::SmartVoices => self.stance.map(|stance| stance.voices),
            RangeColumn::Tape(column) => self.tape(column),
        }
    }

    /// Unknown where the window is; nothing where the market did not trade.
    fn tape(&self, column: TapeColumn) -> Option<f64> {
        let count = self.windows.iter().find(|count| count.window == column.window())?;
        let traded = count.markets.iter().find(|traded| traded.market_id == self.market.market_id);
        let sum = |sign: i64| {
            traded.map_or(Decimal::ZERO, |t| t.buy_usdc + Decimal::from(sign) * t.sell_usdc)
        };
        let value = match column.figure() {
            TapeFigure::Trades => Decimal::from(traded.map_or(0, |traded| traded.trades)),
            TapeFigure::Buyers => Decimal::from(traded.map_or(0, |traded| traded.buyers)),
            TapeFigure::Sellers => Decimal::from(traded.map_or(0, |traded| traded.sellers)),
            TapeFigure::Volume => sum(1),
            TapeFigure::Flow => sum(-1),
            TapeFigure::WhaleFlow => {
                traded.map_or(Some(Decimal::ZERO), |traded| traded.whale_usdc)?
            }
            TapeFigure::SmartFlow => {
                traded.map_or(Some(Decimal::ZERO), |traded| traded.smart_usdc)?
            }
            TapeFigure::BuyShare => traded?.buy_usdc.checked_div(sum(1))?.round_dp(4),
            TapeFigure::Change => traded?.change?,
        };
        // The nearest double, as the text would be read.
        value.to_string().parse().ok()
    }

    fn sorted_by(&self, column: SortColumn) -> Option<f64> {
        let m = self.market;
        let instant = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp() as f64);
        match column {
            SortColumn::Volume24h => self.bounded(RangeColumn::Volume24h),
            SortColumn::Volume7d => m.volume_7d.map(domain::Usdc::to_f64),
            SortColumn::Volume30d => m.volume_30d.map(domain::Usdc::to_f64),
            SortColumn::VolumeTotal => self.bounded(RangeColumn::VolumeTotal),
            SortColumn::Liquidity => self.bounded(RangeColumn::Liquidity),
            SortColumn::Price => self.bounded(RangeColumn::Price),
            SortColumn::Spread => self.bounded(RangeColumn::Spread),
            SortColumn::Change1h => self.bounded(RangeColumn::Change1h),
            SortColumn::Change24h => self.bounded(RangeColumn::Change24h),
            SortColumn::Change7d => self.bounded(RangeColumn::Change7d),
            SortColumn::Change30d => m.change_30d.map(domain::PriceChange::to_f64),
            SortColumn::EndDate => instant(m.end_date),
            SortColumn::CreatedAt => instant(m.created_at),
            SortColumn::Competitive => m.competitive.and_then(|value| value.try_into().ok()),
            SortColumn::SmartImbalance => self.bounded(RangeColumn::SmartImbalance),
            SortColumn::SmartVoices => self.bounded(RangeColumn::SmartVoices),
            SortColumn::Relevance => Some(f64::from(self.score)),
            SortColumn::Title => None,
            SortColumn::Tape(column) => self.tape(column),
        }
    }

    fn meets(&self, screen: &Screen, now: DateTime<Utc>) -> bool {
        let m = self.market;
        let ranges = screen.ranges.iter().all(|range| {
            let value = self.bounded(range.column);
            value.is_some_and(|value| {
                range.min.is_none_or(|min| value >= min) && range.max.is_none_or(|max| value <= max)
            })
        });
        let closes = screen.closes.is_empty()
            || self.closes(now).is_some_and(|closes| screen.closes.contains(&closes));
        ranges
            && closes
            && (screen.categories.is_empty() || screen.categories.contains(&self.category()))
            && screen.tags.iter().all(|tag| self.has_tag(tag))
            && screen.status.is_none_or(|status| status == m.status())
            && screen.active.is_none_or(|flag| flag == m.active)
            && screen.closed.is_none_or(|flag| flag == m.closed)
            && screen.ends_after.is_none_or(|at| m.end_date.is_some_and(|end| end >= at))
            && screen.ends_before.is_none_or(|at| m.end_date.is_some_and(|end| end < at))
            && screen.traits.iter().all(|property| self.has_trait(*property))
            && (screen.search.is_none() || self.score > 0)
    }
}

fn compare(a: &Judged<'_>, b: &Judged<'_>, sort: Sort) -> Ordering {
    let directed = |order: Ordering| if sort.descending { order.reverse() } else { order };
    if sort.column == SortColumn::Title {
        return directed(fold(&a.market.title).cmp(&fold(&b.market.title)));
    }
    match (a.sorted_by(sort.column), b.sorted_by(sort.column)) {
        (Some(a), Some(b)) => directed(a.total_cmp(&b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

impl Catalogue {
    /// Ids of the markets of a screen's result, in order.
    pub(super) fn screen(&self, screen: &Screen, now: DateTime<Utc>) -> Vec<String> {
        let mut found = self.judged(screen);
        found.retain(|judged| judged.meets(screen, now));
        found.sort_by(|a, b| {
            let order = screen.order();
            let by_columns = order.iter().map(|sort| compare(a, b, *sort));
            let number =
                |judged: &Judged<'_>| judged.market.market_id.as_str().parse::<u64>().unwrap();
            by_columns.fold(Ordering::Equal, Ordering::then).then(number(a).cmp(&number(b)))
        });
        found.iter().map(|judged| judged.market.market_id.as_str().to_owned()).collect()
    }

    /// What the facets of a screen should count. Tags come without their labels.
    pub(super) fn facets(&self, screen: &Screen, now: DateTime<Utc>) -> Facets {
        let judged = self.judged(screen);
        let count = |screen: &Screen, has: &dyn Fn(&Judged<'_>) -> bool| {
            judged.iter().filter(|j| j.meets(screen, now) && has(j)).count()
        };
        let facet = |value: &str, label: &str, count, selected| FacetCount {
            value: value.to_owned(),
            label: label.to_owned(),
            count,
            selected,
        };
        let any = Screen { categories: Vec::new(), ..screen.clone() };
        let all = Category::ALL.into_iter().map(Some).chain([None]);
        let category = all.map(|category| {
            let (value, label) = category.map_or(("unknown", "Unknown"), |c| (c.slug(), c.label()));
            let count = count(&any, &|j| j.category() == category);
            facet(value, label, count, screen.categories.contains(&category))
        });
        let category = category.collect();
        let any = Screen { status: None, ..screen.clone() };
        let status = MarketStatus::ALL.into_iter().map(|status| {
            let count = count(&any, &|j| j.market.status() == status);
            facet(status.slug(), status.slug(), count, screen.status == Some(status))
        });
        let status = status.collect();
        let any = Screen { closes: Vec::new(), ..screen.clone() };
        let closes = Closes::ALL.iter().map(|closes| {
            let count = count(&any, &|j| j.closes(now) == Some(*closes));
            facet(closes.slug(), closes.label(), count, screen.closes.contains(closes))
        });
        let closes = closes.collect();
        let any = Screen { traits: Vec::new(), ..screen.clone() };
        let traits = Trait::ALL.iter().map(|property| {
            let count = count(&any, &|j| j.has_trait(*property));
            facet(property.slug(), property.label(), count, screen.traits.contains(property))
        });
        let traits = traits.collect();
        let any = Screen { tags: Vec::new(), ..screen.clone() };
        let known = self.events.iter().flat_map(|stored| &stored.event.tags);
        let mut slugs: Vec<&String> = known.map(|tag| &tag.slug).chain(&screen.tags).collect();
        slugs.sort_unstable();
        slugs.dedup();
        let mut tags: Vec<FacetCount> = slugs
            .into_iter()
            .map(|slug| {
                let count = count(&any, &|j| j.has_tag(slug));
                facet(slug, "", count, screen.tags.contains(slug))
            })
            .filter(|facet| facet.count > 0 || facet.selected)
            .collect();
        tags.sort_by_key(|facet| (std::cmp::Reverse(facet.count), facet.value.clone()));
        Facets { category, status, closes, traits, tags }
    }

    /// A figure of a market.
    pub(super) fn tape(&self, market_id: &str, column: TapeColumn) -> Option<f64> {
        let judged = self.judged(&Screen { status: None, ..Screen::default() });
        let judged = judged.iter().find(|judged| judged.market.market_id.as_str() == market_id);
        judged.and_then(|judged| judged.tape(column))
    }

    fn judged(&self, screen: &Screen) -> Vec<Judged<'_>> {
        let listed = self.markets.iter().filter(|stored| stored.delisted_at.is_none());
        let judged = listed.map(|stored| {
            let market = &stored.market;
            let event = self.event(market);
            let score = screen.search.as_deref().map_or(0, |text| self.score(text, market, event));
            let stance = self.stances.iter().find(|stance| stance.market_id == market.market_id);
            Judged { market, event, windows: &self.windows, stance, score }
        });
        judged.collect()
    }

    fn event(&self, market: &Market) -> Option<&Event> {
        let events = self.events.iter().map(|stored| &stored.event);
        events.into_iter().find(|event| Some(&event.event_id) == market.event_id.as_ref())
    }

    fn score(&self, text: &str, market: &Market, event: Option<&Event>) -> u32 {
        if text == market.slug {
            return u32::from(u16::MAX);
        }
        let mut query: Vec<String> = Vec::new();
        for word in words(&fold(text)) {
            query.retain(|earlier| *earlier != word);
            query.push(word);
        }
        let everywhere: Vec<String> = {
            let markets = self.markets.iter().flat_map(|stored| market_words(&stored.market));
            markets
                .chain(self.events.iter().flat_map(|stored| event_words(&stored.event)))
                .collect()
        };
        let mut sum = 0;
        for (at, word) in query.iter().enumerate() {
            let prefixes = at + 1 == query.len() || word.chars().count() >= 3;
            let forgiven = if everywhere.contains(word) { 0 } else { typo::forgiven(word) };
            let typed: Vec<char> = word.chars().collect();
            let level = |held: &String| match held {
                held if held == word => 5,
                held if prefixes && held.starts_with(word.as_str()) => 3,
                held if forgiven > 0
                    && typo::within(&typed, &held.chars().collect::<Vec<_>>(), forgiven) =>
                {
                    1
                }
                _ => 0,
            };
            let own = market_words(market).iter().map(level).max().unwrap_or(0);
            let of_event = event.map(event_words).unwrap_or_default();
            let of_event = of_event.iter().map(level).max().unwrap_or(0);
            let best = of_event.max(if own > 0 { own + 1 } else { 0 });
            if best == 0 {
                return 0;
            }
            sum += best;
        }
        sum
    }
}

fn market_words(market: &Market) -> Vec<String> {
    let group = market.group_title.as_deref().unwrap_or_default();
    words(&fold(&market.title)).chain(words(&fold(group))).collect()
}

fn event_words(event: &Event) -> Vec<String> {
    let tags = event.tags.iter().flat_map(|tag| [&tag.slug, &tag.label]);
    let tags = tags.flat_map(|text| words(&fold(text)).collect::<Vec<_>>());
    words(&fold(&event.title)).chain(tags).collect()
}
