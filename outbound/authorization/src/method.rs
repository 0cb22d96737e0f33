use std::str::FromStr;

use crate::ParameterError;

/// The [methods of API destinations](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateApiDestination.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `DELETE`.
    Delete,
    /// `GET`, which has no body.
    Get,
    /// `HEAD`, which has no body.
    Head,
    /// `OPTIONS`.
    Options,
    /// `PATCH`.
    Patch,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
}

impl Method {
    /// Whether a request has a body. AWS doesn't say what becomes of the event with `GET` and `HEAD`; RFC 9110 (9.3.1)
    /// has clients not send one, as servers may refuse the request for it.
    pub fn has_body(self) -> bool {
        !matches!(self, Method::Get | Method::Head)
    }
}

impl FromStr for Method {
    type Err = ParameterError;

    /// In capital letters, as AWS writes them.
    fn from_str(text: &str) -> Result<Self, ParameterError> {
        Ok(match text {
            "DELETE" => Method::Delete,
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "OPTIONS" => Method::Options,
            "PATCH" => Method::Patch,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            other => {
                return Err(ParameterError::Method {
                    method: other.to_owned(),
                });
            }
        })
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Delete => http::Method::DELETE,
            Method::Get => http::Method::GET,
            Method::Head => http::Method::HEAD,
            Method::Options => http::Method::OPTIONS,
            Method::Patch => http::Method::PATCH,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_written_in_capitals() {
        for name in ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] {
            let method: Method = name.parse().unwrap();
            assert_eq!(http::Method::from(method).as_str(), name);
            assert_eq!(method.has_body(), name != "GET" && name != "HEAD");
        }
        for name in ["", "get", "CONNECT", "TRACE", "QUERY"] {
            assert!(name.parse::<Method>().is_err(), "{name}");
        }
    }
}
