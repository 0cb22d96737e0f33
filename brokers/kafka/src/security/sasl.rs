//! How clients show who they are (KIP-43, KIP-152, KIP-368).

mod authentication;
mod exchange;
mod unsecured;

pub(crate) use self::authentication::{Authentication, Fate};
