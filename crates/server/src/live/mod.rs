//! What happens in markets, told to whoever watches.

pub mod feed;
pub mod stream;

pub use feed::{FeedPlace, LiveFeed, LiveKind};
pub use stream::Wish;
