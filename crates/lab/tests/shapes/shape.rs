//! What a set of JSON values looks like: which types and formats occur at each place, and which
//! members are always there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// How one value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    Null,
    Bool,
    /// `10`
    Integer,
    /// `10.0`
    Whole,
    /// `10.5`, `1e-6`
    Fraction,
    /// `""`
    Empty,
    /// `"10"`, up to 20 digits
    Digits,
    /// `"10.5"`
    Decimal,
    /// A decimal number of more than 20 digits, as ids of outcomes are
    Token,
    /// `0x` and so many digits, in small letters
    Hex(usize),
    /// `0x` and so many digits, in letters of both sizes
    ChecksummedHex(usize),
    /// `2026-11-23`
    Date,
    /// `2026-11-23T00:00:00Z`
    Instant,
    /// `2026-11-23T00:00:00.000001Z`
    FineInstant,
    /// `2026-11-23 00:00:00+00`
    SpacedInstant,
    /// `https://…`
    Url,
    /// An array written out inside a string
    Encoded,
    /// Any other string
    Text,
    Array,
    Object,
}

/// The type a JSON parser reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

impl Form {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Bool,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
            Value::Number(number) if !number.is_f64() => Self::Integer,
            Value::Number(number) => match number.as_f64() {
                Some(number) if number.fract() == 0.0 => Self::Whole,
                _ => Self::Fraction,
            },
            Value::String(text) => Self::of_text(text),
        }
    }

    fn of_text(text: &str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else if let Some(hex) = hex_digits(text) {
            hex
        } else if is_decimal(text) {
            match text.len() {
                _ if text.contains('.') => Self::Decimal,
                ..=20 => Self::Digits,
                _ => Self::Token,
            }
        } else if let Some(instant) = instant(text) {
            instant
        } else if text.starts_with("https://") || text.starts_with("http://") {
            Self::Url
        } else if encoded(text).is_some() {
            Self::Encoded
        } else {
            Self::Text
        }
    }

    pub fn json_type(self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Bool => Type::Bool,
            Self::Integer | Self::Whole | Self::Fraction => Type::Number,
            Self::Array => Type::Array,
            Self::Object => Type::Object,
            _ => Type::String,
        }
    }
}

fn hex_digits(text: &str) -> Option<Form> {
    let digits = text.strip_prefix("0x")?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let is_mixed = digits.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(if is_mixed { Form::ChecksummedHex(digits.len()) } else { Form::Hex(digits.len()) })
}

fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    [whole, fraction]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The form of a date or a time, told by where its punctuation stands.
fn instant(text: &str) -> Option<Form> {
    let masked: String =
        text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    let rest = masked.strip_prefix("0000-00-00")?;
    if rest.is_empty() {
        return Some(Form::Date);
    }
    if let Some(rest) = rest.strip_prefix(" 00:00:00") {
        return rest.ends_with("+00").then_some(Form::SpacedInstant);
    }
    let rest = rest.strip_prefix("T00:00:00")?;
    let fraction = rest.strip_suffix('Z').or_else(|| rest.strip_suffix("+00:00"))?;
    match fraction.strip_prefix('.') {
        None if fraction.is_empty() => Some(Form::Instant),
        Some(digits) if digits.bytes().all(|byte| byte == b'0') => Some(Form::FineInstant),
        _ => None,
    }
}

fn encoded(text: &str) -> Option<Value> {
    text.starts_with('[').then(|| serde_json::from_str(text).ok()).flatten()
}

/// What occurs at one place of a body.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    pub forms: BTreeSet<Form>,
    /// How many objects occurred here.
    pub objects: usize,
    pub members: BTreeMap<String, Member>,
    /// What the arrays here hold, all taken together.
    pub elements: Option<Box<Shape>>,
    /// What the arrays written into strings here hold.
    pub encoded: Option<Box<Shape>>,
}

/// A member of the objects at one place.
#[derive(Clone, Debug, Default)]
pub struct Member {
    /// How many of the objects have it.
    pub times: usize,
    pub shape: Shape,
}

