//! To log groups, which are files here: one JSON object a line.

use ninefold_protocol::{LogGroups, ServiceError};

use crate::EventsDoor;

impl EventsDoor {
    /// Appends a body to a log group; durable when it returns.
    pub(super) async fn append_to_log(&self, group: &str, body: &str) -> Result<(), ServiceError> {
        let groups: &dyn LogGroups = &*self.log_groups;
        // Between the parts of JSON only; those within strings are escaped.
        let line = body.replace(['\n', '\r'], " ");
        groups.keep(group, line).await.map_err(ServiceError::unavailable)
    }
}
