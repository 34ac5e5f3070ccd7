//! The conditions of `/markets` listings.

use std::collections::HashSet;

use super::{Common, Listing, TagFilter, named};
use crate::catalogue::{Catalogue, Facts, Market, MarketTraits};
use crate::gamma::params::Params;
use crate::gamma::problem::Problem;

/// Most condition ids one request may name.
const MAX_CONDITION_IDS: usize = 100;

const FIGURE_RANGES: [(&str, &str); 2] =
    [("liquidity_num", "liquidityNum"), ("volume_num", "volumeNum")];

/// What `decimalized` means upstream: the tick of a market that has tenths of a cent, and of one
/// that has not.
const DECIMAL_TICK: f64 = 0.001;
const CENT_TICK: f64 = 0.01;

/// The condition of a `/markets` listing.
#[derive(Debug)]
pub(crate) struct MarketFilter {
    common: Common,
    tags: TagFilter,
    condition_ids: Option<HashSet<String>>,
    token_ids: Option<HashSet<String>>,
    question_ids: Option<HashSet<String>>,
    position_ids: Option<HashSet<String>>,
    /// In lower case.
    market_makers: Option<HashSet<String>>,
    uma_statuses: Option<HashSet<String>>,
    game_ids: Option<HashSet<String>>,
    sports_types: Option<HashSet<String>>,
    rfq_enabled: Option<bool>,
    rewards_min_size: Option<f64>,
    tick: Option<f64>,
}

impl MarketFilter {
    /// `closed` defaults to false since April 2026, whether or not ids are named; only filters in a
    /// body are without that default. The keyset listing shows only active, unarchived rows unless
    /// ids are named.
    pub(crate) fn read(params: &Params, listing: Listing) -> Result<Self, Problem> {
        let mut common = Common::read(params, &FIGURE_RANGES, &[])?;
        if listing != Listing::Body {
            common.closed = common.closed.or(Some(false));
        }
        let tick = params.flag("decimalized")?;
        let filter = Self {
            common,
            tags: TagFilter::read(params)?,
            condition_ids: params.set("condition_ids"),
            token_ids: params.set("clob_token_ids"),
            question_ids: params.set("question_ids"),
            position_ids: params.set("position_ids"),
            market_makers: lower(params.set("market_maker_address")),
            uma_statuses: params.set("uma_resolution_status"),
            game_ids: params.set("game_id"),
            sports_types: params.set("sports_market_types"),
            rfq_enabled: params.flag("rfq_enabled")?,
            rewards_min_size: params.figure("rewards_min_size")?,
            tick: tick.map(|decimal| if decimal { DECIMAL_TICK } else { CENT_TICK }),
        };
        if filter.condition_ids.as_ref().is_some_and(|ids| ids.len() > MAX_CONDITION_IDS) {
            let error = format!("condition_ids: at most {MAX_CONDITION_IDS} are allowed");
            return Err(Problem::Invalid(error));
        }
        Ok(match listing {
            Listing::Keyset if !filter.names_rows() => filter.active_only(),
            Listing::Keyset | Listing::Offset | Listing::Body => filter,
        })
    }

    /// Whether ids or slugs of markets are given.
    pub(crate) fn names_rows(&self) -> bool {
        self.common.numbers.is_some()
            || self.common.slugs.is_some()
            || self.condition_ids.is_some()
            || self.token_ids.is_some()
            || self.question_ids.is_some()
            || self.position_ids.is_some()
    }

    fn active_only(mut self) -> Self {
        self.common.active = Some(true);
        self.common.archived = Some(false);
        self
    }

    /// The same, with related tags where they were asked for.
    #[must_use]
    pub(crate) fn widened(mut self, catalogue: &Catalogue) -> Self {
        self.tags = self.tags.widened(catalogue);
        self
    }

    pub(crate) fn accepts(&self, market: &Market, catalogue: &Catalogue) -> bool {
        self.common.accepts(&market.facts)
            && named(self.condition_ids.as_ref(), &market.condition_id)
            && named(self.question_ids.as_ref(), &market.question_id)
            && any_named(self.token_ids.as_ref(), &market.token_ids)
            && self.accepts_traits(&market.traits)
            && self.accepts_figures(&market.facts)
            && self.accepts_game(market, catalogue)
            && (self.tags.is_empty()
                || catalogue.event_of(market).is_some_and(|event| self.tags.accepts(event)))
    }

    fn accepts_traits(&self, traits: &MarketTraits) -> bool {
        any_named(self.position_ids.as_ref(), &traits.position_ids)
            && named(self.market_makers.as_ref(), &traits.market_maker_address)
            && named(self.uma_statuses.as_ref(), &traits.uma_resolution_status)
            && named(self.sports_types.as_ref(), &traits.sports_market_type)
            && self.rfq_enabled.is_none_or(|wanted| wanted == traits.rfq_enabled)
    }

    /// Rows that do not name their game are of the game of their event.
    fn accepts_game(&self, market: &Market, catalogue: &Catalogue) -> bool {
        let Some(wanted) = &self.game_ids else { return true };
        let of_event = || catalogue.event_of(market).map(|event| event.traits.game_id.as_str());
        let own = Some(market.traits.game_id.as_str()).filter(|own| !own.is_empty());
        own.or_else(of_event).is_some_and(|game| wanted.contains(game))
    }

    fn accepts_figures(&self, facts: &Facts) -> bool {
        let figure = |name| facts.figures.named(name);
        self.rewards_min_size
            .is_none_or(|min| figure("rewardsMinSize").is_some_and(|size| size >= min))
            && self.tick.is_none_or(|tick| {
                figure("orderPriceMinTickSize").is_some_and(|held| (held - tick).abs() < 1e-9)
            })
    }
}

fn any_named(wanted: Option<&HashSet<String>>, held: &[String]) -> bool {
    wanted.is_none_or(|wanted| held.iter().any(|id| wanted.contains(id)))
}

fn lower(names: Option<HashSet<String>>) -> Option<HashSet<String>> {
    names.map(|names| names.into_iter().map(|name| name.to_ascii_lowercase()).collect())
}
