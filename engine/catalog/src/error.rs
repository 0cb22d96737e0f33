use ninefold_store::StoreError;

/// Why a catalog could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored record is not what it should be.
    #[error("a record of {table} is damaged: {reason}")]
    Damaged {
        /// The catalog's table.
        table: &'static str,
        /// What was found.
        reason: String,
    },
}
