//! What the service allows.
//!
//! Source: [Amazon SNS endpoints and quotas](https://docs.aws.amazon.com/general/latest/gr/sns.html).

/// Bytes of a message with its attributes, and of all messages of a batch.
pub(crate) const LARGEST_MESSAGE_BYTES: usize = 262_144;
/// Messages of a batch.
pub(crate) const BATCH_ENTRIES: usize = 10;
/// Characters of a subject: fewer than this.
pub(crate) const SUBJECT_CHARACTERS: usize = 100;
/// Entries of a page of a list.
pub(crate) const PAGE: usize = 100;
/// Tags of a topic.
pub(crate) const TAGS: usize = 50;
/// How long a token confirms a subscription.
pub(crate) const TOKEN_SECONDS: u64 = 3 * 86_400;
/// Bytes of a topic's policy.
pub(crate) const POLICY_BYTES: usize = 30_720;
/// Characters of a text message.
pub(crate) const SMS_CHARACTERS: usize = 1_600;
