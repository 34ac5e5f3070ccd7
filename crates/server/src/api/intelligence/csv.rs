//! Boards as files for spreadsheets: the same rows under the same filters, all of them.

use std::io;

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::{StreamExt, stream};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    asked::{Part, Who},
    context::Context,
};
use crate::{
    api::csv::{Cell, attachment, write_line},
    http::{error::ApiError, state::AppState},
    view::intelligence::RowsPage,
};

/// A list that is also a file: its filters.
pub(crate) trait Board: Send + Sync + 'static {
    /// Where a page begins.
    type Place: Serialize + DeserializeOwned + Send;
    /// Its rows.
    type Row;
    /// What the file is called.
    const NAME: &'static str;
    /// The first line.
    const HEADERS: &'static [&'static str];

    /// Which wallets it is narrowed to.
    fn who(&self) -> Option<&Who>;

    /// A page.
    fn page(
        &self,
        context: &Context,
        part: Part<Self::Place>,
    ) -> impl Future<Output = Result<RowsPage<Self::Row>, ApiError>> + Send;

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

impl<B: Board> Rest<B> {
    async fn part(&mut self) -> Result<Vec<u8>, ApiError> {
        let Some(part) = self.next.take() else { return Ok(Vec::new()) };
        let page = self.board.page(&self.context, part).await?;
        let after = page.next_cursor.and_then(|cursor| URL_SAFE_NO_PAD.decode(cursor).ok());
        let after = after.and_then(|place| serde_json::from_slice(&place).ok());
        self.next = after.map(|after| Part { after: Some(after), ..Part::whole() });
        let mut text = Vec::new();
        for row in &page.rows {
            write_line(&mut text, B::cells(row).into_iter());
        }
        Ok(text)
    }
}

/// All rows of a board.
pub(crate) async fn export<B: Board>(app: AppState, board: B) -> Result<Response, ApiError> {
    let context = match board.who() {
        Some(who) => Context::load_for(&app, who).await?,
        None => Context::load(&app).await?,
    };
    let mut rest = Rest { context, board, next: Some(Part::whole()) };
    // What fails at once is an answer of its own; what fails later breaks the transfer.
    let first = rest.part().await?;
    let mut begin = Vec::new();
    write_line(&mut begin, B::HEADERS.iter().map(|header| Cell::text(Some(*header))));
    begin.extend(first);
    let parts = stream::unfold(rest, |mut rest| async move {
        rest.next.as_ref()?;
        let part = rest.part().await.map(Bytes::from).map_err(|error| {
            rest.next = None;
            io::Error::other(error.code().code())
        });
        Some((part, rest))
    });
    let begin = stream::once(async move { Ok::<_, io::Error>(Bytes::from(begin)) });
    // The compressor asks once more after the end.
    let body = Body::from_stream(begin.chain(parts).fuse());
    Ok(attachment(&format!("cascadian-{}.csv", B::NAME), body))
}
