//! Pages of lists: 100 entries, and a token that says where to go on.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ninefold_protocol::ServiceError;

use crate::errors;

/// The key after which a page goes on.
pub(crate) fn read_token(token: Option<&str>) -> Result<Option<Vec<u8>>, ServiceError> {
    let token = token.filter(|token| !token.is_empty());
    let decoded = token.map(|token| URL_SAFE_NO_PAD.decode(token)).transpose();
    decoded.map_err(|_| errors::invalid_for("NextToken", "The token is not one that was given out"))
}

/// The entries of a page out of one more than that, and the token of the next one.
pub(crate) fn cut<T>(
    mut found: Vec<(bytes::Bytes, T)>,
    limit: usize,
) -> (Vec<(bytes::Bytes, T)>, Option<String>) {
    let has_more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| has_more);
    let token = last.map(|(key, _)| URL_SAFE_NO_PAD.encode(key));
    (found, token)
}
