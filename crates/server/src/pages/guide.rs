//! `/docs/pnl`: what the figures of a wallet mean, from the repository's own document.

use axum::{extract::State, response::Response};
use chrono::Utc;
use maud::{Markup, html};

use super::{
    PageRequest,
    shell::{Page, Section, Surroundings},
};
use crate::http::{error::ApiError, state::AppState};

const TEXT: &str = include_str!("../../../../docs/pnl.md");

/// Shows the page.
pub(super) async fn show(
    State(app): State<AppState>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now: Utc::now() };
    Ok(surroundings.render(&Page {
        title: "Profit and loss of a wallet".to_owned(),
        description: "How profit, performance and completeness of a wallet are computed, and what is withheld when.".to_owned(),
        canonical: "/docs/pnl".to_owned(),
        section: Section::Wallets,
        boot: None,
        density: None,
        is_unlisted: false,
        main: html! {
            main class="main page docs guide" id="main" {
                section class="card" { div class="prose" { (drawn(TEXT)) } }
            }
        },
    }))
}

/// A part of a document, between empty lines.
enum Block<'a> {
    Heading(usize, &'a str),
    Paragraph(&'a str),
    List(Vec<&'a str>),
    Table(Vec<Vec<&'a str>>),
    Code(Vec<&'a str>),
}

/// Draws what the document is written with: headings, paragraphs, lists, tables, code.
fn drawn(text: &str) -> Markup {
    html! {
        @for block in blocks(text) {
            @match block {
                Block::Heading(1, text) => h1 { (line(text)) },
                Block::Heading(2, text) => h2 { (line(text)) },
                Block::Heading(_, text) => h3 { (line(text)) },
                Block::Paragraph(text) => p { (line(text)) },
                Block::List(items) => ul { @for item in items { li { (line(item)) } } },
                Block::Code(lines) => pre tabindex="0" { code { @for one in lines { (one) "\n" } } },
                Block::Table(rows) => (table(&rows)),
            }
        }
    }
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(first) = lines.next() {
        let level = first.chars().take_while(|sign| *sign == '#').count();
        if first.trim().is_empty() {
        } else if level > 0 {
            found.push(Block::Heading(level, first.trim_start_matches('#').trim()));
        } else if first.starts_with("```") {
            found.push(Block::Code(
                lines.by_ref().take_while(|next| !next.starts_with("```")).collect(),
            ));
        } else if let Some(item) = first.strip_prefix("* ") {
            let mut items = vec![item];
            while let Some(next) = lines.next_if(|next| next.starts_with("* ")) {
                items.push(next.trim_start_matches("* "));
            }
            found.push(Block::List(items));
        } else if first.starts_with('|') {
            let mut rows = vec![cells(first)];
            while let Some(next) = lines.next_if(|next| next.starts_with('|')) {
                if !next.starts_with("|-") {
                    rows.push(cells(next));
                }
            }
            found.push(Block::Table(rows));
        } else {
            found.push(Block::Paragraph(first));
        }
    }
    found
}

fn cells(row: &str) -> Vec<&str> {
    row.trim().trim_matches('|').split('|').map(str::trim).collect()
}

fn table(rows: &[Vec<&str>]) -> Markup {
    let Some((head, body)) = rows.split_first() else { return html! {} };
    html! {
        div class="wide-table" tabindex="0" role="region" aria-label="Table" {
            table class="mini guide-table" {
                thead { tr { @for cell in head { th class="l" scope="col" { (line(cell)) } } } }
                tbody { @for row in body { tr { @for cell in row { td class="l" { (line(cell)) } } } } }
            }
        }
    }
}

/// Text with `code`, **strong** and _emphasised_ words.
fn line(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } }
            @else { @for (index, part) in part.split("**").enumerate() {
                @if index % 2 == 1 { strong { (part) } } @else { (part) }
            } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_drawn_whole() {
        let html = drawn(TEXT).into_string();
        let rows = TEXT.lines().filter(|line| line.starts_with('|') && !line.starts_with("|-"));
        assert_eq!(html.matches("<tr>").count(), rows.count());
        for sign in ["**", "`", "| ", "# "] {
            assert!(!html.contains(sign), "{sign} is left over");
        }
        assert!(html.contains("<h1>Profit and loss of a wallet</h1>"));
    }
}
