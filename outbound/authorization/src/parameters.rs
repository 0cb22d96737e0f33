use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::ParameterError;

/// How many headers, query parameters, or body parameters there may be.
pub const PARAMETERS_LIMIT: usize = 100;

/// How large all parameters of a connection or a target may be together, in bytes.
pub const PARAMETERS_LIMIT_BYTES: usize = 64 * 1024;

/// What a connection adds to every request: its `InvocationHttpParameters`, or its `OAuthHttpParameters`.
///
/// Of two parameters with the same name, the later one counts. Every value is taken for a secret here: which ones may
/// be shown (`IsValueSecret`) concerns whoever describes a connection.
#[derive(Clone, Default)]
pub struct ConnectionParameters {
    pub(crate) headers: HeaderMap,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Vec<(String, String)>,
    size_bytes: usize,
}

impl ConnectionParameters {
    /// Adds a header.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<(), ParameterError> {
        add_header(&mut self.headers, &mut self.size_bytes, name, value)
    }

    /// Adds a parameter to the query; neither name nor value is encoded yet.
    pub fn add_query(&mut self, name: &str, value: &str) -> Result<(), ParameterError> {
        add_pair(&mut self.query, &mut self.size_bytes, name, value)
    }

    /// Adds a member to the body, which is a string.
    pub fn add_body(&mut self, name: &str, value: &str) -> Result<(), ParameterError> {
        add_pair(&mut self.body, &mut self.size_bytes, name, value)
    }
}

impl fmt::Debug for ConnectionParameters {
    /// Leaves the values out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |pairs: &[(String, String)]| -> Vec<String> {
            pairs.iter().map(|(name, _)| name.clone()).collect()
        };
        formatter
            .debug_struct("ConnectionParameters")
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("query", &names(&self.query))
            .field("body", &names(&self.body))
            .finish()
    }
}

/// What a target adds to a request for one event: its
/// [`HttpParameters`](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_HttpParameters.html), with the
/// values of JSON paths already filled in.
#[derive(Clone, Debug, Default)]
pub struct TargetParameters {
    pub(crate) path: Vec<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) query: Vec<(String, String)>,
    size_bytes: usize,
}

impl TargetParameters {
    /// Adds the value of the endpoint's next wildcard, not encoded yet.
    pub fn add_path_value(&mut self, value: &str) -> Result<(), ParameterError> {
        check_size(self.path.len(), &mut self.size_bytes, value.len())?;
        self.path.push(value.to_owned());
        Ok(())
    }

    /// Adds a header.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<(), ParameterError> {
        add_header(&mut self.headers, &mut self.size_bytes, name, value)
    }

    /// Adds a parameter to the query; neither name nor value is encoded yet.
    pub fn add_query(&mut self, name: &str, value: &str) -> Result<(), ParameterError> {
        add_pair(&mut self.query, &mut self.size_bytes, name, value)
    }
}

fn add_header(
    headers: &mut HeaderMap,
    size_bytes: &mut usize,
    name: &str,
    value: &str,
) -> Result<(), ParameterError> {
    let (name, value) = header(name, value)?;
    check_size(headers.len(), size_bytes, name.as_str().len() + value.len())?;
    headers.insert(name, value);
    Ok(())
}

fn add_pair(
    pairs: &mut Vec<(String, String)>,
    size_bytes: &mut usize,
    name: &str,
    value: &str,
) -> Result<(), ParameterError> {
    check_size(pairs.len(), size_bytes, name.len() + value.len())?;
    pairs.retain(|(known, _)| known != name);
    pairs.push((name.to_owned(), value.to_owned()));
    Ok(())
}

/// A header whose value doesn't show up when requests are logged.
pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), ParameterError> {
    let named = HeaderName::try_from(name).map_err(|_| ParameterError::HeaderName {
        name: name.to_owned(),
    })?;
    let mut value =
        HeaderValue::try_from(value.trim_matches([' ', '\t'])).map_err(|_| ParameterError::HeaderValue {
            name: name.to_owned(),
        })?;
    value.set_sensitive(true);
    Ok((named, value))
}

fn check_size(count: usize, size_bytes: &mut usize, added_bytes: usize) -> Result<(), ParameterError> {
    if count >= PARAMETERS_LIMIT || *size_bytes + added_bytes > PARAMETERS_LIMIT_BYTES {
        return Err(ParameterError::TooMany {
            limit: PARAMETERS_LIMIT,
            limit_bytes: PARAMETERS_LIMIT_BYTES,
        });
    }
    *size_bytes += added_bytes;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_two_counts() {
        let mut parameters = ConnectionParameters::default();
        for value in ["first", "second"] {
            parameters.add_header("X-A", value).unwrap();
            parameters.add_query("a", value).unwrap();
            parameters.add_body("a", value).unwrap();
        }
        assert_eq!(parameters.headers["x-a"], "second");
        assert_eq!(parameters.query, [("a".to_owned(), "second".to_owned())]);
        assert_eq!(parameters.body, parameters.query);
    }

    #[test]
    fn parameters_are_bounded() {
        let mut parameters = TargetParameters::default();
        for number in 0..PARAMETERS_LIMIT {
            parameters.add_header(&format!("x-{number}"), "v").unwrap();
            parameters.add_query(&number.to_string(), "v").unwrap();
            parameters.add_path_value("v").unwrap();
        }
        for refused in [
            parameters.add_header("x", "v"),
            parameters.add_query("x", "v"),
            parameters.add_path_value("v"),
        ] {
            assert!(matches!(refused, Err(ParameterError::TooMany { .. })));
        }
        let large = "é".repeat(PARAMETERS_LIMIT_BYTES / 2 - 1);
        let mut parameters = ConnectionParameters::default();
        parameters.add_body("a", &large).unwrap();
        assert!(parameters.add_body("b", "v").is_err());
        assert!(parameters.add_body("b", "").is_ok());
        let mut parameters = ConnectionParameters::default();
        parameters.add_header("a", &large).unwrap();
        assert!(parameters.add_header("b", "v").is_err());
    }

    #[test]
    fn no_value_smuggles_another_header_in() {
        let mut parameters = TargetParameters::default();
        for value in ["a\r\nX-Other: b", "a\0", "\u{7f}"] {
            let error = parameters.add_header("X-A", value).unwrap_err();
            assert!(matches!(error, ParameterError::HeaderValue { .. }), "{error:?}");
        }
        for name in ["", "a b", "a:", "é"] {
            let error = parameters.add_header(name, "v").unwrap_err();
            assert!(matches!(error, ParameterError::HeaderName { .. }), "{error:?}");
        }
        parameters.add_header("X-A", " \tpadded ").unwrap();
        assert_eq!(parameters.headers["x-a"], "padded");
    }

    #[test]
    fn values_of_connections_are_not_shown() {
        let mut parameters = ConnectionParameters::default();
        parameters.add_header("X-Name", "secret").unwrap();
        parameters.add_query("name", "secret").unwrap();
        parameters.add_body("name", "secret").unwrap();
        let shown = format!("{parameters:?}");
        assert!(shown.contains("x-name") && !shown.contains("secret"), "{shown}");
    }
}
