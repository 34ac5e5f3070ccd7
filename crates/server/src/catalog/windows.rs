//! What takers did in each market by window of time, beside the catalogue: it changes by the window, not
//! by the market, and most markets do not trade within a window.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::analytics::Window;
use domain::{TapeColumn, TapeFigure};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use store::windows::{CountedWindow, MarketWindow};
use xxhash_rust::xxh3::xxh3_64;

use super::lookup::{id_key, slot_number};
use crate::view::{TapeFigures, TapeWindow, TapeWindows};

/// The place of markets that did not trade.
const IDLE: u32 = 0;
/// Steps of a dollar that figures are told in.
const SCALE: u32 = 100_000_000;
/// Where every market's figure is unknown.
const UNKNOWN: [f64; 1] = [f64::NAN];

/// The last count of each window; a window that is not counted is unknown of every market.
#[derive(Debug, Clone, Default)]
pub(super) struct Windows {
    /// In the order of [`Window::COUNTED`].
    counted: [Option<Arc<Counted>>; Window::COUNTED.len()],
}

/// One count of one window.
#[derive(Debug, Clone)]
struct Counted {
    as_of: DateTime<Utc>,
    /// By slot, where its figures are; slots past the end are idle.
    places: Vec<u32>,
    /// By [`TapeFigure`], then by place, that of idle markets first. NaN is unknown.
    figures: [Vec<f64>; TapeFigure::ALL.len()],
    /// Markets that traded before the catalogue has heard of them: their keys and places.
    strangers: Vec<(u64, u32)>,
}

/// A column of figures: those of a slot are where its place says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) places: &'a [u32],
    pub(super) values: &'a [f64],
}

impl Placed<'_> {
    /// The value of a slot.
    pub(super) fn of(&self, slot: usize) -> f64 {
        self.values[self.places.get(slot).copied().unwrap_or(IDLE) as usize]
    }
}

impl Windows {
    /// Puts a count in place of the one before; `None`: the window is unknown from now on. `slot_of` finds
    /// a market by the key of its id among `markets` slots.
    pub(super) fn put(
        &mut self,
        window: Window,
        count: Option<&CountedWindow>,
        markets: usize,
        slot_of: impl Fn(&str) -> Option<usize>,
    ) {
        if let Some(at) = position(window) {
            self.counted[at] = count.map(|count| Arc::new(Counted::new(count, markets, slot_of)));
        }
    }

    /// Gives markets that are new in the catalogue what was counted of them before.
    pub(super) fn welcome(&mut self, slot_of: impl Fn(u64) -> Option<usize>) {
        for counted in self.counted.iter_mut().flatten() {
            if counted.strangers.iter().any(|(key, _)| slot_of(*key).is_some()) {
                Arc::make_mut(counted).welcome(&slot_of);
            }
        }
    }

    /// When the counted windows ended.
    pub(super) fn as_of(&self, window: Window) -> Option<DateTime<Utc>> {
        position(window).and_then(|at| self.counted[at].as_ref()).map(|counted| counted.as_of)
    }

    /// Names what is held: a window's count is known by its end, since one process counts at a time.
    pub(super) fn version(&self) -> u64 {
        let mut text = Vec::new();
        for counted in &self.counted {
            let as_of =
                counted.as_ref().map_or(i64::MIN, |counted| counted.as_of.timestamp_micros());
            text.extend_from_slice(&as_of.to_le_bytes());
        }
        xxh3_64(&text)
    }

    /// The values of a column.
    pub(super) fn column(&self, column: TapeColumn) -> Placed<'_> {
        let counted = position(column.window()).and_then(|at| self.counted[at].as_deref());
        match counted {
            Some(counted) => Placed {
                places: &counted.places,
                values: &counted.figures[column.figure() as usize],
            },
            None => Placed { places: &[], values: &UNKNOWN },
        }
    }

    /// What a market's row shows.
    pub(super) fn of(&self, slot: usize) -> TapeWindows {
        let [ten_minutes, hour, six_hours, twelve_hours, day] = Window::COUNTED
            .map(|window| position(window).and_then(|at| self.counted[at].as_deref()))
            .map(|counted| counted.map_or(TapeWindow::Unknown, |counted| counted.of(slot)));
        let (hour, day) = (without_change(hour), without_change(day));
        TapeWindows { ten_minutes, hour, six_hours, twelve_hours, day }
    }
}

