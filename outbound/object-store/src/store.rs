use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

use crate::StoreError;

/// What a store is doing.
pub type StoreFuture<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// Where objects are put.
pub trait ObjectStore: Send + Sync {
    /// Whether there is a bucket that may be asked for.
    fn check<'a>(&'a self, bucket: &'a Bucket) -> StoreFuture<'a>;

    /// Puts an object, in the place of one of the same key. When this has succeeded the store has it for good.
    fn put<'a>(&'a self, bucket: &'a Bucket, object: NewObject) -> StoreFuture<'a>;
}

/// A bucket, and whose it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// The account of its owner, 12 digits; a store that knows of owners refuses requests for a bucket of somebody else's.
    pub expected_owner: String,
}

/// An object to be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewObject {
    /// Its key: not empty, and no segment of it is `.` or `..`, which URLs can't express.
    pub key: String,
    /// All of it.
    pub content: Bytes,
    /// What it is, such as `application/octet-stream`.
    pub content_type: &'static str,
    /// The storage class, unless it is the store's own.
    pub storage_class: Option<String>,
    /// The key of KMS that it is to be encrypted with.
    pub encryption_key: Option<String>,
}
