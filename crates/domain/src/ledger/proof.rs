//! Which No conversions took, proved by all that came before and after.
//!
//! A feed's row names one market of a conversion and says how many there were. Of each market of the event the shares
//! are followed through the whole history: nothing is given, sold or merged that is not there, redemptions pay what
//! the shares are worth, and in the end there are as many as the venue reports. What part a market can have had in a
//! conversion, if any way through its history is to be left, is all that is taken from this: nothing is likely here,
//! it is the only possibility or it stays open.

use std::collections::{HashMap, HashSet};

use super::amount::{MicroShares, MicroUsdc, payoff};
use super::check::{Report, ReportedPosition};
use super::completeness::Coverage;
use super::conversion;
use super::entry::{Change, Conversion, Entry, Given};
use super::markets::{EventIx, MarketIx, Markets, Payouts, Slot};

/// Ways through a market's history that are followed at once; where there are more, nothing is said of the market.
const MOST_WAYS: usize = 4_096;

/// Says of conversions which No they took, where the entries, which must be in order and all there ever were, and the
/// venue's report leave one answer. Returns how many are told apart that were not before.
pub fn prove_conversions(
    markets: &Markets,
    coverage: &Coverage,
    entries: &mut [Entry],
    report: &Report<'_>,
) -> usize {
    if *coverage != Coverage::full() {
        return 0;
    }
    let mut cases = Cases::open(markets, entries);
    if cases.all.is_empty() || !cases.hear(markets, entries) {
        return 0;
    }
    let reported: HashMap<Slot, &ReportedPosition> =
        report.positions.iter().map(|position| (position.slot, position)).collect();
    let mut proved = 0;
    for case in &mut cases.all {
        for member in &mut case.members {
            member.end = End::of(member.market, &reported, report.is_complete);
        }
        if case.is_readable && case.deduce(report.tolerance) {
            proved += case.tell(entries);
        }
    }
    proved
}

/// What a market had to do with a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Its No were given.
    Given,
    /// Its Yes were received.
    Received,
    /// One or the other.
    Open,
}

/// Shares of a market in the wallet, and Yes ever acquired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Held {
    yes: MicroShares,
    no: MicroShares,
    bought: MicroShares,
}

/// What happens between two conversions.
#[derive(Debug, Clone)]
enum Step {
    /// Shares come and go; `least` is the lowest point of each outcome on the way.
    Moves { change: Held, least: Held },
    /// All shares are handed in.
    Redeemed { usdc: MicroUsdc, payouts: Option<Payouts> },
}

impl Step {
    /// What is held after it; `None` where it cannot have happened.
    fn after(&self, held: Held, tolerance: MicroShares) -> Option<Held> {
        match self {
            Self::Moves { change, least } => {
                let is_covered =
                    held.yes + least.yes >= -tolerance && held.no + least.no >= -tolerance;
                is_covered.then_some(Held {
                    yes: held.yes + change.yes,
                    no: held.no + change.no,
                    bought: held.bought + change.bought,
                })
            }
            Self::Redeemed { usdc, payouts } => {
                let pays = payouts.as_ref().map(|payouts| {
                    payoff(held.yes, payouts.of(0)) + payoff(held.no, payouts.of(1))
                });
                let is_true = pays.is_none_or(|pays| (pays - usdc).abs() <= tolerance);
                is_true.then_some(Held { yes: 0, no: 0, ..held })
            }
        }
    }
}

/// What is left at the end, as the venue reports it; `None` where it says nothing.
#[derive(Debug, Default)]
struct End {
    yes: Option<MicroShares>,
    no: Option<MicroShares>,
    bought: Option<MicroShares>,
}

impl End {
    fn of(
        market: MarketIx,
        reported: &HashMap<Slot, &ReportedPosition>,
        is_complete: bool,
    ) -> Self {
        let told = |outcome| reported.get(&Slot { market, outcome });
        let shares = |outcome| match told(outcome) {
            Some(position) => Some(position.shares),
            None => is_complete.then_some(0),
        };
        let bought = told(0).and_then(|position| position.bought);
        Self { yes: shares(0), no: shares(1), bought }
    }

