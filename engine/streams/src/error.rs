use ninefold_catalog::CatalogError;
use ninefold_log::LogError;

/// Why a stream was not changed.
#[derive(Debug, thiserror::Error)]
pub enum StreamsError {
    /// There is one of that name.
    #[error("there is a stream of that name")]
    Exists,
    /// There is none of that name.
    #[error("there is no stream of that name")]
    NotFound,
    /// There are as many shards as there may be.
    #[error("a stream has {limit} shards at most")]
    TooManyShards {
        /// How many there may be.
        limit: usize,
    },
    /// The list of streams could not be changed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The log could not be changed.
    #[error(transparent)]
    Log(#[from] LogError),
}
