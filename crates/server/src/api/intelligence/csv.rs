//! Boards as files for spreadsheets: the same rows under the same filters, all of them.

use axum::response::Response;

use super::{
    asked::{Part, parse_cursor},
    board::{Board, context_for},
    context::Context,
};
use crate::{
    api::csv::{Cell, Parts, streamed, write_line},
    http::{error::ApiError, state::AppState},
};

/// A list that is also a file.
pub(crate) trait Export: Board {
    /// What the file is called.
    const NAME: &'static str;
    /// The first line.
    const HEADERS: &'static [&'static str];

    /// A line, as the headers name its cells.
    fn cells(row: &Self::Row) -> Vec<Cell>;
}

/// What may be unknown.
pub(crate) fn flag(known: Option<bool>) -> Cell {
    known.map_or(Cell::Text(String::new()), Cell::Flag)
}

/// What is still to be written.
struct Rest<B: Board> {
    context: Context,
    board: B,
    /// `None` at the end.
    next: Option<Part<B::Place>>,
}

impl<B: Export> Parts for Rest<B> {
    async fn part(&mut self) -> Result<Option<Vec<u8>>, ApiError> {
        let Some(part) = self.next.take() else { return Ok(None) };
        let page = self.board.page(&self.context, &part).await?;
        let after = page.next_cursor.as_deref().and_then(parse_cursor);
        self.next = after.map(|after| Part { after: Some(after), ..Part::whole() });
        let mut text = Vec::new();
        for row in &page.rows {
            write_line(&mut text, B::cells(row).into_iter());
        }
        Ok(Some(text))
    }
}

/// All rows of a board.
pub(crate) async fn export<B: Export>(app: AppState, board: B) -> Result<Response, ApiError> {
    let context = context_for(&app, &board).await?;
    let rest = Rest { context, board, next: Some(Part::whole()) };
    let mut header = Vec::new();
    write_line(&mut header, B::HEADERS.iter().map(|header| Cell::text(Some(*header))));
    streamed(&format!("cascadian-{}.csv", B::NAME), header, rest).await
}
