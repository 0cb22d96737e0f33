//! Groups, by kind.

pub(crate) mod administration;
pub(crate) mod classic;
pub(crate) mod consumer;
pub(crate) mod offset_commit;
pub(crate) mod offset_fetch;
pub(crate) mod share;
