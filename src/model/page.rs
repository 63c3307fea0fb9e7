//! A part of a list that is read bit by bit.

/// Which part of a list that has the newest first.
///
/// A page is told by the last row of the page before, not by its number: whatever is inserted meanwhile,
/// no row comes twice and none is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page<Id> {
    /// The most rows.
    pub limit: u64,
    /// The last row of the page before; none for the first page.
    pub before: Option<Id>,
}

/// A page that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T, Id> {
    /// The rows, the newest first.
    pub items: Vec<T>,
    /// What to ask for the next page with; none where this is the last.
    pub next: Option<Id>,
}
