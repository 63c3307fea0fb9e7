//! Pages of long lists, and the cursors that lead from one to the next.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::Fault;
use super::keys::Keys;
use crate::model::{Page, Slice};

const ID_LENGTH: usize = 16;
/// Half of the hash, as is usual for codes that are guessed online (RFC 2104 section 5).
const TAG_LENGTH: usize = 16;

/// A page that somebody asks for.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// The most rows.
    pub limit: u64,
    /// The cursor of the page before; none for the first page.
    pub cursor: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Asks for the next page; none where this is the last.
    pub next_cursor: Option<String>,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The cursor was not given out for this list.
    #[error("the cursor is none of this list")]
    Cursor,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Makes and reads cursors. Each is authenticated together with the name of its list, so that none can be
/// made up, nor used for another list.
#[derive(Clone, Debug)]
pub struct Cursors {
    key: hmac::Key,
}

impl Cursors {
    /// Cursors authenticated with `keys`.
    #[must_use]
    pub fn new(keys: &Keys) -> Self {
        Self {
            key: keys.cursor().clone(),
        }
    }

    /// The page of `list` that is asked for.
    pub(super) fn page<Id: From<Uuid>>(
        &self,
        list: &str,
        request: &PageRequest,
    ) -> Result<Page<Id>, ListError> {
        let before = match &request.cursor {
            None => None,
            Some(cursor) => Some(Id::from(self.open(list, cursor).ok_or(ListError::Cursor)?)),
        };
        Ok(Page {
            limit: request.limit,
            before,
        })
    }

    /// A page of `list` that was read.
    pub(super) fn listed<T, Id: Copy + Into<Uuid>>(
        &self,
        list: &str,
        slice: Slice<T, Id>,
    ) -> Listed<T> {
        Listed {
            next_cursor: slice.next.map(|id| self.seal(list, id.into())),
            items: slice.items,
        }
    }

    fn seal(&self, list: &str, id: Uuid) -> String {
        let mut bytes = id.as_bytes().to_vec();
        let tag = self.tag(list, id);
        bytes.extend(tag.as_ref().iter().take(TAG_LENGTH));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn open(&self, list: &str, cursor: &str) -> Option<Uuid> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (id, tag) = bytes.split_at_checked(ID_LENGTH)?;
        let id = Uuid::from_slice(id).ok()?;
        let expected = self.tag(list, id);
        let expected = expected.as_ref().get(..TAG_LENGTH)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(expected, tag).ok()?;
        Some(id)
    }

    fn tag(&self, list: &str, id: Uuid) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.key);
        // Of fixed length, so that no other id and list can look the same together.
        context.update(id.as_bytes());
        context.update(list.as_bytes());
        context.sign()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursors(secret: &str) -> Cursors {
        Cursors::new(&Keys::derive(secret.into()))
    }

    #[test]
    fn a_cursor_leads_back_to_where_it_was_made_and_nowhere_else() {
        let cursors = cursors("one");
        let id = Uuid::from_u128(7);
        let cursor = cursors.seal("users", id);
        assert_eq!(cursors.open("users", &cursor), Some(id));
        assert_eq!(cursors.open("events", &cursor), None);
        assert_eq!(self::cursors("two").open("users", &cursor), None);
    }

    #[test]
    fn no_other_text_is_a_cursor() {
        let cursors = cursors("one");
        let cursor = cursors.seal("users", Uuid::from_u128(7));
        for cut in 0..cursor.len() {
            assert_eq!(cursors.open("users", &cursor[..cut]), None, "{cut}");
        }
        for (i, old) in cursor.char_indices() {
            let new = if old == 'A' { "B" } else { "A" };
            let mut changed = cursor.clone();
            changed.replace_range(i..=i, new);
            assert_eq!(cursors.open("users", &changed), None, "{i}");
        }
        for other in [format!("{cursor}A"), format!("{cursor}="), "ä".repeat(43)] {
            assert_eq!(cursors.open("users", &other), None, "{other}");
        }
    }
}
