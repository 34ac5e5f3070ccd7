//! `/docs/{name}`: what the figures of wallets and scores mean, from the repository's own documents.

use axum::{extract::State, response::Response};
use chrono::Utc;
use domain::ErrorCode;
use maud::{Markup, html};

use super::{
    PageRequest,
    shell::{Page, Section, Surroundings},
};
use crate::http::{error::ApiError, extract::Path, state::AppState};

/// A document of the repository that is a page.
struct Guide {
    /// Its name in the address.
    name: &'static str,
    title: &'static str,
    description: &'static str,
    section: Section,
    text: &'static str,
}

const GUIDES: [Guide; 3] = [
    Guide {
        name: "pnl",
        title: "Profit and loss of a wallet",
        description: "How profit, performance and completeness of a wallet are computed, and what is withheld when.",
        section: Section::Wallets,
        text: include_str!("../../../../docs/pnl.md"),
    },
    Guide {
        name: "scores",
        title: "Whales, smart money, insiders, signals",
        description: "The formulas of every score and signal, what they rest on, and what they cannot say.",
        section: Section::Scores,
        text: include_str!("../../../../docs/scores.md"),
    },
    Guide {
        name: "audit",
        title: "Audit of scores",
        description: "How often each score is wrong on wallets of which it is known what they are.",
        section: Section::Scores,
        text: include_str!("../../../../docs/audit.md"),
    },
];

/// Shows the page.
pub(super) async fn show(
    State(app): State<AppState>,
    Path(name): Path<String>,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let known = GUIDES.iter().find(|guide| guide.name == name);
    let guide = known.ok_or_else(|| ApiError::new(ErrorCode::RouteNotFound))?;
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now: Utc::now() };
    Ok(surroundings.render(&Page {
        title: guide.title.to_owned(),
        description: guide.description.to_owned(),
        canonical: format!("/docs/{name}"),
        section: guide.section,
        boot: None,
        density: None,
        is_unlisted: false,
        main: html! {
            main class="main page docs guide" id="main" {
                section class="card" { div class="prose" { (drawn(guide.text)) } }
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

/// What a line of code begins with.
const INDENT: &str = "    ";

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
        } else if let Some(code) = first.strip_prefix(INDENT) {
            let mut code = vec![code];
            while let Some(next) = lines.next_if(|next| next.starts_with(INDENT)) {
                code.push(next.trim_start_matches(INDENT));
            }
            found.push(Block::Code(code));
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
    fn documents_are_drawn_whole() {
        for Guide { name, title, text, .. } in &GUIDES {
            let html = drawn(text).into_string();
            let rows = text.lines().filter(|line| line.starts_with('|') && !line.starts_with("|-"));
            assert_eq!(html.matches("<tr>").count(), rows.count(), "{name}");
            for sign in ["**", "`", "| ", "# "] {
                assert!(!html.contains(sign), "{name}: {sign} is left over");
            }
            assert!(html.contains(&format!("<h1>{title}")), "{name}");
        }
    }

    #[test]
    fn indented_lines_are_code() {
        let html = drawn("Text:\n\n    one\n    two\n\nMore.").into_string();
        assert!(html.contains("<code>one\ntwo\n</code>"), "{html}");
    }
}
