//! What the API sends: one struct per JSON object. Exact decimals become JSON numbers here and nowhere
//! earlier.

mod event;
mod facets;
mod market;
mod search;

pub use event::{EventDetail, EventRow, EventStatus, TopMarket};
pub use facets::{FacetCount, Facets};
pub use market::{EventRef, MarketDetail, MarketRow, RelatedMarket, ResolutionView};
pub use search::{FoundEvent, FoundMarket, SearchResults};
