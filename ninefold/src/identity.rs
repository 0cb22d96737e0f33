//! Who calls, and what they may do.

mod access_key;
mod authenticate;
mod authorize;
mod key_file;
mod keys;
mod operator;
mod sealing;

pub(crate) use access_key::{AccessKey, UserName};
pub(crate) use authenticate::{Authenticator, principal_of};
pub(crate) use authorize::{AllowAll, PolicyAuthorizer, Question};
pub(crate) use key_file::{KeyError, KeyFile};
pub(crate) use keys::AccessKeys;
pub(crate) use operator::OperatorToken;
pub(crate) use sealing::SealingKey;
