//! Opening an event: numbers, slugs, calendars, and the first quotes.

use std::cell::OnceCell;

use super::agenda::Action;
use super::belief::Belief;
use super::event::Event;
use super::history::{DAY_S, HOUR_S, MINUTE_S};
use super::market::{COARSE_TICK, Calendar, FINE_TICK, Market, Quoting, logit, pips};
use super::plan::{Opening, seconds};
use super::stories::{Draft, Resolution, Shape};
use super::{FIRST_NUMBER, World, ids, names, nested};
use crate::exchange::{FeeRate, Millis, Outcome, Terms};
use crate::noise::Dice;

/// How long after the end things happen to the markets of an event, in seconds.
struct Delays {
    proposed: Option<i64>,
    /// After the proposal.
    disputed: Option<i64>,
    /// After the end.
    closes: i64,
}

impl Delays {
    fn draw(dice: &mut Dice, resolution: Resolution) -> Self {
        const CHALLENGE_S: i64 = 2 * HOUR_S;
        let (proposed_s, dispute_chance) = match resolution {
            Resolution::Automatic => {
                return Self { proposed: None, disputed: None, closes: MINUTE_S };
            }
            Resolution::Quick => (seconds(dice.between(600.0, 3_600.0)), 0.01),
            // Some are forgotten for weeks, as upstream.
            Resolution::Proposed if dice.chance(0.06) => {
                (seconds(dice.between(30.0, 90.0) * DAY_S as f64), 0.0)
            }
            Resolution::Proposed => (1_200 + seconds(108_000.0 * dice.unit().powi(3)), 0.05),
        };
        let disputed_s = dice.chance(dispute_chance).then(|| seconds(dice.between(600.0, 7_000.0)));
        let vote_s = disputed_s.map_or(0, |_| seconds(dice.between(2.0, 5.0) * DAY_S as f64));
        Self {
            proposed: Some(proposed_s),
            disputed: disputed_s,
            closes: proposed_s + CHALLENGE_S + vote_s,
        }
    }

    fn calendar(&self, ends_s: i64) -> Calendar {
        let proposed_s = self.proposed.map(|delay_s| ends_s + delay_s);
        let disputed_s =
            proposed_s.zip(self.disputed).map(|(proposed_s, delay_s)| proposed_s + delay_s);
        Calendar { ends_s, proposed_s, disputed_s, closes_s: ends_s + self.closes }
    }
}

impl World {
    pub(super) fn open(&mut self, at_ms: Millis, opening: Opening) {
        let Opening { opens_s, ends_s, mut draft, interest } = opening;
        let index = self.events.len();
        let number = FIRST_NUMBER + index as u64;
        let noise = self.noise.with(3).with(number);
        let mut dice = noise.dice();
        let slug = self.free_slug(draft.handle.as_ref().unwrap_or(&draft.title), number);
        let volatility = draft.category.habits().volatility * dice.between(0.6, 1.6);
        let belief = Belief::new(&draft, opens_s * 1_000, ends_s * 1_000, volatility, noise);
        let group = is_exclusive(&draft).then(|| self.exchange.open_group());
        let category = draft.category;
        let drafts = std::mem::take(&mut draft.markets);
        let featured = dice.chance(0.04);
        let mut event = Event {
            number,
            slug,
            category,
            draft,
            group,
            opens_s,
            markets: Vec::with_capacity(drafts.len()),
            chains: Vec::new(),
            arbitrage_due: false,
            featured,
            interest,
            at_ms,
            learnt_ms: at_ms,
            belief,
            truth: Vec::new(),
            rows: OnceCell::new(),
        };
        let delays = Delays::draw(&mut dice, event.draft.resolution);
        for (place, market_draft) in drafts.into_iter().enumerate() {
            let market_number = FIRST_NUMBER + self.places.len() as u64;
            let market_slug = if market_draft.question == event.draft.title {
                event.slug.clone()
            } else {
                self.free_slug(&market_draft.question, market_number)
            };
            let scheduled_s = market_draft.ends_early.map_or(ends_s, |ends| ends.timestamp());
            let decided_s = event.belief.decided_ms()[place].map(|at_ms| at_ms.div_euclid(1_000));
            let over_s = decided_s.map_or(scheduled_s, |decided_s| decided_s.min(scheduled_s));
            let probability = event.belief.probabilities()[place];
            let share = interest * 10_f64.powf(0.45 * dice.bell()) / (1.0 + 0.35 * place as f64);
            let fees = category.fees(super::at_s(opens_s));
            let fine = group.is_some() || share > 4.0;
            let ix = self.exchange.list(
                at_ms,
                Terms {
                    tick: if fine { FINE_TICK } else { COARSE_TICK },
                    fee: fees.map_or(FeeRate::FREE, |fees| FeeRate::of(fees.rate)),
                    group,
                },
                pips(probability.clamp(0.000_5, 0.999_5)),
            );
            if market_draft.is_placeholder {
                // A name that is not known yet is not traded.
                self.exchange.halt(at_ms, ix);
            }
            let makers = self.makers_for(&mut dice, share);
            let market = Market {
                ix,
                number: market_number,
                slug: market_slug,
                condition_id: ids::hex_id("condition", market_number),
                question_id: ids::question_id(number, market_number, group.map(|_| place)),
                token_ids: [ids::token_id(market_number, 0), ids::token_id(market_number, 1)],
                draft: market_draft,
                scheduled_s,
                calendar: delays.calendar(over_s),
                fees,
                interest: share,
                quoting: Quoting::draw(&mut dice, share, makers),
                public: logit(probability),
                bias: 0.0,
                settled: None,
            };
            self.register(index, place, &market);
            self.agenda.note(market.calendar.ends_s * 1_000, Action::Turn(ix));
            event.markets.push(market);
        }
        event.chains = nested::chains(&event.markets);
        event.keep_truth(at_ms);
        self.plan_insiders(&event, &mut dice);
        self.events.push(event);
        self.agenda.note(at_ms, Action::Step { event: index, trade: false });
    }

    fn register(&mut self, event: usize, place: usize, market: &Market) {
        self.places.push((event, place));
        self.by_condition.insert(market.condition_id.clone(), market.ix);
        self.by_question.insert(market.question_id.clone(), market.ix);
        for (token_id, outcome) in market.token_ids.iter().zip(Outcome::BOTH) {
            self.by_token.insert(token_id.clone(), (market.ix, outcome));
        }
    }

    /// A slug nobody has yet; upstream appends a number too.
    fn free_slug(&mut self, text: &str, number: u64) -> String {
        let slug = names::slug(text);
        let slug = if self.slugs.contains(&slug) { format!("{slug}-{number}") } else { slug };
        self.slugs.insert(slug.clone());
        slug
    }
}

/// Whether the event's markets exclude each other.
pub(super) fn is_exclusive(draft: &Draft) -> bool {
    draft.shape != Shape::Separate
}
