//! A member of a classic group.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{JoinRequest, Joined, Protocol, Synced};
use crate::answers::{Reply, Work};
use crate::consumer::ClassicProtocol;
use crate::{Client, GroupError, InstanceId};

/// What a group knows of a member; its id is the key.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) instance: Option<InstanceId>,
    pub(crate) client: Client,
    pub(crate) session_timeout: Duration,
    pub(crate) rebalance_timeout: Duration,
    pub(crate) protocols: Vec<Protocol>,
    pub(crate) assignment: Bytes,
    /// Its first join has not been answered: it does not know its id, and can't send heartbeats.
    pub(super) is_new: bool,
    pub(super) join: Option<Reply<Joined>>,
    pub(super) sync: Option<Reply<Synced>>,
}

impl Member {
    pub(super) fn new(request: &JoinRequest) -> Self {
        Member {
            instance: request.instance.clone(),
            client: request.client.clone(),
            session_timeout: request.session_timeout,
            rebalance_timeout: request.rebalance_timeout,
            protocols: request.protocols.clone(),
            assignment: Bytes::new(),
            is_new: true,
            join: None,
            sync: None,
        }
    }

    /// A member of a consumer group that speaks the classic protocol.
    pub(crate) fn of_consumer(
        member: &crate::consumer::Member,
        classic: ClassicProtocol,
        assignment: Bytes,
    ) -> Self {
        Member {
            instance: member.instance.clone(),
            client: member.client.clone(),
            session_timeout: classic.session_timeout,
            rebalance_timeout: member.rebalance_timeout,
            protocols: classic.protocols,
            assignment,
            is_new: false,
            join: None,
            sync: None,
        }
    }

    /// Takes what a member says when it joins again.
    pub(super) fn update(&mut self, request: &JoinRequest) {
        self.session_timeout = request.session_timeout;
        self.rebalance_timeout = request.rebalance_timeout;
        self.protocols.clone_from(&request.protocols);
    }

    pub(super) fn is_joining(&self) -> bool {
        self.join.is_some()
    }

    /// What it said in a protocol.
    pub(crate) fn metadata(&self, protocol: Option<&Arc<str>>) -> Bytes {
        let mut protocols = self.protocols.iter();
        let spoken = protocols.find(|spoken| Some(&spoken.name) == protocol);
        spoken.map(|spoken| spoken.metadata.clone()).unwrap_or_default()
    }

    /// Answers whatever it waits for with an error.
    pub(super) fn dismiss(&mut self, error: &GroupError, work: &mut Work<'_>) {
        if let Some(reply) = self.join.take() {
            work.answer_join(reply, Err(error.clone()));
        }
        if let Some(reply) = self.sync.take() {
            work.answer_sync(reply, Err(error.clone()));
        }
    }
}
