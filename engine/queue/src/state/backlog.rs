//! Which groups have messages that are stored but not loaded.

use std::collections::HashMap;

use crate::GroupId;

/// The most groups whose backlog is followed.
const GROUP_LIMIT: usize = 10_000;

/// Messages behind the frontier, by group, so that a quiet group's message can overtake a noisy group's backlog.
#[derive(Debug)]
pub(crate) struct Backlog {
    /// `None` when it isn't known what is behind the frontier.
    groups: Option<HashMap<GroupId, u64>>,
}

impl Backlog {
    /// Of a queue with nothing behind the frontier.
    pub(crate) fn empty() -> Self {
        Backlog {
            groups: Some(HashMap::new()),
        }
    }

    /// Of a queue whose backlog was found in the store.
    pub(crate) fn unknown() -> Self {
        Backlog { groups: None }
    }

    /// Whether the group surely has nothing behind the frontier.
    pub(crate) fn is_quiet(&self, group: &GroupId) -> bool {
        self.groups
            .as_ref()
            .is_some_and(|groups| !groups.contains_key(group))
    }

    pub(crate) fn add(&mut self, group: Option<&GroupId>) {
        let (Some(groups), Some(group)) = (&mut self.groups, group) else {
            return;
        };
        *groups.entry(group.clone()).or_default() += 1;
        if groups.len() > GROUP_LIMIT {
            self.groups = None;
        }
    }

    pub(crate) fn remove(&mut self, group: Option<&GroupId>) {
        let (Some(groups), Some(group)) = (&mut self.groups, group) else {
            return;
        };
        if let Some(count) = groups.get_mut(group) {
            *count -= 1;
            if *count == 0 {
                groups.remove(group);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_quiet_once_nothing_of_it_is_behind() {
        let group: GroupId = "a".into();
        let mut backlog = Backlog::empty();
        backlog.add(Some(&group));
        assert!(!backlog.is_quiet(&group));
        backlog.remove(Some(&group));
        assert!(backlog.is_quiet(&group));
        assert!(!Backlog::unknown().is_quiet(&group));
    }

    #[test]
    fn too_many_groups_are_not_followed() {
        let mut backlog = Backlog::empty();
        for number in 0..=GROUP_LIMIT {
            backlog.add(Some(&number.to_string().into()));
        }
        assert!(!backlog.is_quiet(&"another".into()));
    }
}
