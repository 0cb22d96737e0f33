//! Queries of URLs.

use percent_encoding::utf8_percent_encode;

use crate::endpoint::RESERVED;

/// Adds parameters to a query. Where several have the same name, those of the last list count, then those of the
/// lists before it, then those that were there, which stay as they were written.
pub(crate) fn merge(written: Option<&str>, lists: &[&[(String, String)]]) -> Option<String> {
    let is_overridden = |name: &str, by: &[&[(String, String)]]| {
        by.iter().any(|list| list.iter().any(|(other, _)| other == name))
    };
    let mut pieces = Vec::new();
    for piece in written.into_iter().flat_map(|query| query.split('&')) {
        let name = form_urlencoded::parse(piece.as_bytes()).next();
        if !name.is_some_and(|(name, _)| is_overridden(&name, lists)) {
            pieces.push(piece.to_owned());
        }
    }
    for (position, list) in lists.iter().enumerate() {
        for (name, value) in *list {
            if !is_overridden(name, &lists[position + 1..]) {
                pieces.push(pair(name, value));
            }
        }
    }
    (!pieces.is_empty()).then(|| pieces.join("&"))
}

/// With a blank as `%20`, which is right in every query, and not as `+`, which is right in those of forms only.
fn pair(name: &str, value: &str) -> String {
    let encode = |text| utf8_percent_encode(text, RESERVED);
    format!("{}={}", encode(name), encode(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn later_ones_win_and_what_is_written_stays() {
        for (written, target, connection, expected) in [
            (None, &[][..], &[][..], None),
            (Some("a=1&b"), &[], &[], Some("a=1&b")),
            (Some("a=%7e+x&b=2"), &[("b", "t")], &[], Some("a=%7e+x&b=t")),
            (
                Some("a=1"),
                &[("b", "2"), ("c", "t")],
                &[("c", "3")],
                Some("a=1&b=2&c=3"),
            ),
            (
                Some("a%20b=1&a+b=2&c=3"),
                &[("a b", "t")],
                &[],
                Some("c=3&a%20b=t"),
            ),
            (Some("a=1"), &[("a", "2")], &[("a", "3")], Some("a=3")),
            (
                None,
                &[("é&=", "a b+c/d?")],
                &[],
                Some("%C3%A9%26%3D=a%20b%2Bc%2Fd%3F"),
            ),
            (None, &[("empty", "")], &[], Some("empty=")),
        ] {
            let merged = merge(written, &[&pairs(target), &pairs(connection)]);
            assert_eq!(merged.as_deref(), expected);
        }
    }
}
