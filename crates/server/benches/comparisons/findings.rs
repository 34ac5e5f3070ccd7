//! What was measured, in a form that `bench/run` reads.

use std::io::Write as _;
use std::time::Duration;

use serde::Serialize;

/// One line of the table.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    /// What was measured.
    pub(crate) what: String,
    /// How it came out, for people.
    pub(crate) figure: String,
    /// What it is compared with, and how that came out.
    pub(crate) baseline: String,
    /// Figure by baseline.
    pub(crate) value: f64,
    /// What follows the value in the table.
    pub(crate) unit: &'static str,
    /// The target, where there is one.
    #[serde(flatten)]
    pub(crate) target: Option<Target>,
}

/// A bound on the value.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
}

impl Finding {
    pub(crate) fn print(&self) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(&mut out, self)?;
        out.write_all(b"\n")?;
        Ok(())
    }
}

/// The middle of some numbers, the upper one of two; 0 of none.
pub(crate) fn median(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.into_iter().collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// A duration for people.
pub(crate) fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1e3)
}
