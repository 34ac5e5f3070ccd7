//! Forms that filter and order a list. They show what the address says, also where it cannot be used.

use domain::{
    Category, Closes, EventSortColumn, InvalidField, MarketStatus, RangeColumn, SortColumn,
};
use maud::{Markup, html};

use super::{
    links::Address,
    shell::{SEARCH_ICON, icon},
    states::field_errors,
};

/// The parameters that the form of markets edits; all others it keeps as they are.
const MARKET_FIELDS: [&str; 16] = [
    "q",
    "status",
    "category",
    "closes",
    "sort",
    "price_min",
    "price_max",
    "volume_24h_min",
    "volume_24h_max",
    "volume_min",
    "volume_max",
    "liquidity_min",
    "liquidity_max",
    "spread_min",
    "spread_max",
    "limit",
];

/// The form of markets.
pub(super) fn markets(address: &Address, errors: &[InvalidField]) -> Markup {
    let statuses = MarketStatus::ALL.map(|status| (status.slug(), status.slug()));
    let closes: Vec<_> = Closes::ALL.iter().map(|closes| (closes.slug(), closes.label())).collect();
    let (shown, sorted) = (address.words("cols"), address.get("sort").unwrap_or_default());
    let sorts: Vec<_> = SortColumn::ALL
        .iter()
        .filter(|column| match column {
            SortColumn::Relevance => address.get("q").is_some(),
            // There are many; those that are not shown would hide the others.
            SortColumn::Tape(column) => {
                shown.iter().any(|name| name == column.slug())
                    || sorted.trim_start_matches('-') == column.slug()
            }
            _ => true,
        })
        .map(|column| (column.slug(), column.label()))
        .collect();
    let mut edited = MARKET_FIELDS.to_vec();
    edited.extend(["offset", "cursor"]);
    html! {
        form class="chips" method="get" action=(address.path()) {
            (search(address, errors))
            (chip("Status", Some(address.get("status").as_deref().unwrap_or("open")), &choice(address, "status", &statuses)))
            (chip("Category", address.get("category").as_deref(), &checkboxes(address, "category", &categories())))
            (chip("Closes", address.get("closes").as_deref(), &checkboxes(address, "closes", &closes)))
            (range(address, errors, RangeColumn::Price))
            (range(address, errors, RangeColumn::Volume24h))
            (range(address, errors, RangeColumn::Liquidity))
            (range(address, errors, RangeColumn::Spread))
            (chip("Sort", address.get("sort").as_deref(), &order(address, &sorts)))
            (hidden(address, &edited))
            button class="chip" type="submit" { "Apply" }
            a class="chip" href=(address.path()) { "Reset" }
        }
        (field_errors(errors))
    }
}

/// The form of events.
pub(super) fn events(address: &Address, errors: &[InvalidField]) -> Markup {
    let sorts: Vec<_> =
        EventSortColumn::ALL.iter().map(|column| (column.slug(), column.label())).collect();
    let statuses = [("open", "open"), ("closed", "closed")];
    html! {
        form class="chips" method="get" action=(address.path()) {
            (search(address, errors))
            (chip("Status", Some(address.get("status").as_deref().unwrap_or("open")), &choice(address, "status", &statuses)))
            (chip("Category", address.get("category").as_deref(), &checkboxes(address, "category", &categories())))
            (chip("Sort", address.get("sort").as_deref(), &order(address, &sorts)))
            (hidden(address, &["q", "status", "category", "sort", "limit", "offset", "cursor"]))
            button class="chip" type="submit" { "Apply" }
            a class="chip" href=(address.path()) { "Reset" }
        }
        (field_errors(errors))
    }
}

fn categories() -> Vec<(&'static str, &'static str)> {
    let known = Category::ALL.iter().map(|category| (category.slug(), category.label()));
    known.chain([("unknown", "No category")]).collect()
}

/// Which error a field has, for `aria-describedby`; `field_errors` writes the text under that id.
fn error_id(errors: &[InvalidField], name: &str) -> Option<String> {
    errors.iter().any(|error| error.field == name).then(|| format!("error-{name}"))
}

