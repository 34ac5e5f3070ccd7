//! Wallets, as the API sends them.

mod activity;
mod exposure;
mod figures;
mod market;
mod pnl;
mod position;
mod profile;
mod told;
mod value;

pub use activity::ActivityView;
pub use exposure::ExposureView;
pub use figures::{
    CalibrationBin, CalibrationCurve, CalibrationView, CategoryRecord, CourseView, FrequencyView,
    HoldView, IntervalView, LastCourse, PriceBandRecord, RecordView, SettledEvent, SpreadView,
    WalletMetricsView, WindowRecord,
};
pub use market::{KnownMarkets, Mark, MarkSource, WalletMarket};
pub use pnl::{
    BooksView, PnlPointView, PnlSeries, PnlView, ReconciliationView, TotalsView, reconciled,
};
pub use position::{ClosedPositionView, PositionView, VenuePosition};
pub use profile::{BadgeView, Facts, FoundWallet, HistoryView, ImportView, WalletProfile};
pub use told::{Told, ToldList, ToldNumber};
pub use value::ValueView;
