use crate::{SCOPE_TERMINATOR, SignatureError};
use std::borrow::Cow;

/// Who signed, and for what: `keyid/date/region/service/aws4_request`.
///
/// None of it is verified before the signature is. The access key id is never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Credential<'a> {
    text: Cow<'a, str>,
    /// Where each of the four slashes is.
    slashes: [usize; 4],
}

impl<'a> Credential<'a> {
    /// Splits the text at its slashes.
    ///
    /// # Errors
    /// [`SignatureError::Incomplete`] unless there are exactly five elements and the first is not empty.
    pub fn parse(text: impl Into<Cow<'a, str>>) -> Result<Self, SignatureError> {
        let text = text.into();
        let mut found = text.match_indices('/').map(|(position, _)| position);
        let slashes = [(); 4].map(|()| found.next());
        match (slashes, found.next()) {
            ([Some(key_end), Some(date_end), Some(region_end), Some(service_end)], None) if key_end > 0 => {
                drop(found);
                Ok(Self {
                    text,
                    slashes: [key_end, date_end, region_end, service_end],
                })
            }
            _ => Err(SignatureError::Incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
                 '{text}'"
            ))),
        }
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The id of the access key.
    pub fn access_key_id(&self) -> &str {
        &self.text[..self.slashes[0]]
    }

    /// The day of signing, `YYYYMMDD` in what honest clients send.
    pub fn date(&self) -> &str {
        &self.text[self.slashes[0] + 1..self.slashes[1]]
    }

    /// The region, such as `eu-west-1`.
    pub fn region(&self) -> &str {
        &self.text[self.slashes[1] + 1..self.slashes[2]]
    }

    /// The signing name of the service, such as `sqs`.
    pub fn service(&self) -> &str {
        &self.text[self.slashes[2] + 1..self.slashes[3]]
    }

    /// The last element, `aws4_request` in what honest clients send.
    pub fn terminator(&self) -> &str {
        &self.text[self.slashes[3] + 1..]
    }

    /// All but the access key id: `date/region/service/aws4_request`.
    pub(crate) fn scope(&self) -> &str {
        &self.text[self.slashes[0] + 1..]
    }

    /// Checks that a request that was routed to a service was signed for it: else a signature made for one
    /// service would open another.
    ///
    /// # Errors
    /// [`SignatureError::Unacceptable`] with AWS's text.
    pub fn require_service(&self, signing_name: &str) -> Result<(), SignatureError> {
        if self.service() == signing_name {
            return Ok(());
        }
        Err(SignatureError::Unacceptable(format!(
            "Credential should be scoped to correct service: '{signing_name}'. "
        )))
    }

    /// Checks the last element of the scope.
    pub(crate) fn require_terminator(&self) -> Result<(), SignatureError> {
        if self.terminator() == SCOPE_TERMINATOR {
            return Ok(());
        }
        Err(SignatureError::Unacceptable(format!(
            "Credential should be scoped with a valid terminator: '{SCOPE_TERMINATOR}', not '{}'.",
            self.terminator()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_elements_are_named() {
        let credential = Credential::parse("AKIDEXAMPLE/20150830/us-east-1/sqs/aws4_request").unwrap();
        assert_eq!(credential.access_key_id(), "AKIDEXAMPLE");
        assert_eq!(credential.date(), "20150830");
        assert_eq!(credential.region(), "us-east-1");
        assert_eq!(credential.service(), "sqs");
        assert_eq!(credential.terminator(), "aws4_request");
        assert_eq!(credential.scope(), "20150830/us-east-1/sqs/aws4_request");
        assert_eq!(credential.require_service("sqs"), Ok(()));
        assert_eq!(
            credential.require_service("sns").unwrap_err().to_string(),
            "Credential should be scoped to correct service: 'sns'. "
        );
    }

    #[test]
    fn empty_elements_other_than_the_key_are_kept_for_the_checks_that_follow() {
        let credential = Credential::parse("AKIDEXAMPLE////").unwrap();
        assert_eq!(
            (credential.date(), credential.region(), credential.service()),
            ("", "", "")
        );
        assert!(credential.require_terminator().is_err());
    }

    #[test]
    fn any_other_count_is_refused() {
        for text in ["", "////", "/a/b/c/d", "a/b/c/d", "a/b/c/d/e/f"] {
            let error = Credential::parse(text).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, \
                     got '{text}'"
                )
            );
        }
    }
}
