//! The client of Polymarket's public APIs.
//!
//! Upstream's rows are decoded one by one and field by field straight into [`domain`] types. A row that
//! cannot be used is quarantined with its raw text, a field that cannot be read becomes unknown and is
//! counted, and nothing an upstream sends can make a whole page, or the process, fail.
//!
//! * [`Upstream`] does HTTP: deadlines, size caps, retries, and telling an answer from an error page.
//! * [`Limits`] keeps the whole process below a fraction of upstream's published rate limits.
//! * [`lenient`] and [`fields`] read upstream's many spellings of numbers, lists, dates and ids.
//! * [`gamma`] is the catalogue: events, markets and tags.
//! * [`clob`] is the exchange: order books, prices and their history.
//! * [`ws`] is what upstream tells by itself: books, their changes, and trades.
//! * [`data`] is what happened: trades, wallets, holders, resolutions.
//! * [`user_pnl`] is the profit that the site's charts show.

pub mod clob;
pub mod data;
pub mod endpoints;
pub mod error;
pub mod fields;
pub mod gamma;
pub mod history;
pub mod http;
pub mod lenient;
pub mod limit;
pub mod quarantine;
mod retry;
pub mod rows;
#[cfg(test)]
mod spoilt_bodies;
pub mod user_pnl;
pub mod ws;

pub use endpoints::{Endpoints, Host, InvalidEndpoint};
pub use error::{UpstreamError, UpstreamErrorKind};
pub use history::{HistoryRange, InvalidHistory, PricePoint, TimeWindow};
pub use http::{Answer, Delivery, Request, Upstream, UpstreamOptions};
pub use limit::Limits;
pub use quarantine::{IssueCount, RejectReason, RejectedRow, RowKind};
pub use rows::Rows;
