//! How clients show who they are (KIP-43, KIP-152, KIP-368).

mod authentication;
mod exchange;
mod unsecured;

#[cfg(test)]
pub(crate) use self::authentication::OutOfTurn;
pub(crate) use self::authentication::{Authentication, Fate};
