//! What the API sends: one struct per JSON object. Exact decimals become JSON numbers here and nowhere
//! earlier.

mod analytics;
mod category;
mod distribution;
mod event;
mod facets;
mod happening;
pub mod intelligence;
mod market;
mod order_book;
mod search;
mod tape;
pub mod wallet;

pub use analytics::{AnalyticsView, MomentumView, WindowView};
pub use category::{CategoryMarket, CategoryView};
pub use distribution::{DistributionView, ExcludedMarket, OutcomeChance};
pub use event::{EventDetail, EventRow, EventStatus, TopMarket};
pub use facets::{FacetCount, Facets};
pub use happening::{PriceTick, ResolutionTick, TradeView};
pub use market::{EventRef, MarketDetail, MarketRow, RelatedMarket, ResolutionView, SmartMoney};
pub use order_book::{BookLevelView, DepthView, OrderBookView};
pub use search::{FoundEvent, FoundMarket, SearchResults};
pub use tape::{TapeFigures, TapeWindow, TapeWindows};
