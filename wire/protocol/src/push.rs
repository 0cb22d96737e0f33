//! What one service of the server pushes to resources of another: events to queues, topics and streams.
//!
//! It is what a call of the service's own operation would do, with the same authorization, and without putting together an
//! input that is taken apart again at once. Whoever pushes knows nothing of the service but the ARN of its resource.

use crate::{BoxFuture, CallContext, ServiceError};

/// One thing to be pushed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Push<'a> {
    /// What it says.
    pub body: &'a str,
    /// The group that it is ordered in, where the resource knows groups.
    pub group: Option<&'a str>,
    /// What decides its place, where the resource has several.
    pub partition_key: Option<&'a str>,
    /// The trace that it is a part of: an `X-Amzn-Trace-Id`.
    pub trace_header: Option<&'a str>,
}

/// A door whose resources can be pushed to.
pub trait PushTarget: Send + Sync {
    /// Whether such a push can go to this resource at all, which needn't exist yet. `push` says with what.
    ///
    /// # Errors
    ///
    /// Why it can't, for people.
    fn check(&self, arn: &str, push: &Push<'_>) -> Result<(), String>;

    /// Pushes, all together where that is possible; says of each whether the resource has it, durably.
    fn push<'a>(
        &'a self,
        context: CallContext,
        arn: &'a str,
        pushes: &'a [Push<'a>],
    ) -> BoxFuture<'a, Vec<Result<(), ServiceError>>>;
}