fn search(address: &Address, errors: &[InvalidField]) -> Markup {
    let error = error_id(errors, "q");
    html! {
        label class="chip search" {
            (icon(SEARCH_ICON))
            input type="search" name="q" value=[address.get("q")] aria-label="Filter by text" placeholder="Filter"
                aria-invalid=[error.is_some().then_some("true")] aria-describedby=[error];
        }
    }
}

fn chip(label: &str, value: Option<&str>, content: &Markup) -> Markup {
    html! {
        details class="pop" {
            summary class={ "chip" @if value.is_none() { " add" } } {
                i { (capitalised(label)) } @if let Some(value) = value { " " b { (value) } }
            }
            div class="popover" { (content) }
        }
    }
}

/// A label with a capital letter.
pub(super) fn capitalised(label: &str) -> String {
    let mut chars = label.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn choice(address: &Address, name: &str, words: &[(&str, &str)]) -> Markup {
    let chosen = address.get(name).unwrap_or_else(|| "open".to_owned());
    html! {
        @for (value, label) in words.iter().copied().chain([("all", "all")]) {
            label class="option" {
                input type="radio" name=(name) value=(value) checked[chosen == value];
                " " (label)
            }
        }
    }
}

fn checkboxes(address: &Address, name: &str, words: &[(&str, &str)]) -> Markup {
    let chosen = address.words(name);
    html! {
        @for (value, label) in words {
            label class="option" {
                input type="checkbox" name=(name) value=(value) checked[chosen.iter().any(|word| word == value)];
                " " (label)
            }
        }
    }
}

fn range(address: &Address, errors: &[InvalidField], column: RangeColumn) -> Markup {
    let (min, max) = column.parameters();
    let short =
        |name: &str| if column == RangeColumn::Volume24h { address.get(name) } else { None };
    let low = address.get(min).or_else(|| short("volume_min"));
    let high = address.get(max).or_else(|| short("volume_max"));
    let value = match (&low, &high) {
        (None, None) => None,
        (low, high) => Some(format!(
            "{}–{}",
            low.as_deref().unwrap_or_default(),
            high.as_deref().unwrap_or_default()
        )),
    };
    let unit = match column {
        RangeColumn::Price | RangeColumn::Spread => "dollars per share, 0 to 1",
        RangeColumn::SmartImbalance => "−100 to 100",
        _ => "USDC",
    };
    let fields = html! {
        div class="range" {
            (number("from", min, low.as_deref(), errors)) " "
            (number("to", max, high.as_deref(), errors))
        }
        p class="mut" { (unit) }
    };
    chip(column.label(), value.as_deref(), &fields)
}

/// A text field that asks for a number: unlike a number field, it also shows what is none.
fn number(label: &str, name: &str, value: Option<&str>, errors: &[InvalidField]) -> Markup {
    let error = error_id(errors, name);
    html! {
        label {
            (label) " "
            input type="text" inputmode="decimal" size="8" name=(name) value=[value]
                aria-invalid=[error.is_some().then_some("true")] aria-describedby=[error];
        }
    }
}

fn order(address: &Address, columns: &[(&str, &str)]) -> Markup {
    let current = address.get("sort").unwrap_or_default();
    html! {
        label {
            "by "
            select name="sort" {
                option value="" selected[current.is_empty()] { "the default" }
                // An order of several columns comes from elsewhere; the form must not lose it.
                @if current.contains(',') { option value=(current) selected { (current) } }
                @for (slug, label) in columns {
                    @let descending = format!("-{slug}");
                    @let (falling, rising) = directions(slug);
                    option value=(descending) selected[current == descending] { (label) ", " (falling) }
                    option value=(slug) selected[current == *slug] { (label) ", " (rising) }
                }
            }
        }
    }
}

/// The words for both directions of a column: falling, rising.
fn directions(column: &str) -> (&'static str, &'static str) {
    match column {
        "title" => ("Z to A", "A to Z"),
        "end_date" | "created_at" => ("latest first", "earliest first"),
        _ => ("largest first", "smallest first"),
    }
}

/// The parameters that a form does not edit, so that it keeps them.
fn hidden(address: &Address, edited: &[&str]) -> Markup {
    html! {
        @for (name, value) in address.others(edited) {
            input type="hidden" name=(name) value=(value);
        }
        @if let Some(limit) = address.get("limit") { input type="hidden" name="limit" value=(limit); }
    }
}
