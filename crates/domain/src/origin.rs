//! Where data comes from. A database holds data of one origin: simulated and real never meet.

use std::{convert::Infallible, fmt, str::FromStr};

/// What answered as upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Polymarket itself.
    Polymarket,
    /// Recorded answers of Polymarket, replayed by the lab.
    Recording,
    /// A world simulated by the lab; the text says which.
    Simulation(String),
}

impl Origin {
    /// Nothing in it ever happened.
    pub fn is_simulated(&self) -> bool {
        matches!(self, Self::Simulation(_))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Polymarket => f.write_str("polymarket"),
            Self::Recording => f.write_str("recording"),
            Self::Simulation(which) => write!(f, "simulation ({which})"),
        }
    }
}

impl FromStr for Origin {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "polymarket" => Self::Polymarket,
            "recording" => Self::Recording,
            // Whatever else the word is, it is not Polymarket's.
            other => {
                let which =
                    other.strip_prefix("simulation (").and_then(|rest| rest.strip_suffix(')'));
                Self::Simulation(which.unwrap_or(other).to_owned())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_survives_being_written_down() {
        let world = Origin::Simulation("world; seed=7".to_owned());
        for origin in [Origin::Polymarket, Origin::Recording, world] {
            assert_eq!(origin.to_string().parse(), Ok(origin));
        }
    }
}
