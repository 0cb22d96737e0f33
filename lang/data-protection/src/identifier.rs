use crate::custom::CustomIdentifier;
use crate::keyword::KeywordHits;
use crate::managed::ManagedIdentifier;
use std::ops::Range;

/// A kind of sensitive data that a policy looks for.
#[derive(Debug, Clone)]
pub(crate) enum DataIdentifier {
    Managed(&'static ManagedIdentifier),
    Custom(CustomIdentifier),
}

impl DataIdentifier {
    /// `CreditCardNumber`, `Ssn-US`, or the name that the policy gives.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Managed(identifier) => identifier.name(),
            Self::Custom(identifier) => identifier.name(),
        }
    }

    /// Where a message has data of this kind: in order, disjoint, on character boundaries, none empty.
    pub(crate) fn find(&self, message: &str, hits: &KeywordHits) -> Vec<Range<usize>> {
        match self {
            Self::Managed(identifier) => identifier.find(message, hits),
            Self::Custom(identifier) => identifier.find(message),
        }
    }
}
