//! What people say about what they trade.
//!
//! Nothing is stored. A comment hangs on a trade of the tape, by a rule that depends on the market
//! and on the comment's place in it alone; what has been said therefore stays as it is while the
//! world moves on. Its author is the taker of the trade before, and its time is the trade's.

mod text;

use std::collections::BTreeMap;

use super::World;
use super::event::Event;
use super::market::Market;
use crate::exchange::{MarketIx, Millis, Outcome, Shares, WalletIx};
use crate::noise::{Dice, Noise};

/// Draws of comments start here.
const STREAM: u64 = 0x636f_6d6d_656e_7473;

/// Trades between two comments of a market: at least so many, and so many more for each comment
/// already there. Busy markets have more comments, but not in proportion.
const FEWEST_BETWEEN: usize = 6;
const MORE_EACH: usize = 2;

/// Chance that a comment answers an earlier one, and how far back that is at most.
const REPLY_CHANCE: f64 = 0.4;
const REPLY_REACH: u64 = 3;

/// Ids count seconds from here, so that they grow with time, and markets within a second.
const ID_EPOCH_S: i64 = 1_577_836_800;
const IDS_A_SECOND: u64 = 1_000_000;

/// What comments are about. Where events recur people talk in their series, as upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Parent {
    Event(u64),
    Series(u64),
}

impl Parent {
    fn of(event: &Event) -> Self {
        let series = event.draft.series.as_ref();
        series.map_or(Self::Event(event.number), |series| Self::Series(series.id))
    }
}

/// Where a comment is, without what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// Grows with time.
    pub(crate) id: u64,
    pub(crate) at_ms: Millis,
    pub(crate) author: WalletIx,
    pub(crate) market: MarketIx,
    /// Trades of the market before the one it hangs on.
    ordinal: usize,
    /// Place among the market's comments of the one it answers.
    answers: Option<usize>,
}

/// A comment and the answers to it, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thread {
    pub(crate) root: Heading,
    pub(crate) replies: Vec<Reply>,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) heading: Heading,
    /// Whom it answers, who may have answered somebody else.
    pub(crate) to: WalletIx,
}

/// Comments on an event of its own; none where its series has them.
pub(crate) fn count_in_event(world: &World, event: &Event) -> usize {
    match Parent::of(event) {
        Parent::Event(_) => count(world, event),
        Parent::Series(_) => 0,
    }
}

/// Comments on an event, wherever they are.
pub(crate) fn count(world: &World, event: &Event) -> usize {
    event.markets.iter().map(|market| headings(world, market).len()).sum()
}

/// Every thread on `parent`, oldest first.
pub(crate) fn threads(world: &World, parent: Parent) -> Vec<Thread> {
    let markets = events_of(world, parent).flat_map(|event| &event.markets);
    let mut threads: Vec<Thread> = markets.flat_map(|market| threads_of(world, market)).collect();
    threads.sort_by_key(|thread| thread.root.id);
    threads
}

/// The thread that the comment `id` is part of, and what it is about.
pub(crate) fn thread(world: &World, id: u64) -> Option<(Parent, Thread)> {
    let market = MarketIx(u32::try_from(id % IDS_A_SECOND).ok()?);
    if market.index() >= world.market_count() {
        return None;
    }
    let (event, market) = world.market(market);
    let is_in = |thread: &Thread| {
        thread.root.id == id || thread.replies.iter().any(|reply| reply.heading.id == id)
    };
    let thread = threads_of(world, market).into_iter().find(is_in)?;
    Some((Parent::of(event), thread))
}

/// Everything `author` has said, oldest first, each with its thread.
pub(crate) fn said_by(world: &World, author: WalletIx) -> Vec<(Parent, Heading, Thread)> {
    let mut said = Vec::new();
    for event in world.events() {
        for thread in event.markets.iter().flat_map(|market| threads_of(world, market)) {
            let replies = thread.replies.iter().map(|reply| reply.heading);
            let all = std::iter::once(thread.root).chain(replies);
            let own: Vec<Heading> = all.filter(|heading| heading.author == author).collect();
            said.extend(
                own.into_iter().map(|heading| (Parent::of(event), heading, thread.clone())),
            );
        }
    }
    said.sort_by_key(|(_, heading, _)| heading.id);
    said
}

/// What a comment says.
pub(crate) fn body(world: &World, heading: &Heading) -> String {
    let (event, market) = world.market(heading.market);
    let tape = world.exchange().tape();
    let before = tape.get(tape.of_market(market.ix)[heading.ordinal - 1]);
    let mut dice = draw(world, market).with(2).with(heading.ordinal as u64).dice();
    match heading.answers {
        Some(_) => text::reply(&mut dice),
        None => text::opening(&mut dice, event, market, before),
    }
}

/// Who liked a comment: some of those who traded after it.
pub(crate) fn likes(world: &World, heading: &Heading) -> Vec<WalletIx> {
    let (_, market) = world.market(heading.market);
    let mut dice = draw(world, market).with(3).with(heading.ordinal as u64).dice();
    // Most comments are liked by nobody, few by many.
    let most = dice.whole(1, 3).pow(3) / 9;
    let mut likes: Vec<WalletIx> = Vec::new();
    let mut ordinal = heading.ordinal;
    for _ in 0..most * dice.whole(1, 4) {
        ordinal += whole(dice.whole(1, 5));
        let Some(trade) = world.exchange().tape().of_market(market.ix).get(ordinal) else { break };
        let taker = world.exchange().tape().get(*trade).taker;
        if taker != heading.author && !likes.contains(&taker) {
            likes.push(taker);
        }
    }
    likes
}

