//! Politics and world affairs.

use chrono::Datelike;

use super::draft::{Claim, Draft, MarketDraft};
use super::{Scene, date, day, owned};
use crate::world::category::Category;
use crate::world::names::{CITIES, COUNTRIES, PARTIES, WORDS, people, person};

pub(super) fn politics(scene: &mut Scene) -> Draft {
    let country = scene.dice.pick(&COUNTRIES);
    match scene.dice.whole(0, 8) {
        0..3 => election(scene, country),
        3 => mayor(scene),
        4 => parliament(scene, country),
        5 => {
            let name = person(scene.dice);
            let deed = format!("{name} out as {country} prime minister");
            by_date(scene, Category::Politics, &deed, &["politics", "world"], (-3.0, 0.5))
        }
        6 => bill(scene, country),
        // Speeches are announced weeks ahead, not months.
        _ if scene.days() < 60.0 => mentions(scene, country),
        _ => election(scene, country),
    }
}

/// Presidents and party nominations: a long list of names, most of them hopeless.
fn election(scene: &mut Scene, country: &str) -> Draft {
    let count = usize::try_from(scene.dice.whole(4, 22)).unwrap_or(8);
    let names = people(scene.dice, count);
    let year = scene.ends.year();
    let (office, tags) = if scene.dice.chance(0.5) {
        let party = scene.dice.pick(&PARTIES);
        (format!("{country} {party} nomination"), ["politics", "elections", "primaries"])
    } else {
        (format!("{country} presidential election"), ["politics", "elections", "world-elections"])
    };
    let open_field = scene.dice.chance(0.6);
    let rules = format!(
        "This market resolves to the candidate who wins the {year} {office}. If no winner is \
         declared by {}, it resolves to \"Other\" where listed and to \"No\" for every candidate. \
         A candidate who withdraws resolves to \"No\". The resolution source is a consensus of \
         credible reporting.",
        date(scene.ends)
    );
    let question = |name: &str| format!("Will {name} win the {year} {office}?");
    let residual = if open_field { 0.0 } else { 0.02 };
    let race = Draft::new(Category::Politics, format!("{office} winner {year}"), rules, &tags);
    let mut race = race.one_of(scene.dice, &names, residual, question);
    race.withdrawals = 0.35;
    if open_field { race.open_field(scene.dice, "Person", question) } else { race }
}

fn mayor(scene: &mut Scene) -> Draft {
    let city = scene.dice.pick(&CITIES);
    let count = usize::try_from(scene.dice.whole(3, 8)).unwrap_or(5);
    let names = people(scene.dice, count);
    let rules = format!(
        "This market resolves to the candidate who wins the {} mayoral election in {city}. The \
         resolution source is the city's election office.",
        scene.ends.year()
    );
    let tags = ["politics", "elections"];
    let mut race = Draft::new(Category::Politics, format!("{city} Mayoral Election"), rules, &tags)
        .one_of(scene.dice, &names, 0.03, |name| {
            format!("Will {name} win the {city} mayoral election?")
        });
    race.withdrawals = 0.25;
    race
}

fn parliament(scene: &mut Scene, country: &str) -> Draft {
    let parties = owned(scene.dice.sample(&PARTIES, 6));
    let rules = format!(
        "This market resolves to the party that wins the most seats in the next {country} \
         parliamentary election. If two parties tie, it resolves to the one with more votes."
    );
    let tags = ["politics", "elections", "world-elections"];
    let title = format!("{country} Parliamentary Election Winner");
    Draft::new(Category::Politics, title, rules, &tags).one_of(
        scene.dice,
        &parties,
        0.01,
        |party| format!("Will {party} win the most seats in the {country} parliamentary election?"),
    )
}

fn bill(scene: &mut Scene, country: &str) -> Draft {
    let bill = scene.dice.pick(&[
        "budget bill",
        "election reform act",
        "water compact",
        "pension reform",
        "press act",
    ]);
    let title = format!("Will the {country} parliament pass the {bill} by {}?", day(scene.ends));
    let rules = format!(
        "This market resolves to \"Yes\" if the {bill} passes its final vote in the parliament of \
         {country} by {}, 11:59 PM UTC.",
        date(scene.ends)
    );
    let logit = scene.dice.between(-2.0, 2.0);
    Draft::new(Category::Politics, title, rules, &["politics"]).single(Claim::Happens { logit })
}