/// Upstream tells these changes of every market.
fn without_change(view: TapeWindow) -> TapeWindow {
    match view {
        TapeWindow::Traded(figures) => TapeWindow::Traded(TapeFigures { change: None, ..figures }),
        other => other,
    }
}

fn position(window: Window) -> Option<usize> {
    Window::COUNTED.iter().position(|counted| *counted == window)
}

impl Counted {
    fn new(count: &CountedWindow, markets: usize, slot_of: impl Fn(&str) -> Option<usize>) -> Self {
        let mut counted = Self {
            as_of: count.as_of,
            places: vec![IDLE; markets],
            figures: [(); TapeFigure::ALL.len()]
                .map(|()| Vec::with_capacity(count.markets.len() + 1)),
            strangers: Vec::new(),
        };
        counted.push(figures(None));
        for market in &count.markets {
            let place = slot_number(counted.figures[0].len());
            counted.push(figures(Some(market)));
            match slot_of(market.market_id.as_str()) {
                Some(slot) => counted.places[slot] = place,
                None => counted.strangers.push((id_key(market.market_id.as_str()), place)),
            }
        }
        counted
    }

    fn push(&mut self, values: [f64; TapeFigure::ALL.len()]) {
        for (column, value) in self.figures.iter_mut().zip(values) {
            column.push(value);
        }
    }

    fn welcome(&mut self, slot_of: impl Fn(u64) -> Option<usize>) {
        let places = &mut self.places;
        self.strangers.retain(|(key, place)| {
            let Some(slot) = slot_of(*key) else { return true };
            if slot >= places.len() {
                places.resize(slot + 1, IDLE);
            }
            places[slot] = *place;
            false
        });
    }

    fn of(&self, slot: usize) -> TapeWindow {
        let place = self.places.get(slot).copied().unwrap_or(IDLE);
        if place == IDLE {
            return TapeWindow::Idle;
        }
        let value = |figure: TapeFigure| self.figures[figure as usize][place as usize];
        let known = |figure| Some(value(figure)).filter(|value| !value.is_nan());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "made from counts of 32 bits"
        )]
        let number = |figure| value(figure) as u32;
        TapeWindow::Traded(TapeFigures {
            trades: number(TapeFigure::Trades),
            buyers: number(TapeFigure::Buyers),
            sellers: number(TapeFigure::Sellers),
            taker_volume: value(TapeFigure::Volume),
            taker_flow: value(TapeFigure::Flow),
            whale_flow: known(TapeFigure::WhaleFlow),
            smart_flow: known(TapeFigure::SmartFlow),
            buy_share: known(TapeFigure::BuyShare),
            change: known(TapeFigure::Change),
        })
    }
}

/// In the order of [`TapeFigure::ALL`].
fn figures(market: Option<&MarketWindow>) -> [f64; TapeFigure::ALL.len()] {
    let Some(market) = market else {
        return [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, f64::NAN, f64::NAN];
    };
    let volume = market.buy_usdc + market.sell_usdc;
    [
        f64::from(market.trades.max(0)),
        f64::from(market.buyers.max(0)),
        f64::from(market.sellers.max(0)),
        number(Some(volume)),
        number(Some(market.buy_usdc - market.sell_usdc)),
        number(market.whale_usdc),
        number(market.smart_usdc),
        // Four digits are what is shown, and keep rows short.
        number(market.buy_usdc.checked_div(volume).map(|share| share.round_dp(4))),
        number(market.change),
    ]
}

/// The nearest double to eight decimal places, so that it is written as briefly as it was; NaN for unknown.
fn number(value: Option<Decimal>) -> f64 {
    let scaled = value.and_then(|value| (value * Decimal::from(SCALE)).round().to_i64());
    // Exact up to 2^53, ninety million dollars; a division of exact numbers is the nearest double.
    scaled.map_or(f64::NAN, |scaled| scaled as f64 / f64::from(SCALE))
}
