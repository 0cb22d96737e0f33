//! One page of what several layers hold together.

use std::cmp::Ordering;

use bytes::Bytes;

use crate::batch::PREFIX_BYTES;
use crate::{Direction, Entry, ScanLimit, StoreError};

/// A key and what a layer knows of it: its value, or that it is gone.
pub(super) type Change = Result<(Bytes, Option<Bytes>), StoreError>;

/// A layer's changes in the direction of the scan.
pub(super) type Source<'a> = Box<dyn Iterator<Item = Change> + 'a>;

/// The next page of the sources together: of keys in several, what the first of them says counts. Keys lose their
/// partition.
pub(super) fn page(
    mut sources: Vec<Source<'_>>,
    direction: Direction,
    limit: ScanLimit,
) -> Result<Vec<Entry>, StoreError> {
    let mut heads = Vec::with_capacity(sources.len());
    for source in &mut sources {
        heads.push(source.next().transpose()?);
    }
    let mut entries = Vec::new();
    let mut bytes = 0;
    while !limit.is_reached(entries.len(), bytes) {
        let Some(newest) = first(&heads, direction) else {
            break;
        };
        let (key, value) = heads[newest].take().expect("a source with a next key was chosen");
        heads[newest] = sources[newest].next().transpose()?;
        for (head, source) in heads.iter_mut().zip(&mut sources).skip(newest + 1) {
            if head.as_ref().is_some_and(|(older, _)| *older == key) {
                *head = source.next().transpose()?;
            }
        }
        if let Some(value) = value {
            bytes += key.len() - PREFIX_BYTES + value.len();
            entries.push((key.slice(PREFIX_BYTES..), value));
        }
    }
    Ok(entries)
}

/// The source with the key that comes first; of several, the newest.
fn first(heads: &[Option<(Bytes, Option<Bytes>)>], direction: Direction) -> Option<usize> {
    let ahead = match direction {
        Direction::Forward => Ordering::Less,
        Direction::Reverse => Ordering::Greater,
    };
    let mut best: Option<(usize, &Bytes)> = None;
    for (index, head) in heads.iter().enumerate() {
        if let Some((key, _)) = head
            && best.is_none_or(|(_, chosen)| key.cmp(chosen) == ahead)
        {
            best = Some((index, key));
        }
    }
    best.map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(changes: &[(&'static str, Option<&'static str>)]) -> Source<'static> {
        let changes: Vec<Change> = changes
            .iter()
            .map(|(key, value)| Ok((Bytes::from(format!("00{key}")), value.map(Bytes::from))))
            .collect();
        Box::new(changes.into_iter())
    }

    fn merged(sources: Vec<Source<'_>>, direction: Direction, limit: usize) -> Vec<(String, String)> {
        let text = |bytes: &Bytes| String::from_utf8(bytes.to_vec()).unwrap();
        page(sources, direction, ScanLimit::entries(limit))
            .unwrap()
            .iter()
            .map(|(key, value)| (text(key), text(value)))
            .collect()
    }

    #[test]
    fn what_newer_layers_say_counts() {
        let newest = || source(&[("b", None), ("c", Some("3")), ("e", None)]);
        let older = || source(&[("a", Some("2")), ("b", Some("2")), ("c", None)]);
        let oldest = || {
            source(&[
                ("a", Some("1")),
                ("c", Some("1")),
                ("d", Some("1")),
                ("e", Some("1")),
            ])
        };
        let expected = [("a", "2"), ("c", "3"), ("d", "1")].map(|(key, value)| (key.into(), value.into()));
        assert_eq!(
            merged(vec![newest(), older(), oldest()], Direction::Forward, 10),
            expected
        );
        assert_eq!(
            merged(vec![newest(), older(), oldest()], Direction::Forward, 2),
            expected[..2]
        );
        assert!(merged(vec![newest(), older(), oldest()], Direction::Forward, 0).is_empty());
    }

    #[test]
    fn reversed_sources_are_merged_from_the_end() {
        let newer = source(&[("c", None), ("a", Some("2"))]);
        let older = source(&[("d", Some("1")), ("c", Some("1")), ("a", Some("1"))]);
        let expected = [("d", "1"), ("a", "2")].map(|(key, value)| (key.into(), value.into()));
        assert_eq!(merged(vec![newer, older], Direction::Reverse, 10), expected);
    }

    #[test]
    fn an_error_ends_the_page() {
        let failing: Source<'_> = Box::new(std::iter::once(Err(StoreError::Closed)));
        let outcome = page(
            vec![source(&[("a", Some("1"))]), failing],
            Direction::Forward,
            ScanLimit::entries(10),
        );
        assert_eq!(outcome, Err(StoreError::Closed));
    }
}