impl Shape {
    pub fn of<'a>(values: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut shape = Self::default();
        for value in values {
            shape.add(value);
        }
        shape
    }

    fn add(&mut self, value: &Value) {
        let form = Form::of(value);
        self.forms.insert(form);
        match value {
            Value::Array(elements) => add_all(&mut self.elements, elements),
            Value::Object(members) => {
                self.objects += 1;
                for (name, value) in members {
                    let member = self.members.entry(generic(name)).or_default();
                    member.times += 1;
                    member.shape.add(value);
                }
            }
            Value::String(text) if form == Form::Encoded => {
                if let Some(Value::Array(elements)) = encoded(text) {
                    add_all(&mut self.encoded, &elements);
                }
            }
            _ => {}
        }
    }

    pub fn types(&self) -> BTreeSet<Type> {
        self.forms.iter().map(|form| form.json_type()).collect()
    }

    /// The forms of its strings that are not empty.
    pub fn formats(&self) -> BTreeSet<Form> {
        let is_format = |form: &&Form| form.json_type() == Type::String && **form != Form::Empty;
        self.forms.iter().filter(is_format).copied().collect()
    }
}

/// An array without elements says nothing of them.
fn add_all(shape: &mut Option<Box<Shape>>, elements: &[Value]) {
    for element in elements {
        shape.get_or_insert_default().add(element);
    }
}

/// A name that is an id stands for all of its kind.
fn generic(name: &str) -> String {
    match Form::of_text(name) {
        Form::Token => "{token}".to_owned(),
        Form::Hex(64) => "{condition}".to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn strings_are_told_apart_by_their_form() {
        let cases = [
            ("", Form::Empty),
            ("1789381477", Form::Digits),
            ("-3.50", Form::Decimal),
            (
                "107562952936555819668737826428754978979556920505990557747611348541829551199040",
                Form::Token,
            ),
            ("0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a", Form::Hex(40)),
            ("0x2F5e3684cb1F318ec51b00Edba38d79Ac2c0aA9d", Form::ChecksummedHex(40)),
            ("2026-11-23", Form::Date),
            ("2026-11-23T00:00:00Z", Form::Instant),
            ("2026-02-13T00:02:16.236859Z", Form::FineInstant),
            ("2023-12-07 19:16:45.979+00", Form::SpacedInstant),
            ("2026-09-09 14:25:04+00", Form::SpacedInstant),
            ("2026-11-23T00:00", Form::Text),
            ("https://example.org/a.png", Form::Url),
            ("[\"Yes\", \"No\"]", Form::Encoded),
            ("[sic]", Form::Text),
            ("1e-6", Form::Text),
            ("0xhash", Form::Text),
        ];
        for (text, form) in cases {
            assert_eq!(Form::of(&json!(text)), form, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_told_apart_by_their_spelling() {
        let spelled = |text: &str| Form::of(&serde_json::from_str(text).unwrap());
        assert_eq!(spelled("10"), Form::Integer);
        assert_eq!(spelled("10.0"), Form::Whole);
        assert_eq!(spelled("9e-6"), Form::Fraction);
    }

    #[test]
    fn rows_are_taken_together() {
        let rows = [
            json!({"a": 1, "of": [{"x": "0.5"}], "list": "[\"1\"]"}),
            json!({"a": null, "of": [{"x": ""}, {}], "b": true}),
        ];
        let shape = Shape::of(&rows);
        assert_eq!(shape.objects, 2);
        assert_eq!(shape.members["a"].shape.types(), BTreeSet::from([Type::Null, Type::Number]));
        assert_eq!((shape.members["a"].times, shape.members["b"].times), (2, 1));
        let elements = shape.members["of"].shape.elements.as_deref().unwrap();
        assert_eq!((elements.objects, elements.members["x"].times), (3, 2));
        let inside = shape.members["list"].shape.encoded.as_deref().unwrap();
        assert_eq!(inside.forms, BTreeSet::from([Form::Digits]));
    }

    #[test]
    fn ids_as_names_are_one_name() {
        let token = "9".repeat(77);
        let shape = Shape::of([&json!({token.as_str(): {"BUY": "0.5"}, "8".repeat(76): {}})]);
        assert_eq!(shape.members.keys().collect::<Vec<_>>(), ["{token}"]);
        assert_eq!(shape.members["{token}"].times, 2);
    }
}
