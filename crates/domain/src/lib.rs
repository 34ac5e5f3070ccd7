//! What the things of a prediction market are, and the arithmetic on them.
//!
//! Nothing here does I/O, waits, or reads a clock: time and randomness come in as arguments. A value
//! of one of these types is valid by construction; parsing happens once, at the edge.

pub mod analytics;
pub mod bars;
pub mod bets;
pub mod book;
pub mod category;
pub mod clusters;
pub mod concentration;
pub mod conduct;
pub mod contracts;
pub mod distribution;
pub mod error;
pub mod event;
pub mod evidence;
pub mod fees;
pub mod ids;
pub mod insiders;
pub mod ledger;
pub mod market;
pub mod money;
pub mod null_audit;
pub mod origin;
pub mod performance;
pub mod query;
pub mod scores;
pub mod screen;
pub mod side;
pub mod signals;
pub mod slippage;
pub mod stats;
pub mod tape;
pub mod wash;
pub mod whales;

pub use analytics::{MarketAnalytics, MarketRecords, Window};
pub use bars::{Bar, BarSource, BarVolume, Interval};
pub use book::{Book, BookState, Keeper, Level, Pips};
pub use category::Category;
pub use concentration::Concentration;
pub use contracts::Contract;
pub use distribution::Distribution;
pub use error::{ErrorCode, InvalidField};
pub use event::{Event, Tag};
pub use fees::FeeSchedule;
pub use ids::{Address, ConditionId, EventId, InvalidId, MarketId, TokenId, TransactionHash};
pub use market::{Market, MarketStatus, Outcome, Resolution, ResolutionBasis, UmaStatus};
pub use money::{OutOfRange, Price, PriceChange, Shares, Usdc};
pub use origin::Origin;
pub use query::QueryReader;
pub use screen::{
    Closes, EventScreen, EventSortColumn, RangeColumn, Screen, Sort, SortColumn, TapeColumn,
    TapeFigure, Trait,
};
pub use side::Side;
pub use slippage::{OrderSize, Slippage};
pub use tape::{Trade, TradeKey};
