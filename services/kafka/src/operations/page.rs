//! Pages of lists, and the tokens that say where to go on.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ninefold_protocol::ServiceError;

use crate::errors;
use crate::limits::PAGE_ENTRIES;

/// Which part of a list is asked for.
pub(crate) struct Page {
    /// The key of the last entry that the caller has.
    pub(crate) after: Option<String>,
    pub(crate) limit: usize,
}

impl Page {
    pub(crate) fn read(token: Option<&str>, limit: Option<usize>) -> Result<Self, ServiceError> {
        let decoded = token.map(|token| {
            let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
            String::from_utf8(bytes).ok()
        });
        Ok(Page {
            after: match decoded {
                Some(None) => return Err(errors::invalid("nextToken", "Invalid NextToken.")),
                Some(after) => after,
                None => None,
            },
            limit: limit.unwrap_or(PAGE_ENTRIES).clamp(1, PAGE_ENTRIES),
        })
    }

    /// Takes the part of a list, ordered by the keys of its entries, and the token of the next part. The list may begin after
    /// [`Page::after`] already.
    pub(crate) fn of<T>(
        self,
        entries: impl IntoIterator<Item = T>,
        key: impl Fn(&T) -> String,
    ) -> (Vec<T>, Option<String>) {
        let after = self.after.as_deref();
        let mut left = entries
            .into_iter()
            .skip_while(|entry| after.is_some_and(|after| &*key(entry) <= after))
            .peekable();
        let page: Vec<T> = left.by_ref().take(self.limit).collect();
        let token = left
            .peek()
            .and_then(|_| page.last())
            .map(|last| URL_SAFE_NO_PAD.encode(key(last)));
        (page, token)
    }
}

/// Whether a name begins as asked for.
pub(crate) fn has_prefix(name: &str, prefix: Option<&str>) -> bool {
    prefix.is_none_or(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_go_on_where_they_ended() {
        let names = ["a", "b", "c", "d", "e"];
        let (mut token, mut seen) = (None::<String>, Vec::new());
        loop {
            let page = Page::read(token.as_deref(), Some(2)).unwrap();
            let (part, next) = page.of(names, |name| (*name).to_owned());
            assert!(part.len() <= 2);
            seen.extend(part);
            match next {
                Some(next) => token = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, names);
        assert!(Page::read(Some("?"), None).is_err());
    }
}