    fn is(&self, held: Held, tolerance: MicroShares) -> bool {
        let near = |told: Option<MicroShares>, held: MicroShares| {
            told.is_none_or(|told| (told - held).abs() <= tolerance)
        };
        near(self.yes, held.yes) && near(self.no, held.no) && near(self.bought, held.bought)
    }
}

/// A market's part in a conversion, and what came between it and the one before.
#[derive(Debug)]
struct Turn {
    /// Which conversion of the case.
    conversion: usize,
    shares: MicroShares,
    part: Part,
    before: Vec<Step>,
}

impl Turn {
    fn after(&self, held: Held, part: Part, tolerance: MicroShares) -> Option<Held> {
        let is_allowed = self.part == Part::Open || self.part == part;
        let after = match part {
            Part::Given => Held { no: held.no - self.shares, ..held },
            _ => Held { yes: held.yes + self.shares, bought: held.bought + self.shares, ..held },
        };
        (is_allowed && after.no >= -tolerance).then_some(after)
    }
}

/// A market of an event in which No were converted.
#[derive(Debug)]
struct Member {
    market: MarketIx,
    turns: Vec<Turn>,
    /// What came after the last conversion.
    rest: Vec<Step>,
    end: End,
    /// Something has become known of its turns.
    is_news: bool,
}

fn through(steps: &[Step], held: Held, tolerance: MicroShares) -> Option<Held> {
    steps.iter().try_fold(held, |held, step| step.after(held, tolerance))
}

impl Member {
    fn new(market: MarketIx) -> Self {
        Self { market, turns: Vec::new(), rest: Vec::new(), end: End::default(), is_news: true }
    }

    fn moved(&mut self, outcome: u8, shares: MicroShares) {
        let (yes, no) = if outcome == 0 { (shares, 0) } else { (0, shares) };
        let bought = yes.max(0);
        if let Some(Step::Moves { change, least }) = self.rest.last_mut() {
            *change =
                Held { yes: change.yes + yes, no: change.no + no, bought: change.bought + bought };
            *least =
                Held { yes: least.yes.min(change.yes), no: least.no.min(change.no), bought: 0 };
            return;
        }
        let least = Held { yes: yes.min(0), no: no.min(0), bought: 0 };
        self.rest.push(Step::Moves { change: Held { yes, no, bought }, least });
    }

    /// Closes every way that does not lead to the end; `false` where none is left.
    fn narrow(&mut self, tolerance: MicroShares) -> bool {
        self.is_news = false;
        let Some(ways) = self.ways(tolerance) else { return true };
        let Some(ends) = ways.last() else { return true };
        let mut good: HashSet<Held> =
            ends.iter().copied().filter(|held| self.end.is(*held, tolerance)).collect();
        for place in (0..self.turns.len()).rev() {
            let steps = self.steps_after(place);
            let turn = &self.turns[place];
            let leads = |held: &Held, part| {
                let after = turn.after(*held, part, tolerance);
                let after = after.and_then(|after| through(steps, after, tolerance));
                after.is_some_and(|after| good.contains(&after))
            };
            let (mut given, mut received) = (false, false);
            let mut before = HashSet::new();
            for held in &ways[place] {
                let (by_giving, by_receiving) =
                    (leads(held, Part::Given), leads(held, Part::Received));
                given |= by_giving;
                received |= by_receiving;
                if by_giving || by_receiving {
                    before.insert(*held);
                }
            }
            self.turns[place].part = match (given, received) {
                (true, true) => Part::Open,
                (true, false) => Part::Given,
                (false, true) => Part::Received,
                (false, false) => return false,
            };
            good = before;
        }
        !good.is_empty()
    }

