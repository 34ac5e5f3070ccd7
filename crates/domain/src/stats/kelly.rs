//! How much of what one has to put on a bet, so that it grows fastest in the long run.
//!
//! Kelly 1956; with several answers of which one comes true, Smoczynski and Tomkins 2010 (*An explicit
//! solution to the problem of optimizing the allocations of a bettor's wealth when wagering on horse races*).
//! Chances are not known but estimated, so that of what the formulas say at most a quarter is ever suggested.

/// The largest part of Kelly's fraction that is suggested.
pub const MOST: f64 = 0.25;

/// What a share costs at an ask of `ask` with a taker's fee of `rate`: a + r·a(1 − a) dollars. Of other
/// schedules see [`crate::FeeSchedule`]. `None` unless the ask is between 0 and 1 and the rate from 0 to 1.
pub fn cost(ask: f64, rate: f64) -> Option<f64> {
    let is_possible = ask > 0.0 && ask < 1.0 && (0.0..=1.0).contains(&rate);
    is_possible.then_some(ask + rate * ask * (1.0 - ask))
}

/// The part of one's money to spend on shares that cost `cost` each and pay one with the chance `chance`:
/// κ·(q − c)/(1 − c), 0 where that is negative, with κ at most [`MOST`]. `None` where the chance is not within
/// 0 and 1, the cost not between them, or κ negative.
pub fn fraction(chance: f64, cost: f64, kappa: f64) -> Option<f64> {
    joint(&[(chance, cost)], kappa)?.first().copied()
}

/// Like [`fraction`], for several answers of one event of which at most one comes true, by (chance, cost), in
/// the order given. An answer may be worth buying although it costs more than its chance, because it pays
/// where the others do not.
///
/// Full Kelly holds back the part R = (1 − Σq)/(1 − Σc) for each dollar paid, over the answers bought, and
/// spends q − R·c on each; bought are those with the best q/c for as long as q/c > R. `None` where a number
/// is out of range, chances sum to more than one, or κ is negative. Where all answers together cost less than
/// one they pay a sure profit, and spending is bounded by κ alone.
pub fn joint(answers: &[(f64, f64)], kappa: f64) -> Option<Vec<f64>> {
    let is_possible =
        |(chance, cost): &(f64, f64)| (0.0..=1.0).contains(chance) && *cost > 0.0 && *cost < 1.0;
    let all: f64 = answers.iter().map(|(chance, _)| chance).sum();
    // A sum of chances of all answers is one but for the last digits.
    if !answers.iter().all(is_possible) || all > 1.0 + 1e-9 || kappa.is_nan() || kappa < 0.0 {
        return None;
    }
    let mut by_value: Vec<&(f64, f64)> = answers.iter().collect();
    by_value.sort_by(|(q, c), (other_q, other_c)| (other_q / other_c).total_cmp(&(q / c)));
    let (mut held_back, mut chances, mut costs) = (1.0, 0.0, 0.0);
    for (chance, cost) in by_value {
        if chance / cost <= held_back || costs + cost >= 1.0 {
            break;
        }
        chances += chance;
        costs += cost;
        held_back = ((1.0 - chances) / (1.0 - costs)).max(0.0);
    }
    let part = kappa.min(MOST);
    let spend = |(chance, cost): &(f64, f64)| part * (chance - held_back * cost).max(0.0);
    Some(answers.iter().map(spend).collect())
}
