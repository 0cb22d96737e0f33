use http::header::{HOST, HeaderMap};
use std::borrow::Cow;

/// The parts of a request that a signature covers, apart from the body.
///
/// `path` and `query` are as they stand on the wire: not decoded, not normalised.
#[derive(Debug, Clone, Copy)]
pub struct RequestView<'a> {
    /// The method, in the case it was sent.
    pub method: &'a str,
    /// The path, with its leading slash; empty stands for `/`.
    pub path: &'a str,
    /// What follows the first `?`.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The authority of the request target. Over HTTP/2 it is `:authority` and stands for a missing `Host`.
    pub authority: Option<&'a str>,
}

impl<'a> RequestView<'a> {
    /// The view of a request that an HTTP server read.
    pub fn new(method: &'a http::Method, uri: &'a http::Uri, headers: &'a HeaderMap) -> Self {
        Self {
            method: method.as_str(),
            path: uri.path(),
            query: uri.query(),
            headers,
            authority: uri.authority().map(|authority| authority.as_str()),
        }
    }

    /// The host that the client addressed, with its port if it gave one.
    pub(crate) fn host(&self) -> Option<Cow<'a, [u8]>> {
        if self.headers.contains_key(HOST) {
            return self.header(HOST.as_str());
        }
        let authority = self.authority?;
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        Some(Cow::Borrowed(host.as_bytes()))
    }

    /// A header's value, several joined by commas in their order; `None` without such a header.
    pub(crate) fn header(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next()?;
        let mut joined = Cow::Borrowed(first.as_bytes());
        for value in values {
            let joined = joined.to_mut();
            joined.push(b',');
            joined.extend_from_slice(value.as_bytes());
        }
        Some(joined)
    }
}