/// Shares that `wallet` holds now in the event of a comment, by token.
pub(crate) fn positions(
    world: &World,
    heading: &Heading,
    wallet: WalletIx,
) -> Vec<(String, Shares)> {
    let (event, _) = world.market(heading.market);
    let accounts = world.exchange().accounts();
    let tokens = event.markets.iter().flat_map(|market| {
        Outcome::BOTH.map(|outcome| {
            let shares = accounts.shares(wallet, market.ix, outcome);
            (market.token_ids[outcome.index()].clone(), shares)
        })
    });
    tokens.filter(|&(_, shares)| shares > 0).collect()
}

fn events_of(world: &World, parent: Parent) -> impl Iterator<Item = &Event> {
    let one = match parent {
        Parent::Event(number) => world.event_by_number(number),
        Parent::Series(_) => None,
    };
    let several = matches!(parent, Parent::Series(_)).then(|| world.events().iter());
    one.into_iter()
        .chain(several.into_iter().flatten())
        .filter(move |event| Parent::of(event) == parent)
}

fn draw(world: &World, market: &Market) -> Noise {
    world.noise.with(STREAM).with(market.number)
}

/// The comments of a market, oldest first. Of two in one second the first stays.
fn headings(world: &World, market: &Market) -> Vec<Heading> {
    let tape = world.exchange().tape();
    let trades = tape.of_market(market.ix);
    let mut dice = draw(world, market).with(1).dice();
    let mut headings: Vec<Heading> = Vec::new();
    let mut ordinal = gap(&mut dice, 0);
    while let Some(&trade) = trades.get(ordinal) {
        let at_ms = tape.get(trade).at_ms;
        let id = id(at_ms, market.ix);
        let answers = dice.chance(REPLY_CHANCE).then(|| whole(dice.whole(1, REPLY_REACH)));
        if headings.last().is_none_or(|last| last.id < id) {
            let author = tape.get(trades[ordinal - 1]).taker;
            let answered = answers.and_then(|back| headings.len().checked_sub(back));
            // Nobody answers himself.
            let answers = answered.filter(|&place| headings[place].author != author);
            headings.push(Heading { id, at_ms, author, market: market.ix, ordinal, answers });
        }
        ordinal += gap(&mut dice, headings.len());
    }
    headings
}

/// Trades until the next comment after `said` of them.
fn gap(dice: &mut Dice, said: usize) -> usize {
    let least = FEWEST_BETWEEN + MORE_EACH * said;
    least + whole(dice.whole(0, least as u64))
}

fn id(at_ms: Millis, market: MarketIx) -> u64 {
    let seconds = at_ms.div_euclid(1_000) - ID_EPOCH_S;
    seconds.max(0).unsigned_abs() * IDS_A_SECOND + market.index() as u64
}

fn threads_of(world: &World, market: &Market) -> Vec<Thread> {
    let headings = headings(world, market);
    // By place of the root.
    let mut threads: BTreeMap<usize, Thread> = BTreeMap::new();
    let mut roots: Vec<usize> = Vec::with_capacity(headings.len());
    for (place, &heading) in headings.iter().enumerate() {
        let root = heading.answers.map_or(place, |answered| roots[answered]);
        roots.push(root);
        match (heading.answers, threads.get_mut(&root)) {
            (Some(answered), Some(thread)) => {
                thread.replies.push(Reply { heading, to: headings[answered].author });
            }
            _ => {
                threads.insert(place, Thread { root: heading, replies: Vec::new() });
            }
        }
    }
    threads.into_values().collect()
}

/// A small draw as a count.
fn whole(draw: u64) -> usize {
    usize::try_from(draw).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::DateTime;

    use super::*;
    use crate::world::WorldOptions;

    fn talkative() -> World {
        let now = DateTime::from_timestamp(1_795_392_000, 0).unwrap();
        World::generate(&WorldOptions::new(3, now).scale(0.05).markets(200))
    }

    #[test]
    fn only_those_who_have_traded_talk() {
        let world = talkative();
        let tape = world.exchange().tape();
        let mut ids = BTreeSet::new();
        for event in world.events() {
            for market in &event.markets {
                let trades = tape.of_market(market.ix);
                for heading in headings(&world, market) {
                    let earlier = &trades[..heading.ordinal];
                    assert!(earlier.iter().any(|&trade| tape.get(trade).taker == heading.author));
                    assert!(heading.at_ms <= world.now_ms());
                    assert!(ids.insert(heading.id), "{} twice", heading.id);
                    assert_eq!(thread(&world, heading.id).unwrap().0, Parent::of(event));
                    assert!(!likes(&world, &heading).contains(&heading.author));
                }
            }
        }
        assert!(ids.len() > 100, "{} comments", ids.len());
        assert_eq!(thread(&world, 1), None);
    }

    #[test]
    fn busy_markets_are_not_drowned_in_comments() {
        let world = talkative();
        let tape = world.exchange().tape();
        let trades = |market: &&Market| tape.of_market(market.ix).len();
        let markets = world.events().iter().flat_map(|event| &event.markets);
        let busiest = markets.max_by_key(trades).unwrap();
        let (trades, said) = (trades(&busiest), headings(&world, busiest).len());
        assert!(trades > 500 && said > 10, "{said} comments after {trades} trades");
        assert!(said * said < 2 * trades, "{said} comments after {trades} trades");
    }
}
