//! Tech, science, culture and weather.

use chrono::Datelike;

use super::draft::{Claim, Draft, Number, Resolution, Series};
use super::power::by_date;
use super::{Scene, date, day, owned};
use crate::world::category::Category;
use crate::world::names::{self, CITIES, COMPANIES, FILMS, people, person};

/// Ids of the series of daily weather events, one a city, and of weekly counts.
const WEATHER: u64 = 900_200;

pub(super) fn tech(scene: &mut Scene) -> Draft {
    let company = scene.dice.pick(&COMPANIES);
    match scene.dice.whole(0, 2) {
        0 => {
            let companies = owned(scene.dice.sample(&COMPANIES, 8));
            let rules = format!(
                "This market resolves to the company whose model leads the public text \
                 leaderboard at noon UTC on {}. Companies may be added; \"Other\" stands for every \
                 company that is not listed.",
                date(scene.ends)
            );
            let month = scene.ends.format("%B %Y").to_string();
            let title = format!("Which company has the best AI model end of {month}?");
            let question =
                |name: &str| format!("Will {name} have the best AI model at the end of {month}?");
            Draft::new(Category::Tech, title, rules, &["tech", "ai"])
                .one_of(scene.dice, &companies, 0.0, question)
                .open_field(scene.dice, "Company", question)
        }
        1 => {
            let version = scene.dice.whole(2, 9);
            let deed = format!("{company} releases version {version}");
            by_date(scene, Category::Tech, &deed, &["tech"], (-1.0, 2.0))
        }
        _ => {
            let buyers = COMPANIES.into_iter().filter(|buyer| *buyer != company);
            let buyer = scene.dice.pick(&buyers.collect::<Vec<_>>());
            let title = format!("Will {buyer} acquire {company} by {}?", day(scene.ends));
            let rules = format!(
                "This market resolves to \"Yes\" if a definitive agreement for {buyer} to acquire \
                 {company} is announced by {}.",
                date(scene.ends)
            );
            let logit = scene.dice.between(-4.0, -0.5);
            Draft::new(Category::Tech, title, rules, &["tech", "business"])
                .single(Claim::Happens { logit })
        }
    }
}

pub(super) fn science(scene: &mut Scene) -> Draft {
    if scene.dice.chance(0.5) {
        let vehicle =
            scene.dice.pick(&["Longlight", "Farlantern", "Tern IV", "Deepwake", "Gannet Heavy"]);
        let deed = format!("{vehicle} mission launches");
        return by_date(scene, Category::Science, &deed, &["science", "space"], (-1.5, 2.0));
    }
    let rungs: Vec<(f64, String)> = (0..5_u8)
        .map(|rung| 1.2 + 0.05 * f64::from(rung))
        .map(|rung| (rung - 0.005, format!("{rung:.2}°C")))
        .collect();
    let month = scene.ends.format("%B %Y").to_string();
    let rules = format!(
        "This market resolves to \"Yes\" if the global mean temperature anomaly published for the \
         month before {} is at or above the listed figure.",
        date(scene.ends)
    );
    let title = format!("Global temperature anomaly before {month}?");
    let number = Number { mean: scene.dice.between(1.26, 1.33), sd: 0.055 };
    Draft::new(Category::Science, title, rules, &["science", "climate"]).ladder(
        number,
        &rungs,
        |rung| format!("Will the global temperature anomaly before {month} be {rung} or more?"),
    )
}

pub(super) fn culture(scene: &mut Scene) -> Draft {
    match scene.dice.whole(0, 4) {
        0 => film_award(scene),
        1 => box_office(scene),
        2 => posts(scene),
        3 => {
            let singer = person(scene.dice);
            let title = format!("Will {singer} release an album by {}?", day(scene.ends));
            let rules = format!(
                "This market resolves to \"Yes\" if {singer} releases a studio album by {}, 11:59 \
                 PM UTC.",
                date(scene.ends)
            );
            let logit = scene.dice.between(-2.5, 1.5);
            Draft::new(Category::Culture, title, rules, &["pop-culture", "music"])
                .single(Claim::Happens { logit })
        }
        _ => {
            let artists = people(scene.dice, 6);
            let rules = format!(
                "This market resolves to the artist with the most streams on {}. Artists may be \
                 added; \"Other\" stands for everybody who is not listed.",
                date(scene.ends)
            );
            let month = scene.ends.format("%B").to_string();
            let question = |name: &str| format!("Will {name} be the top artist of {month}?");
            let tags = ["pop-culture", "music"];
            Draft::new(Category::Culture, format!("Top artist of {month}?"), rules, &tags)
                .one_of(scene.dice, &artists, 0.0, question)
                .open_field(scene.dice, "Artist", question)
        }
    }
}

