use crate::AccountId;
use std::borrow::Cow;

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Nobody in particular: the request is not signed.
    Anonymous,
    /// The account itself, which may do everything to what it owns.
    AccountRoot {
        /// The account.
        account: AccountId,
    },
    /// An IAM user.
    User {
        /// The account the user belongs to.
        account: AccountId,
        /// `arn:aws:iam::123456789012:user/path/name`.
        arn: String,
        /// The unique id, `AIDA…`.
        user_id: String,
        /// The name without the path.
        name: String,
    },
    /// A session of an IAM role.
    AssumedRole {
        /// The account the role belongs to.
        account: AccountId,
        /// `arn:aws:iam::123456789012:role/path/name`.
        role_arn: String,
        /// The unique id of the role, `AROA…`.
        role_id: String,
        /// `arn:aws:sts::123456789012:assumed-role/name/session`.
        session_arn: String,
        /// The name of the session.
        session_name: String,
    },
    /// A service that acts in its own name, as SNS does when it delivers to a queue.
    Service {
        /// Such as `sns.amazonaws.com`.
        name: String,
    },
}

impl Principal {
    /// The account it belongs to, if it belongs to one.
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::AccountRoot { account }
            | Self::User { account, .. }
            | Self::AssumedRole { account, .. } => Some(account),
            Self::Anonymous | Self::Service { .. } => None,
        }
    }

    /// How error texts call it: the ARN, a service's name, or `anonymous`.
    pub fn display_name(&self) -> Cow<'_, str> {
        match self {
            Self::Anonymous => Cow::Borrowed("anonymous"),
            Self::AccountRoot { account } => Cow::Owned(root_arn(account)),
            Self::User { arn, .. } => Cow::Borrowed(arn),
            Self::AssumedRole { session_arn, .. } => Cow::Borrowed(session_arn),
            Self::Service { name } => Cow::Borrowed(name),
        }
    }

    /// The value of a global condition key that follows from the principal. The key is in lower case.
    ///
    /// The outer option says whether it is such a key at all, the inner one whether this principal has it.
    ///
    /// Follows the table "Request information that you can use for policy variables" and the
    /// [global condition keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
    pub(crate) fn condition_key(&self, key: &str) -> Option<Option<Cow<'_, str>>> {
        Some(match key {
            "aws:username" => match self {
                Self::User { name, .. } => Some(Cow::Borrowed(name)),
                _ => None,
            },
            "aws:userid" => self.user_id(),
            "aws:principalaccount" => self.account().map(|account| Cow::Borrowed(account.as_str())),
            "aws:principalarn" => match self {
                Self::AccountRoot { account } => Some(Cow::Owned(root_arn(account))),
                Self::User { arn, .. } => Some(Cow::Borrowed(arn)),
                Self::AssumedRole { role_arn, .. } => Some(Cow::Borrowed(role_arn)),
                Self::Anonymous | Self::Service { .. } => None,
            },
            "aws:principaltype" => match self {
                Self::Anonymous => Some(Cow::Borrowed("Anonymous")),
                Self::AccountRoot { .. } => Some(Cow::Borrowed("Account")),
                Self::User { .. } => Some(Cow::Borrowed("User")),
                Self::AssumedRole { .. } => Some(Cow::Borrowed("AssumedRole")),
                Self::Service { .. } => None,
            },
            "aws:principalisawsservice" => Some(Cow::Borrowed(if matches!(self, Self::Service { .. }) {
                "true"
            } else {
                "false"
            })),
            "aws:principalservicename" => match self {
                Self::Service { name } => Some(Cow::Borrowed(name)),
                _ => None,
            },
            _ => return None,
        })
    }

    fn user_id(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Anonymous => Some(Cow::Borrowed("anonymous")),
            Self::AccountRoot { account } => Some(Cow::Borrowed(account.as_str())),
            Self::User { user_id, .. } => Some(Cow::Borrowed(user_id)),
            Self::AssumedRole {
                role_id,
                session_name,
                ..
            } => Some(Cow::Owned(format!("{role_id}:{session_name}"))),
            Self::Service { .. } => None,
        }
    }
}

fn root_arn(account: &AccountId) -> String {
    format!("arn:aws:iam::{account}:root")
}
