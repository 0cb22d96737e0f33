//! Names in engines that all clusters share: they carry their cluster's, but for those of the default cluster.

use bytestring::ByteString;
use ninefold_streams::StreamKey;

/// Stands between the name of a cluster and one in it: no name has it.
const SEPARATOR: char = '\0';

/// The names of a cluster.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    /// Of a namespace; `None` stands for the default cluster.
    pub(crate) fn new(namespace: Option<&str>) -> Self {
        Names {
            prefix: namespace.map_or_else(String::new, |namespace| format!("{namespace}{SEPARATOR}")),
        }
    }

    /// What a name of this cluster is in an engine.
    pub(crate) fn inner<T: for<'a> From<&'a str>>(&self, name: &str) -> T {
        if self.prefix.is_empty() {
            return T::from(name);
        }
        T::from(&self.inner_text(name))
    }

    /// What a name of this cluster is in an engine, as text.
    pub(crate) fn inner_text(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The name that an engine has, if it is of this cluster.
    pub(crate) fn outer(&self, name: &str) -> Option<ByteString> {
        let name = name.strip_prefix(&self.prefix)?;
        (!name.contains(SEPARATOR)).then(|| name.into())
    }

    /// A pattern of names of this cluster.
    pub(crate) fn inner_pattern(&self, pattern: &str) -> String {
        if self.prefix.is_empty() || pattern.is_empty() {
            return pattern.to_owned();
        }
        let escaped: String = self
            .prefix
            .chars()
            .map(|character| format!("\\x{{{:x}}}", u32::from(character)))
            .collect();
        format!("{escaped}(?:{pattern})")
    }
}

/// The stream that a topic is which an engine knows by this name.
pub(crate) fn stream_key(name: &str, default_namespace: &str) -> StreamKey {
    match name.split_once(SEPARATOR) {
        Some((namespace, name)) => StreamKey::new(namespace, name),
        None => StreamKey::new(default_namespace, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_different_clusters_differ_and_are_found_again() {
        let (default, other) = (Names::new(None), Names::new(Some("cluster/7")));
        let (mine, theirs): (String, String) = (default.inner("orders"), other.inner("orders"));
        assert_eq!((mine.as_str(), theirs.as_str()), ("orders", "cluster/7\0orders"));
        assert_eq!(default.outer(&mine).as_deref(), Some("orders"));
        assert_eq!(other.outer(&theirs).as_deref(), Some("orders"));
        assert_eq!((default.outer(&theirs), other.outer(&mine)), (None, None));
        assert_eq!(stream_key(&mine, "home"), StreamKey::new("home", "orders"));
        assert_eq!(stream_key(&theirs, "home"), StreamKey::new("cluster/7", "orders"));
        assert_eq!(
            other.inner_pattern("o.*"),
            "\\x{63}\\x{6c}\\x{75}\\x{73}\\x{74}\\x{65}\\x{72}\\x{2f}\\x{37}\\x{0}(?:o.*)"
        );
    }
}