/// Words that may be said in a speech: each a market of its own.
fn mentions(scene: &mut Scene, country: &str) -> Draft {
    let speaker = person(scene.dice);
    let count = usize::try_from(scene.dice.whole(4, 10)).unwrap_or(6);
    let words = scene.dice.sample(&WORDS, count);
    let occasion = format!("address to {country} on {}", day(scene.ends));
    let rules = format!(
        "This market resolves to \"Yes\" if {speaker} says the listed word during the {occasion}. \
         Plural and possessive forms count."
    );
    let title = format!("What will {speaker} say during the {occasion}?");
    let mut draft = Draft::new(Category::Politics, title, rules, &["politics", "mention-markets"]);
    draft.markets = words
        .into_iter()
        .map(|word| {
            let question = format!("Will {speaker} say \"{word}\" during the {occasion}?");
            let logit = 1.4 * scene.dice.bell();
            MarketDraft::yes_no(question, word, Claim::Fact { logit })
        })
        .collect();
    draft
}

pub(super) fn world(scene: &mut Scene) -> Draft {
    let two = scene.dice.sample(&COUNTRIES, 2);
    let (left, right) = (two[0], two[1]);
    match scene.dice.whole(0, 3) {
        0 => {
            let deed = scene.dice.pick(&[
                "sign a ceasefire",
                "reopen their border",
                "exchange ambassadors",
                "meet for talks",
            ]);
            let deed = format!("{left} and {right} {deed}");
            by_date(scene, Category::World, &deed, &["geopolitics", "world"], (-2.5, 1.0))
        }
        1 => {
            let title = format!("Will {left} join the Strait Accord by {}?", day(scene.ends));
            let rules = format!(
                "This market resolves to \"Yes\" if {left} deposits its instrument of accession to \
                 the Strait Accord by {}, 11:59 PM UTC.",
                date(scene.ends)
            );
            let logit = scene.dice.between(-3.0, 1.0);
            let tags = ["geopolitics", "world", "foreign-policy"];
            Draft::new(Category::World, title, rules, &tags).single(Claim::Happens { logit })
        }
        2 => {
            let deed = scene.dice.pick(&[
                "lifts the grain embargo",
                "recognises the new government",
                "closes its airspace",
            ]);
            let deed = format!("{left} {deed}");
            by_date(scene, Category::World, &deed, &["world", "geopolitics"], (-2.5, 1.0))
        }
        _ => {
            let names = people(scene.dice, 7);
            let rules = format!(
                "This market resolves to the person elected secretary of the Assembly of Nations \
                 at Halden Reach by {}. Names may be added; \"Other\" stands for everybody who is \
                 not listed.",
                date(scene.ends)
            );
            let title = "Next Secretary of the Assembly of Nations".to_owned();
            let question = |name: &str| format!("Will {name} be the next Assembly secretary?");
            Draft::new(Category::World, title, rules, &["world"])
                .one_of(scene.dice, &names, 0.0, question)
                .open_field(scene.dice, "Person", question)
        }
    }
}

/// "… by …?" with up to five deadlines, as likely in one stretch of time as in any other; the
/// log-odds of the last one are between the bounds.
pub(super) fn by_date(
    scene: &mut Scene,
    category: Category,
    deed: &str,
    tags: &[&'static str],
    (low, high): (f64, f64),
) -> Draft {
    let wanted = i32::try_from(scene.dice.whole(1, 5)).unwrap_or(1);
    let deadlines = scene.deadlines(wanted);
    let logit = scene.dice.between(low, high);
    let rules = format!(
        "This market resolves to \"Yes\" if {deed} by the listed date, 11:59 PM UTC. Otherwise it \
         resolves to \"No\". The resolution source is official information and a consensus of \
         credible reporting."
    );
    let title = match deadlines.as_slice() {
        [only] => format!("{deed} by {}?", day(*only)),
        _ => format!("{deed} by...?"),
    };
    let mut draft = Draft::new(category, title, rules, tags);
    if deadlines.len() == 1 {
        return draft.single(Claim::Happens { logit });
    }
    let never = 1.0 / (1.0 + logit.exp());
    let life = (scene.ends - scene.opens).num_seconds() as f64;
    draft.markets = deadlines
        .iter()
        .map(|&at| {
            let passed = (at - scene.opens).num_seconds() as f64 / life;
            let not_yet = never.powf(passed);
            let claim = Claim::Happens { logit: ((1.0 - not_yet) / not_yet).ln() };
            let question = format!("{deed} by {}?", date(at));
            let mut market = MarketDraft::yes_no(question, &day(at), claim);
            market.ends_early = (at < scene.ends).then_some(at);
            market
        })
        .collect();
    draft
}
