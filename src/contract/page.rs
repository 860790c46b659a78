//! A list that comes page by page.

use serde::{Deserialize, Serialize};

/// One page of a list, such as `PageOfLoraDownlinks`.
///
/// ```
/// use downlink::contract::{Page, SmsDownlink};
///
/// let page: Page<SmsDownlink> = serde_json::from_str(r#"{"items": [], "next": "?page=2"}"#)?;
/// assert_eq!(page.next.as_deref(), Some("?page=2"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Where the next page is; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Where the page before is; absent on the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
}

impl<T> Page<T> {
    /// The only page of a list.
    #[must_use]
    pub fn new(items: Vec<T>) -> Self {
        Self {
            items,
            next: None,
            prev: None,
        }
    }
}
