//! Where two shapes differ.
//!
//! The lab shows a few hundred rows and a recording may have two, so variety alone is no
//! difference: a member that upstream sometimes leaves out may always be there, and free text may
//! be anything. Everything that could break a client is one.

use std::collections::BTreeSet;
use std::fmt;

use crate::shape::{Form, Member, Shape, Type};

/// In which way the lab differs at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Upstream has the member, the lab never.
    Missing,
    /// The lab has the member, upstream never.
    Added,
    /// Upstream always has the member, the lab sometimes not.
    Optional,
    /// The lab has a JSON type here that upstream never has.
    Type,
    /// Upstream has a JSON type here that the lab never has.
    NoType,
    /// A number is spelled in a way that upstream never does: `10.0` for `10`, or a fraction where
    /// there are integers.
    Number,
    /// A string in a format that upstream never has.
    Format,
    /// An empty string where upstream never has one.
    Empty,
    /// Only empty strings, or only empty arrays, where upstream has content.
    NoContent,
}

/// One place where the lab differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Member names joined by dots; `[]` stands for the elements of an array, `<>` for those of an
    /// array written into a string.
    pub path: String,
    pub kind: Kind,
    /// What is seen on either side, for people.
    pub detail: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}: {}", self.kind, self.path, self.detail)
    }
}

/// Every difference between what was recorded and what the lab answers.
pub fn differences(recorded: &Shape, lab: &Shape) -> Vec<Difference> {
    let mut comparison = Comparison::default();
    comparison.compare("", recorded, lab);
    comparison.found.sort();
    comparison.found
}

#[derive(Default)]
struct Comparison {
    found: Vec<Difference>,
}

impl Comparison {
    fn compare(&mut self, path: &str, recorded: &Shape, lab: &Shape) {
        self.types(path, recorded, lab);
        self.numbers(path, recorded, lab);
        self.strings(path, recorded, lab);
        self.members(path, recorded, lab);
        let inside =
            [("[]", &recorded.elements, &lab.elements), ("<>", &recorded.encoded, &lab.encoded)];
        for (step, recorded, lab) in inside {
            match (recorded, lab) {
                (Some(recorded), Some(lab)) => {
                    self.compare(&format!("{path}{step}"), recorded, lab);
                }
                (Some(_), None) if step == "<>" => {}
                (Some(_), None) => self.note(path, Kind::NoContent, "only empty arrays"),
                // Nothing is known of what upstream puts there.
                (None, _) => {}
            }
        }
    }

    fn types(&mut self, path: &str, recorded: &Shape, lab: &Shape) {
        let (theirs, ours) = (recorded.types(), lab.types());
        let shown = |types: Vec<&Type>| format!("{types:?} beside {:?}", shared(&theirs, &ours));
        let added: Vec<_> = ours.difference(&theirs).collect();
        if !added.is_empty() {
            self.note(path, Kind::Type, shown(added));
        }
        let lost: Vec<_> = theirs.difference(&ours).collect();
        if !lost.is_empty() {
            self.note(path, Kind::NoType, shown(lost));
        }
    }

    fn numbers(&mut self, path: &str, recorded: &Shape, lab: &Shape) {
        let of = |shape: &Shape| -> BTreeSet<Form> {
            shape.forms.iter().filter(|form| form.json_type() == Type::Number).copied().collect()
        };
        let (mut theirs, ours) = (of(recorded), of(lab));
        if theirs.is_empty() {
            return;
        }
        if theirs == BTreeSet::from([Form::Fraction]) {
            // How whole values are spelled is not known.
            theirs.extend([Form::Integer, Form::Whole]);
        } else if theirs.contains(&Form::Whole) {
            theirs.insert(Form::Fraction);
        }
        if !ours.is_subset(&theirs) {
            self.note(path, Kind::Number, format!("{ours:?} for {theirs:?}"));
        }
    }

    fn strings(&mut self, path: &str, recorded: &Shape, lab: &Shape) {
        let (theirs, ours) = (recorded.formats(), lab.formats());
        let has_empty = |shape: &Shape| shape.forms.contains(&Form::Empty);
        if !theirs.is_empty() {
            if has_empty(lab) && ours.is_empty() {
                self.note(path, Kind::NoContent, format!("only empty strings for {theirs:?}"));
            } else if has_empty(lab) && !has_empty(recorded) {
                self.note(path, Kind::Empty, format!("sometimes empty for {theirs:?}"));
            }
        }
        // Free text may look like anything, and of strings that are always empty nothing is known.
        if theirs.is_empty() || theirs.contains(&Form::Text) {
            return;
        }
        let mut allowed = theirs.clone();
        if theirs.contains(&Form::Decimal) {
            allowed.insert(Form::Digits);
        }
        if !ours.is_subset(&allowed) {
            self.note(path, Kind::Format, format!("{ours:?} for {theirs:?}"));
        }
    }

    fn members(&mut self, path: &str, recorded: &Shape, lab: &Shape) {
        if recorded.objects == 0 || lab.objects == 0 {
            return;
        }
        let names: BTreeSet<_> = recorded.members.keys().chain(lab.members.keys()).collect();
        for name in names {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match (recorded.members.get(name), lab.members.get(name)) {
                (Some(theirs), Some(ours)) => {
                    if is_required(theirs, recorded) && ours.times < lab.objects {
                        let detail = format!("in {} of {} objects", ours.times, lab.objects);
                        self.note(&path, Kind::Optional, detail);
                    }
                    self.compare(&path, &theirs.shape, &ours.shape);
                }
                (Some(theirs), None) => {
                    let detail = format!(
                        "{:?} in {} of {}",
                        theirs.shape.forms, theirs.times, recorded.objects
                    );
                    self.note(&path, Kind::Missing, detail);
                }
                (None, Some(ours)) => {
                    self.note(&path, Kind::Added, format!("{:?}", ours.shape.forms));
                }
                (None, None) => {}
            }
        }
    }

