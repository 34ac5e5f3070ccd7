//! Whether somebody does what somebody else did, seconds later.

/// Seconds within which an order answers another. Whoever copies by hand has to notice the trade, open the market and
/// send an order.
pub const WITHIN_S: i64 = 10;

/// Orders on the tape below which nothing is said.
pub const FEWEST_ORDERS: usize = 20;

/// Standard deviations taken off, because the one who was followed most was chosen among all others.
pub const BEYOND: f64 = 3.0;

/// Orders of a wallet, and how many of them came within [`WITHIN_S`] after, and before, an order for the same token and
/// side by one other wallet: the one who was followed most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reaction {
    /// Orders on the tape.
    pub orders: usize,
    /// That came after the other's.
    pub followed: usize,
    /// That came before it.
    pub preceded: usize,
}

impl Reaction {
    /// The part of the orders that followed the other beyond chance, 0 to 1: `(f − p − 3·√(f + p)) / n`, nothing below
    /// 0. By accident, and where both follow the same news, either comes first as often: what came before is the null of
    /// what came after, in a busy market as in a quiet one, and √(f + p) is the deviation of their difference. `None` of
    /// fewer than [`FEWEST_ORDERS`] orders.
    pub fn beyond_chance(self) -> Option<f64> {
        let (followed, preceded) = (self.followed as f64, self.preceded as f64);
        let beyond = followed - preceded - BEYOND * (followed + preceded).sqrt();
        let is_known = self.orders >= FEWEST_ORDERS;
        is_known.then(|| (beyond / self.orders as f64).clamp(0.0, 1.0))
    }
}
