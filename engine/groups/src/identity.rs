//! Names of things.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use uuid::Builder;

macro_rules! text_identity {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text as clients give it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                $name(text.into())
            }
        }

        impl From<Arc<str>> for $name {
            fn from(text: Arc<str>) -> Self {
                $name(text)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

text_identity! {
    /// Names a group.
    GroupId
}
text_identity! {
    /// Names a member within its group, for as long as it is one.
    MemberId
}
text_identity! {
    /// Names a static member across its restarts (KIP-345).
    InstanceId
}

impl MemberId {
    /// A name that nobody else has: what the client calls itself, then 122 random bits.
    pub(crate) fn generate(prefix: &str) -> Self {
        let mut random = [0; 16];
        getrandom::fill(&mut random).expect("the operating system has random bytes");
        let unique = Builder::from_random_bytes(random).into_uuid();
        let text = if prefix.is_empty() {
            unique.to_string()
        } else {
            format!("{prefix}-{unique}")
        };
        MemberId(text.into())
    }
}

/// Names a topic for as long as it exists: another one of the same name has another id (KIP-516).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(pub u128);

/// A partition of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPartition {
    /// The topic.
    pub topic: TopicId,
    /// The partition's number in it.
    pub partition: u32,
}

/// Who a request came from, as it is shown when a group is described.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// What the client calls itself.
    pub id: Arc<str>,
    /// The address it connects from.
    pub host: Arc<str>,
}
