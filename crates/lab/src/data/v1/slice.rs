//! Paging of v1: `limit` and `offset`, both with a cap.

use crate::data::params::Params;
use crate::data::problem::Problem;

/// What a list allows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caps {
    pub(super) default: usize,
    /// A larger limit is cut to this.
    pub(super) limit: usize,
    pub(super) offset: usize,
    pub(super) past: PastCap,
}

/// What comes of an offset past the cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PastCap {
    /// 400.
    Refused,
    /// The rows at the cap again.
    Repeats,
}

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) offset: usize,
    pub(super) limit: usize,
}

impl Slice {
    pub(super) fn read(params: &Params, caps: Caps) -> Result<Self, Problem> {
        let count = |name: &'static str, default: usize| match params.integer(name)? {
            None => Ok(default),
            Some(count) => usize::try_from(count)
                .map_err(|_| Problem::invalid(name, format!("{name} must not be negative"))),
        };
        let limit = count("limit", caps.default)?.min(caps.limit);
        let offset = match count("offset", 0)? {
            offset if offset <= caps.offset => offset,
            _ if caps.past == PastCap::Repeats => caps.offset,
            _ => {
                let error = format!("max offset of {} exceeded", caps.offset);
                return Err(Problem::invalid("offset", error));
            }
        };
        Ok(Self { offset, limit })
    }

    pub(super) fn of<T>(self, rows: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        rows.into_iter().skip(self.offset).take(self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_the_cap_it_is_refused_or_repeats() {
        let caps = Caps { default: 2, limit: 3, offset: 4, past: PastCap::Refused };
        let read = |query: &str, past| Slice::read(&Params::of(query), Caps { past, ..caps });
        let slice = |offset, limit| Ok(Slice { offset, limit });
        assert_eq!(read("", PastCap::Refused), slice(0, 2));
        assert_eq!(read("limit=9&offset=4", PastCap::Refused), slice(4, 3));
        assert!(read("offset=5", PastCap::Refused).unwrap_err().error.contains("max offset of 4"));
        assert_eq!(read("offset=5000", PastCap::Repeats), slice(4, 2));
        assert!(read("limit=-1", PastCap::Repeats).is_err());
        let rows: Vec<i32> = Slice { offset: 1, limit: 2 }.of(0..9).collect();
        assert_eq!(rows, [1, 2]);
    }
}
