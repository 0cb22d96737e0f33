use ninefold_outbound_http::OutboundError;

/// Why a store didn't do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It can't be reached, or is too busy: the same request may succeed later.
    #[error("the object store is not available: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
    /// It doesn't let us, or has no such bucket: the same request succeeds once somebody has changed something there.
    #[error("the object store refused a request: {reason}")]
    Refused {
        /// What it says.
        reason: String,
    },
    /// The request is one that it will never take.
    #[error("the object store can't do what is asked for: {reason}")]
    Impossible {
        /// What it says.
        reason: String,
    },
}

impl StoreError {
    /// What a request's failure means that got no answer.
    pub(crate) fn from_outbound(error: &OutboundError) -> Self {
        let reason = error.to_string();
        match error {
            // Whoever runs the server can change the certificate, the name and the rules.
            OutboundError::Tls { .. } | OutboundError::Refused { .. } => StoreError::Refused { reason },
            OutboundError::Uri { .. } | OutboundError::Request { .. } => StoreError::Impossible { reason },
            _ => StoreError::Unavailable { reason },
        }
    }

    /// What an answer means that is no success.
    ///
    /// Source: [Error responses](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
    pub(crate) fn from_answer(status: u16, body: &str) -> Self {
        let code = element(body, "Code").unwrap_or_default();
        let reason = match (code, element(body, "Message")) {
            ("", _) => format!("status {status}"),
            (code, Some(message)) => format!("{code}: {message}"),
            (code, None) => code.to_owned(),
        };
        match (status, code) {
            (408 | 409 | 429 | 500 | 502.., _)
            | (_, "RequestTimeout" | "SlowDown" | "BadDigest" | "IncompleteBody") => {
                StoreError::Unavailable { reason }
            }
            (300..=399 | 401 | 403 | 404, _)
            | (
                _,
                "ExpiredToken"
                | "InvalidToken"
                | "AuthorizationHeaderMalformed"
                | "AuthorizationQueryParametersError",
            ) => StoreError::Refused { reason },
            _ => StoreError::Impossible { reason },
        }
    }
}

/// The text of the first element of a name. An error's document has no attributes and nothing in its elements but text.
fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, behind) = document.split_once(&format!("<{name}>"))?;
    let (text, _) = behind.split_once(&format!("</{name}>"))?;
    Some(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: &str) -> String {
        format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>What was wrong</Message></Error>")
    }

    #[test]
    fn an_answer_says_who_can_do_something_about_it() {
        for (status, code, expected) in [
            (500, "InternalError", "not available"),
            (503, "SlowDown", "not available"),
            (400, "RequestTimeout", "not available"),
            (429, "TooManyRequests", "not available"),
            (403, "AccessDenied", "refused"),
            (404, "NoSuchBucket", "refused"),
            (301, "PermanentRedirect", "refused"),
            (400, "ExpiredToken", "refused"),
            (400, "InvalidStorageClass", "can't do"),
            (400, "KMS.NotFoundException", "can't do"),
            (501, "NotImplemented", "can't do"),
            (405, "MethodNotAllowed", "can't do"),
        ] {
            let error = StoreError::from_answer(status, &answer(code)).to_string();
            assert!(error.contains(expected), "{status} {code}: {error}");
            assert!(error.ends_with(&format!("{code}: What was wrong")), "{error}");
        }
        let bare = StoreError::from_answer(404, "");
        assert!(bare.to_string().ends_with("status 404"), "{bare}");
    }

    #[test]
    fn what_the_operator_can_change_is_refused_and_no_answer_is_an_absence() {
        let reason = String::new;
        for (error, expected) in [
            (OutboundError::Connect { reason: reason() }, "not available"),
            (OutboundError::Timeout { reason: reason() }, "not available"),
            (OutboundError::Tls { reason: reason() }, "refused"),
            (OutboundError::Request { reason: reason() }, "can't do"),
        ] {
            let error = StoreError::from_outbound(&error).to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