    /// What may be held at each turn, and at the end; `None` where there are too many possibilities to follow.
    fn ways(&self, tolerance: MicroShares) -> Option<Vec<HashSet<Held>>> {
        let first = self.turns.first().map_or(&self.rest, |turn| &turn.before);
        let mut now: HashSet<Held> =
            through(first, Held::default(), tolerance).into_iter().collect();
        let mut all = Vec::with_capacity(self.turns.len() + 1);
        for (place, turn) in self.turns.iter().enumerate() {
            let steps = self.steps_after(place);
            let each = now.iter().flat_map(|held| {
                [Part::Given, Part::Received].map(|part| turn.after(*held, part, tolerance))
            });
            let next: HashSet<Held> =
                each.flatten().filter_map(|held| through(steps, held, tolerance)).collect();
            if next.len() > MOST_WAYS {
                return None;
            }
            all.push(std::mem::replace(&mut now, next));
        }
        all.push(now);
        Some(all)
    }

    fn steps_after(&self, place: usize) -> &[Step] {
        self.turns.get(place + 1).map_or(&self.rest, |turn| &turn.before)
    }
}

/// The conversions of one event.
#[derive(Debug)]
struct Case {
    members: Vec<Member>,
    /// By their places among the entries, with the number of markets given.
    conversions: Vec<(usize, usize)>,
    /// The history of its markets can be followed.
    is_readable: bool,
}

impl Case {
    /// Draws every conclusion; `false` where they contradict each other.
    fn deduce(&mut self, tolerance: MicroShares) -> bool {
        while self.members.iter().any(|member| member.is_news) {
            let mut news = self.members.iter_mut().filter(|member| member.is_news);
            if !news.all(|member| member.narrow(tolerance)) {
                return false;
            }
            for number in 0..self.conversions.len() {
                if !self.count(number) {
                    return false;
                }
            }
        }
        true
    }

    /// Of a conversion of k markets, k were given.
    fn count(&mut self, number: usize) -> bool {
        let (_, wanted) = self.conversions[number];
        let of = |case: &Self, part| {
            let turns = case.members.iter().flat_map(|member| &member.turns);
            turns.filter(|turn| turn.conversion == number && turn.part == part).count()
        };
        let (given, open) = (of(self, Part::Given), of(self, Part::Open));
        if given > wanted || given + open < wanted {
            return false;
        }
        let told = match wanted - given {
            0 => Part::Received,
            missing if missing == open => Part::Given,
            _ => return true,
        };
        for member in &mut self.members {
            for turn in &mut member.turns {
                if turn.conversion == number && turn.part == Part::Open {
                    turn.part = told;
                    member.is_news = true;
                }
            }
        }
        true
    }

    /// Writes what is known into the entries; of how many conversions.
    fn tell(&self, entries: &mut [Entry]) -> usize {
        let mut told = 0;
        for (number, (place, _)) in self.conversions.iter().enumerate() {
            let part = |member: &Member| {
                let turn = member.turns.iter().find(|turn| turn.conversion == number)?;
                Some((member.market, turn.part))
            };
            let parts: Vec<(MarketIx, Part)> = self.members.iter().filter_map(part).collect();
            let Some(Change::Convert(conversion)) =
                entries.get_mut(*place).map(|entry| &mut entry.change)
            else {
                continue;
            };
            let is_open = parts.iter().any(|(_, part)| *part == Part::Open);
            if is_open || matches!(conversion.given, Given::All(_)) {
                continue;
            }
            let given = parts.iter().filter(|(_, part)| *part == Part::Given);
            conversion.given = Given::All(given.map(|(market, _)| *market).collect());
            told += 1;
        }
        told
    }
}

/// The events in which something is to be found out.
#[derive(Debug, Default)]
struct Cases {
    all: Vec<Case>,
    /// Which member of which case a market is.
    places: HashMap<MarketIx, (usize, usize)>,
}

fn converted(entry: &Entry) -> Option<&Conversion> {
    match &entry.change {
        Change::Convert(conversion) => Some(conversion),
        _ => None,
    }
}