fn film_award(scene: &mut Scene) -> Draft {
    const AWARDS: [&str; 4] = ["Picture", "Screenplay", "Score", "Cast"];
    let films = owned(scene.dice.sample(&FILMS, 9));
    let award = scene.dice.pick(&AWARDS);
    let year = scene.ends.year();
    let rules = format!(
        "This market resolves to the film that wins Best {award} at the Golden Lanterns of {}.",
        date(scene.ends)
    );
    let title = format!("Golden Lanterns {year}: Best {award} Winner");
    let tags = ["pop-culture", "awards", "movies"];
    Draft::new(Category::Culture, title, rules, &tags).one_of(scene.dice, &films, 0.0, |film| {
        format!("Will {film} win Best {award} at the {year} Golden Lanterns?")
    })
}

/// Ranges of a film's first weekend, in millions of dollars.
fn box_office(scene: &mut Scene) -> Draft {
    let film = scene.dice.pick(&FILMS);
    let step = scene.dice.pick(&[3.0, 5.0, 10.0]);
    let first = step * scene.dice.whole(2, 9) as f64;
    let bounds: Vec<f64> = (0..5_u8).map(|rung| first + step * f64::from(rung)).collect();
    let mut labels = vec![format!("<${first}m")];
    labels.extend(bounds.windows(2).map(|pair| format!("${}-{}m", pair[0], pair[1])));
    labels.push(format!(">${}m", first + 4.0 * step));
    let rules = format!(
        "This market resolves to the range that holds the gross of \"{film}\" on its opening \
         weekend, as reported by {}.",
        date(scene.ends)
    );
    let number = Number { mean: first + step * scene.dice.between(0.5, 3.5), sd: 1.1 * step };
    let title = format!("\"{film}\" opening weekend box office?");
    Draft::new(Category::Culture, title, rules, &["pop-culture", "box-office", "movies"]).one_range(
        number,
        &bounds,
        &labels,
        |range| format!("Will \"{film}\" gross {range} on its opening weekend?"),
    )
}

/// How often somebody posts until the end.
fn posts(scene: &mut Scene) -> Draft {
    let author = person(scene.dice);
    let step = scene.dice.pick(&[10_u64, 20, 25]);
    let first = step * scene.dice.whole(2, 8);
    let edges: Vec<u64> = (0..8).map(|rung| first + step * rung).collect();
    let mut labels = vec![format!("<{first}")];
    labels.extend(edges.windows(2).map(|pair| format!("{}-{}", pair[0], pair[1] - 1)));
    labels.push(format!("{}+", first + 7 * step));
    let bounds: Vec<f64> = edges.iter().map(|edge| *edge as f64 - 0.5).collect();
    let rules = format!(
        "This market resolves to the range that holds the number of posts of {author} from the \
         opening of this market until {}, noon UTC.",
        date(scene.ends)
    );
    let middle = first as f64 + step as f64 * scene.dice.between(1.5, 5.5);
    let number = Number { mean: middle, sd: 1.5 * step as f64 };
    let title = format!("{author} # of posts {} - {}?", day(scene.opens), day(scene.ends));
    Draft::new(Category::Culture, title, rules, &["pop-culture", "tweets-markets"]).one_range(
        number,
        &bounds,
        &labels,
        |range| {
            format!(
                "Will {author} post {range} times from {} to {}?",
                day(scene.opens),
                day(scene.ends)
            )
        },
    )
}

pub(super) fn weather(scene: &mut Scene) -> Draft {
    let index = scene.dice.whole(0, CITIES.len() as u64 - 1);
    let city = CITIES[usize::try_from(index).unwrap_or(0)];
    // Cities differ, and summer is in July.
    let season = (f64::from(scene.ends.ordinal()) - 200.0) / 365.25 * std::f64::consts::TAU;
    let usual = 8.0 + (index * 7 % 24) as f64 / 2.0 + 9.0 * season.cos();
    let mean = usual + 4.0 * scene.dice.bell();
    let number = Number { mean, sd: (1.0 + 0.7 * scene.days().sqrt()).min(4.0) };
    let inner = 5;
    #[expect(clippy::cast_possible_truncation, reason = "degrees")]
    let coldest = (mean + scene.dice.between(-1.0, 1.0)).round() as i64 - inner / 2 - 1;
    let mut labels = vec![format!("{coldest}°C or below")];
    labels.extend((1..=inner).map(|step| format!("{}°C", coldest + step)));
    labels.push(format!("{}°C or higher", coldest + inner + 1));
    let bounds: Vec<f64> = (0..=inner).map(|step| (coldest + step) as f64 + 0.5).collect();
    let on = day(scene.ends);
    let rules = format!(
        "This market resolves to the range that holds the highest temperature recorded at {city} \
         Airport on {}, in whole degrees.",
        date(scene.ends)
    );
    let title = format!("Highest temperature in {city} on {on}?");
    let mut draft = Draft::new(Category::Weather, title, rules, &["weather", "recurring"])
        .one_range(number, &bounds, &labels, |range| {
            format!("Will the highest temperature in {city} be {range} on {on}?")
        });
    draft.resolution = Resolution::Quick;
    draft.series = Some(Series {
        id: WEATHER + index,
        slug: format!("{}-daily-weather", names::slug(city)),
        title: format!("{city} daily weather"),
        recurrence: "daily",
    });
    draft
}
