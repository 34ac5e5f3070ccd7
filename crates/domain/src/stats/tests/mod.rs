//! Properties, published values, and how often intervals hold what they say.

mod intervals;
mod skill;
mod trials;
mod wagers;