impl Cases {
    fn open(markets: &Markets, entries: &[Entry]) -> Self {
        let event = |conversion: &Conversion| Some(markets.event_of(*conversion.members.first()?));
        let is_unknown = |conversion: &&Conversion| match conversion.given {
            Given::All(_) => false,
            // One, and it is named.
            Given::Including(_) => conversion::count(conversion) != Some(1),
            Given::Unsaid => true,
        };
        let unknown = entries.iter().filter_map(converted).filter(is_unknown);
        let events: HashSet<EventIx> = unknown.filter_map(event).collect();
        let mut cases = Self::default();
        let mut by_event: HashMap<EventIx, usize> = HashMap::new();
        for conversion in entries.iter().filter_map(converted) {
            let Some(event) = event(conversion).filter(|event| events.contains(event)) else {
                continue;
            };
            let number = *by_event.entry(event).or_insert(cases.all.len());
            if number == cases.all.len() {
                let (members, conversions) = (Vec::new(), Vec::new());
                cases.all.push(Case { members, conversions, is_readable: true });
            }
            let case = &mut cases.all[number];
            for market in conversion.members.iter().copied() {
                cases.places.entry(market).or_insert_with(|| {
                    case.members.push(Member::new(market));
                    (number, case.members.len() - 1)
                });
            }
        }
        cases
    }

    fn member(&mut self, market: MarketIx) -> Option<&mut Member> {
        let (case, member) = *self.places.get(&market)?;
        Some(&mut self.all[case].members[member])
    }

    /// Follows the history; `false` where something may concern anybody.
    fn hear(&mut self, markets: &Markets, entries: &[Entry]) -> bool {
        for (place, entry) in entries.iter().enumerate() {
            match &entry.change {
                Change::Buy(fill) => self.moved(fill.slot, fill.shares.get()),
                Change::Sell(fill) => self.moved(fill.slot, -fill.shares.get()),
                Change::Split { market, shares } => self.set(*market, shares.get()),
                Change::Merge { market, shares } => self.set(*market, -shares.get()),
                Change::Redeem { market, usdc } => {
                    let payouts = markets.terms(*market).payouts.clone();
                    if let Some(member) = self.member(*market) {
                        member.rest.push(Step::Redeemed { usdc: usdc.get(), payouts });
                    }
                }
                Change::Convert(conversion) => self.convert(place, conversion),
                Change::TransferIn { slot, .. } | Change::TransferOut { slot, .. } => {
                    self.give_up(slot.market);
                }
                Change::Unreadable { market: Some(market) } => self.give_up(*market),
                Change::Unreadable { market: None } => return false,
                Change::Fee { .. }
                | Change::Income { .. }
                | Change::Deposit { .. }
                | Change::Withdrawal { .. } => {}
            }
        }
        true
    }

    fn moved(&mut self, slot: Slot, shares: MicroShares) {
        if let Some(member) = self.member(slot.market) {
            member.moved(slot.outcome, shares);
        }
    }

    fn set(&mut self, market: MarketIx, shares: MicroShares) {
        if let Some(member) = self.member(market) {
            member.moved(0, shares);
            member.moved(1, shares);
        }
    }

    fn give_up(&mut self, market: MarketIx) {
        if let Some((case, _)) = self.places.get(&market) {
            self.all[*case].is_readable = false;
        }
    }

    fn convert(&mut self, place: usize, conversion: &Conversion) {
        let first = conversion.members.first().and_then(|market| self.places.get(market));
        let Some((number, _)) = first.copied() else { return };
        let case = &mut self.all[number];
        let Some(count) = conversion::count(conversion) else {
            case.is_readable = false;
            return;
        };
        let named = match &conversion.given {
            Given::All(given) => given.to_vec(),
            Given::Including(market) => vec![*market],
            Given::Unsaid => Vec::new(),
        };
        for market in &conversion.members {
            let Some((_, member)) = self.places.get(market) else { continue };
            let member = &mut case.members[*member];
            let part = if named.contains(market) { Part::Given } else { Part::Open };
            let before = std::mem::take(&mut member.rest);
            let (number, shares) = (case.conversions.len(), conversion.shares.get());
            member.turns.push(Turn { conversion: number, shares, part, before });
        }
        case.conversions.push((place, count));
    }
}
