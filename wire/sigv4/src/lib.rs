//! AWS Signature Version 4: parsing, verification, and signing.
//!
//! Pure functions over a request that has been read: no I/O, and the time is an argument. The rules follow
//! [Signature Version 4 for API requests](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html);
//! where the page is silent, what AWS answers decides.
//!
//! A server looks at a request in up to three steps, each usable without the next one:
//!
//! 1. [`credential`] reads the credential scope alone. Routing and open mode need no more.
//! 2. [`parse`] reads the whole signature: header form or presigned query form, or none.
//! 3. [`ParsedSignature::verify`] checks it against the secret key, the body, and the time.
//!
//! Not covered: Signature Version 4A (asymmetric), and chunked payload signatures (`STREAMING-…`), which only S3 uses.

mod canonical;
mod credential;
mod error;
mod parse;
mod request;
mod sign;
mod signing_key;
mod signing_time;
mod verify;

pub use credential::Credential;
pub use error::{SignatureError, SignatureErrorKind, Window};
pub use parse::{ParsedSignature, SignatureForm, credential, parse};
pub use request::RequestView;
pub use sign::{Signer, SigningError};
pub use signing_key::SigningKeyCache;
pub use signing_time::SigningTime;

/// The name of the only algorithm spoken here.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The last element of every credential scope.
const SCOPE_TERMINATOR: &str = "aws4_request";

/// The payload hash of a request whose body is not covered by the signature. S3 alone allows it.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The signing name of S3, which differs in path encoding, payload hash, and clock skew.
const S3: &str = "s3";