    fn note(&mut self, path: &str, kind: Kind, detail: impl Into<String>) {
        let path = if path.is_empty() { "." } else { path }.to_owned();
        self.found.push(Difference { path, kind, detail: detail.into() });
    }
}

/// One object proves nothing about what is optional.
fn is_required(member: &Member, of: &Shape) -> bool {
    of.objects > 1 && member.times >= of.objects
}

fn shared(theirs: &BTreeSet<Type>, ours: &BTreeSet<Type>) -> Vec<Type> {
    theirs.intersection(ours).copied().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn found(recorded: &[Value], lab: &[Value]) -> Vec<(String, Kind)> {
        differences(&Shape::of(recorded), &Shape::of(lab))
            .into_iter()
            .map(|difference| (difference.path, difference.kind))
            .collect()
    }

    #[track_caller]
    fn differs(recorded: &[Value], lab: &[Value], expected: &[(&str, Kind)]) {
        let found = found(recorded, lab);
        let found: Vec<_> = found.iter().map(|(path, kind)| (path.as_str(), *kind)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_shape_agrees_with_itself_and_with_other_values() {
        let recorded =
            [json!({"p": "0.52", "n": 10, "at": "2026-11-23", "of": [{"x": null}, {"x": 1.5}]})];
        differs(&recorded, &recorded, &[]);
        differs(
            &recorded,
            &[json!({"p": "1", "n": -3, "at": "1999-01-01", "of": [{"x": null}, {"x": 2}]})],
            &[],
        );
    }

    #[test]
    fn members_are_compared_by_name() {
        let recorded = [json!({"a": 1, "b": {"c": 1}}), json!({"a": 1, "b": {"c": 1}})];
        let lab = [json!({"b": {"c": 1, "d": 1}}), json!({"b": {}})];
        differs(
            &recorded,
            &lab,
            &[("a", Kind::Missing), ("b.c", Kind::Optional), ("b.d", Kind::Added)],
        );
        // What upstream leaves out now and then may always be there.
        differs(&[json!({"a": 1}), json!({})], &[json!({"a": 2})], &[]);
    }

    #[test]
    fn types_differ_in_both_directions() {
        differs(
            &[json!({"a": "1"})],
            &[json!({"a": 1})],
            &[("a", Kind::Type), ("a", Kind::NoType)],
        );
        differs(&[json!({"a": 1})], &[json!({"a": 1}), json!({"a": null})], &[("a", Kind::Type)]);
        differs(&[json!({"a": 1}), json!({"a": null})], &[json!({"a": 1})], &[("a", Kind::NoType)]);
        differs(&[json!([])], &[json!({})], &[(".", Kind::Type), (".", Kind::NoType)]);
    }

    #[test]
    fn numbers_differ_by_their_spelling() {
        let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let cases = [
            ("10", "10.5", true),
            ("10", "10.0", true),
            ("10.0", "10", true),
            ("10.0", "10.5", false),
            ("10.5", "10", false),
            ("10.5", "10.0", false),
            ("10", "11", false),
        ];
        for (recorded, lab, differ) in cases {
            let found = found(&[number(recorded)], &[number(lab)]);
            let expected = if differ { vec![(".".to_owned(), Kind::Number)] } else { vec![] };
            assert_eq!(found, expected, "{lab} for {recorded}");
        }
    }

    #[test]
    fn strings_differ_by_their_format() {
        let wallet = "0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a";
        let cases: &[(&str, &str, Option<Kind>)] = &[
            (wallet, "0x379a", Some(Kind::Format)),
            (wallet, "0x2F5e3684cb1F318ec51b00Edba38d79Ac2c0aA9d", Some(Kind::Format)),
            (wallet, "", Some(Kind::NoContent)),
            ("2026-11-23T00:00:00Z", "2026-11-23 00:00:00+00", Some(Kind::Format)),
            ("2026-11-23T00:00:00Z", "2026-11-23T00:00:00.5Z", Some(Kind::Format)),
            ("1789381477", "1789.5", Some(Kind::Format)),
            ("0.5", "1", None),
            ("words", "2026-11-23", None),
            ("", "anything", None),
        ];
        for (recorded, lab, kind) in cases {
            let found = found(&[json!(recorded)], &[json!(lab)]);
            let expected: Vec<_> = kind.iter().map(|kind| (".".to_owned(), *kind)).collect();
            assert_eq!(found, expected, "{lab:?} for {recorded:?}");
        }
        let lab = [json!(wallet), json!("")];
        differs(&[json!(wallet)], &lab, &[(".", Kind::Empty)]);
    }

    #[test]
    fn arrays_are_compared_by_all_their_elements() {
        differs(&[json!([{"a": 1}, {"b": 1}])], &[json!([{"b": 1, "a": 2}])], &[]);
        differs(&[json!([1])], &[json!([])], &[(".", Kind::NoContent)]);
        differs(&[json!([])], &[json!([1])], &[]);
        differs(&[json!([1])], &[json!(["x"])], &[("[]", Kind::Type), ("[]", Kind::NoType)]);
        let recorded = [json!({"prices": "[\"0.5\"]"})];
        differs(&recorded, &[json!({"prices": "[\"0.1\", \"0.9\"]"})], &[]);
        differs(&recorded, &[json!({"prices": "[]"})], &[]);
        differs(
            &recorded,
            &[json!({"prices": "[0.1]"})],
            &[("prices<>", Kind::Type), ("prices<>", Kind::NoType)],
        );
    }
}
