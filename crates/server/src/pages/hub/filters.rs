//! The filters of hubs as a form: every field by the API's own name.

use domain::{Category, InvalidField, null_audit::Subject, signals::Kind, whales::Class};
use maud::{Markup, html};

use super::{
    super::{format::words, links::Address, states::field_errors},
    cells,
};

/// What may be chosen for a field, with what each value is called; empty: it is typed.
fn options(name: &str) -> Vec<(&'static str, String)> {
    let plain = |all: &[&'static str]| all.iter().map(|one| (*one, words(one))).collect();
    match name {
        "timeframe" => plain(&["1h", "6h", "24h", "7d", "30d", "all"]),
        "class" => Class::ALL.map(|class| (class.slug(), cells::class_word(class.slug()))).to_vec(),
        "category" => Category::ALL.map(|one| (one.slug(), one.label().to_owned())).to_vec(),
        "side" => plain(&["yes", "no"]),
        "action" => plain(&["buy", "sell"]),
        "status" => plain(&["open", "settled", "void"]),
        "verdict" => plain(&["scored", "too_few", "withheld", "excluded"]),
        "layer" => plain(&["pair", "history"]),
        "kind" => Kind::ALL.map(|kind| (kind.slug(), words(kind.slug()))).to_vec(),
        "score" => Subject::ALL[..5].iter().map(|one| (one.slug(), words(one.slug()))).collect(),
        _ => Vec::new(),
    }
}

/// What a field is called on a page.
fn label(page: &str, name: &'static str) -> &'static str {
    match (page, name) {
        (_, "timeframe") => "last",
        (_, "min_usdc") => "from $",
        (_, "max_usdc") => "to $",
        ("/signals", "min_score") => "strength from",
        (_, "min_score") => "score from",
        (_, "side") => "toward",
        ("/signals", "status") => "result",
        (_, other) => other,
    }
}

/// The form. What the address says besides its fields is kept; the page is not.
pub(super) fn form(address: &Address, fields: &[&'static str], errors: &[InvalidField]) -> Markup {
    let mut edited = fields.to_vec();
    edited.extend(["cursor", "why", "limit"]);
    html! {
        form class="chips" method="get" action=(address.path()) {
            @for (name, value) in address.others(&edited) { input type="hidden" name=(name) value=(value); }
            @for name in fields { (field(address, name)) }
            button class="chip" type="submit" { "Apply" }
            a class="chip" href=(address.path()) { "Reset" }
        }
        (field_errors(errors))
    }
}

fn field(address: &Address, name: &'static str) -> Markup {
    let value = address.get(name).unwrap_or_default();
    let class = if value.is_empty() { "chip pick" } else { "chip pick set" };
    let options = options(name);
    html! {
        label class=(class) {
            i { (label(address.path(), name)) }
            @if options.is_empty() {
                input name=(name) value=(value) placeholder="any" autocomplete="off" maxlength="42";
            } @else {
                select name=(name) {
                    option value="" { "any" }
                    @for (word, label) in options { option value=(word) selected[word == value] { (label) } }
                }
            }
        }
    }
}
