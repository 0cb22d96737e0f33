//! Where there are no brokers.

use ninefold_protocol::BoxFuture;

use super::{
    Broker, ClusterHost, ClusterId, ClusterSettings, HostError, NewTopic, Partition, ScramCredential, Topic,
    TopicChange,
};

/// A host that runs nothing: clusters are kept and can be changed, but nobody can connect to them, and they have no topics.
#[derive(Clone, Copy, Debug, Default)]
pub struct AbsentBrokers;

fn ready<'a, T: Send + 'a>(result: Result<T, HostError>) -> BoxFuture<'a, Result<T, HostError>> {
    Box::pin(std::future::ready(result))
}

impl ClusterHost for AbsentBrokers {
    fn check(&self, _: &ClusterSettings) -> Result<(), HostError> {
        Ok(())
    }

    fn open<'a>(
        &'a self,
        _: &'a ClusterId,
        _: &'a ClusterSettings,
    ) -> BoxFuture<'a, Result<Vec<Broker>, HostError>> {
        ready(Ok(Vec::new()))
    }

    fn reboot<'a>(&'a self, _: &'a ClusterId, _: &'a [u32]) -> BoxFuture<'a, Result<(), HostError>> {
        ready(Ok(()))
    }

    fn delete<'a>(&'a self, _: &'a ClusterId) -> BoxFuture<'a, Result<(), HostError>> {
        ready(Ok(()))
    }

    fn set_scram_credentials<'a>(
        &'a self,
        _: &'a ClusterId,
        _: Vec<ScramCredential>,
    ) -> BoxFuture<'a, Result<(), HostError>> {
        ready(Ok(()))
    }

    fn create_topic<'a>(&'a self, _: &'a ClusterId, _: NewTopic) -> BoxFuture<'a, Result<(), HostError>> {
        ready(Err(HostError::Unreachable))
    }

    fn topic<'a>(&'a self, _: &'a ClusterId, _: &'a str) -> BoxFuture<'a, Result<Topic, HostError>> {
        ready(Err(HostError::Unreachable))
    }

    fn topics<'a>(
        &'a self,
        _: &'a ClusterId,
        _: &'a str,
        _: Option<&'a str>,
        _: usize,
    ) -> BoxFuture<'a, Result<Vec<Topic>, HostError>> {
        ready(Err(HostError::Unreachable))
    }

    fn partitions<'a>(
        &'a self,
        _: &'a ClusterId,
        _: &'a str,
        _: u32,
        _: usize,
    ) -> BoxFuture<'a, Result<Vec<Partition>, HostError>> {
        ready(Err(HostError::Unreachable))
    }

    fn change_topic<'a>(
        &'a self,
        _: &'a ClusterId,
        _: &'a str,
        _: TopicChange,
    ) -> BoxFuture<'a, Result<(), HostError>> {
        ready(Err(HostError::Unreachable))
    }

    fn delete_topic<'a>(&'a self, _: &'a ClusterId, _: &'a str) -> BoxFuture<'a, Result<(), HostError>> {
        ready(Err(HostError::Unreachable))
    }
}
