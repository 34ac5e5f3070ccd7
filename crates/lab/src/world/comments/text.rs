//! The words of comments. They are opinions about prices and rules, never facts: whatever happens
//! in the world, nothing said turns out to be news.

use crate::exchange::{Match, Side};
use crate::noise::Dice;
use crate::world::event::Event;
use crate::world::market::Market;

/// After a trade. `{what}` is what was traded, `{price}` its price.
const BOUGHT: [&str; 10] = [
    "Bought {what} at {price}. Happy to be wrong.",
    "{price} for {what} looks cheap to me.",
    "Added some more {what} at {price}.",
    "I do not see why {what} is only {price}. In at this price.",
    "Small position in {what}, {price}. Will add if it dips.",
    "{what} at {price} is the only side that makes sense here.",
    "Took {what} at {price}, mostly because nobody else seems to want it.",
    "Filled at {price} on {what}. The book above that is thin.",
    "{what} {price}, let us see.",
    "Paid {price} for {what}. Call it entertainment.",
];
const SOLD: [&str; 8] = [
    "Out of {what} at {price}.",
    "Sold {what} at {price}, there are better places for the money.",
    "{price} is more than I would pay for {what}, so I sold.",
    "Took profit on {what} at {price}.",
    "Trimmed {what} at {price}, still holding some.",
    "Closed my {what}. Spread was kinder than usual.",
    "I had {what} from lower down, {price} is good enough.",
    "No edge left in {what} at {price}.",
];

/// About the event. `{title}` is its title, `{subject}` what the market singles out.
const TALK: [&str; 14] = [
    "Has anybody read the rules of \"{title}\" to the end? The last sentence matters.",
    "What would have to happen for {subject} to move from here?",
    "Everybody talks about {subject} and nobody about the rest of the field.",
    "Market is slow today.",
    "Who keeps putting these walls into the book?",
    "People are far too sure about \"{title}\".",
    "How is the resolution source going to handle an edge case?",
    "I would like to see more volume before I trust this price.",
    "Good luck everybody.",
    "Spread on {subject} is wider than it should be.",
    "Following \"{title}\" since it opened. Price has been all over the place.",
    "If you are on the other side of {subject}, tell me why.",
    "lol",
    "Not touching this until the last day.",
];

const REPLIES: [&str; 16] = [
    "Agreed.",
    "Not so sure about that.",
    "Why?",
    "You said the same last time.",
    "Read the rules again.",
    "That is already in the price.",
    "Source?",
    "Then sell it to me.",
    "This.",
    "I think you have it the wrong way round.",
    "Fair point, I had not looked at it like that.",
    "Size?",
    "Same here.",
    "We will see.",
    "Somebody is going to be very wrong about this.",
    "Thanks, that helps.",
];

/// A comment that starts a thread, by the taker of `trade`.
pub(super) fn opening(dice: &mut Dice, event: &Event, market: &Market, trade: &Match) -> String {
    let template = match (dice.chance(0.6), trade.side) {
        (true, Side::Buy) => dice.pick(&BOUGHT),
        (true, Side::Sell) => dice.pick(&SOLD),
        (false, _) => dice.pick(&TALK),
    };
    let group = market.draft.group_title.as_str();
    let subject = if group.is_empty() { "this" } else { group };
    template
        .replace("{what}", &traded(market, trade))
        .replace("{price}", &cents(trade))
        .replace("{subject}", subject)
        .replace("{title}", &event.draft.title)
}

/// A comment that answers one.
pub(super) fn reply(dice: &mut Dice) -> String {
    dice.pick(&REPLIES).to_owned()
}

/// The outcome as people call it: `Yes`, `Yes on <the market>`, or the name of a side.
fn traded(market: &Market, trade: &Match) -> String {
    let outcome = &market.draft.outcomes[trade.outcome.index()];
    let group = &market.draft.group_title;
    if group.is_empty() || !matches!(outcome.as_str(), "Yes" | "No") {
        outcome.clone()
    } else {
        format!("{outcome} on {group}")
    }
}

/// Average price of the trade, in cents with a decimal where there is one.
fn cents(trade: &Match) -> String {
    let tenths = (trade.usdc * 1_000 + trade.shares / 2) / trade.shares.max(1);
    match tenths % 10 {
        0 => format!("{}¢", tenths / 10),
        tenth => format!("{}.{tenth}¢", tenths / 10),
    }
}
