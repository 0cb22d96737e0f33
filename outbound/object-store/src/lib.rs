//! Object stores: whoever has something to put there speaks to [`ObjectStore`], and [`S3Store`] is one that speaks the S3 API.
//!
//! An object is put whole, in one request, so who puts it bounds it. Requests are signed by `rusty-s3` and sent by this
//! server's own HTTP client, which has the rules of egress, the timeouts and the pool.

mod error;
mod s3;
mod store;

pub use error::StoreError;
pub use s3::{Addressing, S3Credentials, S3Options, S3Store};
pub use store::{Bucket, NewObject, ObjectStore, StoreFuture};
