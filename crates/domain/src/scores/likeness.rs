//! How much somebody trades like a maker or like a program, as scores.

use super::{Context, Score, ScoreKind, Verdict};
use crate::conduct::{Conduct, Likeness, Verdict as Said};
use crate::evidence::{Ingredient, Span};

/// The maker score: a hundred times the probability by [`crate::conduct::MAKER_RULE`], with what is unknown in the
/// middle; its span puts the unknown at both ends. The ingredients are what each feature adds to the log-odds.
pub fn maker(conduct: &Conduct, context: Context) -> Score {
    score(ScoreKind::Maker, &conduct.maker, conduct.fills, context)
}

/// The bot score: the same by [`crate::conduct::BOT_RULE`].
pub fn bot(conduct: &Conduct, context: Context) -> Score {
    score(ScoreKind::Bot, &conduct.bot, conduct.fills, context)
}

fn score(kind: ScoreKind, likeness: &Likeness, fills: usize, context: Context) -> Score {
    let ingredients = likeness.reasons.iter().map(|reason| {
        let adds = reason.value.map(|_| reason.middle());
        Ingredient::new(reason.feature.slug(), adds)
    });
    let verdict = match (likeness.verdict, likeness.probability) {
        (Said::TooLittle, _) | (_, None) => {
            Verdict::TooFew { events: fills, needed: kind.fewest() }
        }
        (_, Some(probability)) => Verdict::Scored(100.0 * probability),
    };
    let span = likeness.span.map(|span| Span { low: 100.0 * span.low, high: 100.0 * span.high });
    context.score(kind, (verdict, span), fills, ingredients.collect())
}
