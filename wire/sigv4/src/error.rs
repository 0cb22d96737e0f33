use crate::SigningTime;

/// Why a signature was refused. `Display` gives the text that AWS answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The request carries no signature and the operation needs one. Raised by callers of [`parse`](crate::parse)
    /// that do not admit anonymous requests.
    #[error("Request is missing Authentication Token")]
    MissingAuthenticationToken,
    /// A part of the signature is missing or cannot be read; the text says which.
    #[error("{0}")]
    Incomplete(String),
    /// The signature is complete but not acceptable for this request; the text says why.
    #[error("{0}")]
    Unacceptable(String),
    /// The signature is not the one that the secret key gives for this request.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
         Access Key and signing method. Consult the service documentation for details."
    )]
    Mismatch,
    /// The request was signed too long ago.
    #[error("Signature expired: {signed_at} is now earlier than {earliest} ({now} - {window}.)")]
    Expired {
        /// When the request says it was signed.
        signed_at: SigningTime,
        /// The earliest time of signing that would have been accepted.
        earliest: SigningTime,
        /// The time of the check.
        now: SigningTime,
        /// How long a signature is good for.
        window: Window,
    },
    /// The request was signed in the future.
    #[error("Signature not yet current: {signed_at} is still later than {latest} ({now} + {window}.)")]
    NotYetCurrent {
        /// When the request says it was signed.
        signed_at: SigningTime,
        /// The latest time of signing that would have been accepted.
        latest: SigningTime,
        /// The time of the check.
        now: SigningTime,
        /// How far clocks may differ.
        window: Window,
    },
    /// No such access key. Raised by callers, who look the key up.
    #[error("The security token included in the request is invalid.")]
    UnknownAccessKey,
}

/// A span of time in an error text: whole minutes where it is, else seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The length in seconds.
    pub seconds: i64,
}

impl std::fmt::Display for Window {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.seconds {
            seconds if seconds % 60 == 0 => write!(formatter, "{} min", seconds / 60),
            seconds => write!(formatter, "{seconds} sec"),
        }
    }
}

/// What a protocol needs to know to name the error: each has its own codes for the same four cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureErrorKind {
    /// No signature at all.
    MissingAuthenticationToken,
    /// A signature that lacks parts.
    IncompleteSignature,
    /// A signature that is wrong, or out of its time.
    InvalidSignature,
    /// An access key that does not exist.
    UnknownAccessKey,
}

impl SignatureError {
    /// The kind, from which a protocol derives its error code and status.
    pub fn kind(&self) -> SignatureErrorKind {
        match self {
            Self::MissingAuthenticationToken => SignatureErrorKind::MissingAuthenticationToken,
            Self::Incomplete(_) => SignatureErrorKind::IncompleteSignature,
            Self::Unacceptable(_) | Self::Mismatch | Self::Expired { .. } | Self::NotYetCurrent { .. } => {
                SignatureErrorKind::InvalidSignature
            }
            Self::UnknownAccessKey => SignatureErrorKind::UnknownAccessKey,
        }
    }
}

impl SignatureErrorKind {
    /// The error code in the JSON protocols (AWS JSON 1.0 and 1.1, REST JSON).
    pub fn json_code(self) -> &'static str {
        match self {
            Self::MissingAuthenticationToken => "MissingAuthenticationTokenException",
            Self::IncompleteSignature => "IncompleteSignatureException",
            Self::InvalidSignature => "InvalidSignatureException",
            Self::UnknownAccessKey => "UnrecognizedClientException",
        }
    }

    /// The error code in the query protocol.
    pub fn query_code(self) -> &'static str {
        match self {
            Self::MissingAuthenticationToken => "MissingAuthenticationToken",
            Self::IncompleteSignature => "IncompleteSignature",
            Self::InvalidSignature => "SignatureDoesNotMatch",
            Self::UnknownAccessKey => "InvalidClientTokenId",
        }
    }

    /// The HTTP status: 400 for an incomplete signature, else 403.
    pub fn status(self) -> http::StatusCode {
        match self {
            Self::IncompleteSignature => http::StatusCode::BAD_REQUEST,
            _ => http::StatusCode::FORBIDDEN,
        }
    }
}
