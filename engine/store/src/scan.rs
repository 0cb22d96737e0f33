use bytes::Bytes;

/// Which keys of a table to read, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRange {
    pub(crate) start: Bytes,
    /// `None`: to the end of the table.
    pub(crate) end: Option<Bytes>,
    pub(crate) direction: Direction,
}

/// The order of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Ascending by key, bytewise.
    Forward,
    /// Descending by key.
    Reverse,
}

impl ScanRange {
    /// Every key.
    pub fn all() -> Self {
        Self::from(Bytes::new())
    }

    /// Keys at or after `start`.
    pub fn from(start: impl Into<Bytes>) -> Self {
        ScanRange {
            start: start.into(),
            end: None,
            direction: Direction::Forward,
        }
    }

    /// Keys at or after `start` and before `end`; empty if `end` is not after `start`.
    pub fn between(start: impl Into<Bytes>, end: impl Into<Bytes>) -> Self {
        ScanRange {
            start: start.into(),
            end: Some(end.into()),
            direction: Direction::Forward,
        }
    }

    /// Keys strictly after `key`: where a page that ended with `key` goes on.
    pub fn after(key: &[u8]) -> Self {
        Self::from(successor(key))
    }

    /// Keys that begin with `prefix`.
    pub fn prefix(prefix: impl Into<Bytes>) -> Self {
        let start = prefix.into();
        let end = end_of_prefix(&start);
        ScanRange {
            start,
            end,
            direction: Direction::Forward,
        }
    }

    /// The same start, ending before `end`.
    pub fn before(mut self, end: impl Into<Bytes>) -> Self {
        self.end = Some(end.into());
        self
    }

    /// The same keys without those up to and including `key`: the next page of a forward scan.
    pub fn resume_after(mut self, key: &[u8]) -> Self {
        self.start = self.start.max(successor(key));
        self
    }

    /// The same keys, in descending order.
    pub fn reversed(mut self) -> Self {
        self.direction = Direction::Reverse;
        self
    }

    /// The first key that may be returned.
    pub fn start(&self) -> &[u8] {
        &self.start
    }

    /// The key that ends the range, itself not returned; `None` if the table's end does.
    pub fn end(&self) -> Option<&[u8]> {
        self.end.as_deref()
    }

    /// The order of the scan.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.end.as_ref().is_some_and(|end| *end <= self.start)
    }
}

/// How much one scan may return. Every scan is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanLimit {
    /// The most entries in the page.
    pub entries: usize,
    /// The page ends with the entry that brings its keys and values to this many bytes.
    pub bytes: usize,
}

impl ScanLimit {
    /// At most `entries` entries, ending early at about 1 MiB.
    pub const fn entries(entries: usize) -> Self {
        ScanLimit {
            entries,
            bytes: 1 << 20,
        }
    }

    /// Whether a page of this size takes no further entry.
    pub(crate) fn is_reached(self, entries: usize, bytes: usize) -> bool {
        entries >= self.entries || bytes >= self.bytes
    }
}

/// The smallest key after `key`.
fn successor(key: &[u8]) -> Bytes {
    let mut next = Vec::with_capacity(key.len() + 1);
    next.extend_from_slice(key);
    next.push(0);
    Bytes::from(next)
}

/// The smallest key after all that begin with `prefix`; `None` if there is no such key.
pub(crate) fn end_of_prefix(prefix: &[u8]) -> Option<Bytes> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(Bytes::from(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_where_its_last_byte_can_be_raised() {
        assert_eq!(end_of_prefix(b"ab"), Some(Bytes::from_static(b"ac")));
        assert_eq!(end_of_prefix(b"a\xff\xff"), Some(Bytes::from_static(b"b")));
        assert_eq!(end_of_prefix(b"\xff"), None);
        assert_eq!(end_of_prefix(b""), None);
    }

    #[test]
    fn resuming_never_widens_a_range() {
        let range = ScanRange::between(&b"m"[..], &b"p"[..]);
        assert_eq!(range.clone().resume_after(b"a"), range);
        assert_eq!(range.resume_after(b"n").start(), b"n\0");
        assert!(ScanRange::between(&b"b"[..], &b"a"[..]).is_empty());
        assert!(!ScanRange::all().is_empty());
    }
}
