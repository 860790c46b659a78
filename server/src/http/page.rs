//! A page of a list with its links.

use downlink::contract::Page as Document;

use crate::id::Client;
use crate::list::{Page, Position, Query};

use super::app::App;
use super::cursor::Bookmark;

/// The page as a document: `next` and `prev` are absolute.
#[must_use]
pub fn document<T>(
    app: &App,
    client: &Client,
    query: &Query,
    path: &str,
    page: Page<T>,
) -> Document<T> {
    let link = |position: Position| {
        let bookmark = Bookmark {
            collection: query.collection,
            filter: query.filter.clone(),
            sort: query.sort.clone(),
            position,
        };
        let cursor = app.cursors.make(client, &bookmark);
        format!(
            "{}{path}?limit={}&cursor={cursor}",
            app.public_url, query.limit
        )
    };
    let mut document = Document::new(page.items);
    document.next = page.next.map(link);
    document.prev = page.prev.map(link);
    document
}
