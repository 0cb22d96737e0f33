// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! Every request as one type.

use crate::error::DecodeError;
#[cfg(feature = "client")]
use crate::error::EncodeError;
use crate::messages::api_key::ApiKey;
use crate::reader::Reader;
#[cfg(feature = "client")]
use crate::writer::Writer;

use super::add_offsets_to_txn::AddOffsetsToTxnRequest;
use super::add_partitions_to_txn::AddPartitionsToTxnRequest;
use super::alter_client_quotas::AlterClientQuotasRequest;
use super::alter_configs::AlterConfigsRequest;
use super::alter_partition_reassignments::AlterPartitionReassignmentsRequest;
use super::alter_replica_log_dirs::AlterReplicaLogDirsRequest;
use super::alter_share_group_offsets::AlterShareGroupOffsetsRequest;
use super::alter_user_scram_credentials::AlterUserScramCredentialsRequest;
use super::api_versions::ApiVersionsRequest;
use super::consumer_group_describe::ConsumerGroupDescribeRequest;
use super::consumer_group_heartbeat::ConsumerGroupHeartbeatRequest;
use super::create_acls::CreateAclsRequest;
use super::create_delegation_token::CreateDelegationTokenRequest;
use super::create_partitions::CreatePartitionsRequest;
use super::create_topics::CreateTopicsRequest;
use super::delete_acls::DeleteAclsRequest;
use super::delete_groups::DeleteGroupsRequest;
use super::delete_records::DeleteRecordsRequest;
use super::delete_share_group_offsets::DeleteShareGroupOffsetsRequest;
use super::delete_topics::DeleteTopicsRequest;
use super::describe_acls::DescribeAclsRequest;
use super::describe_client_quotas::DescribeClientQuotasRequest;
use super::describe_cluster::DescribeClusterRequest;
use super::describe_configs::DescribeConfigsRequest;
use super::describe_delegation_token::DescribeDelegationTokenRequest;
use super::describe_groups::DescribeGroupsRequest;
use super::describe_log_dirs::DescribeLogDirsRequest;
use super::describe_producers::DescribeProducersRequest;
use super::describe_quorum::DescribeQuorumRequest;
use super::describe_share_group_offsets::DescribeShareGroupOffsetsRequest;
use super::describe_topic_partitions::DescribeTopicPartitionsRequest;
use super::describe_transactions::DescribeTransactionsRequest;
use super::describe_user_scram_credentials::DescribeUserScramCredentialsRequest;
use super::elect_leaders::ElectLeadersRequest;
use super::end_txn::EndTxnRequest;
use super::expire_delegation_token::ExpireDelegationTokenRequest;
use super::fetch::FetchRequest;
use super::find_coordinator::FindCoordinatorRequest;
use super::get_telemetry_subscriptions::GetTelemetrySubscriptionsRequest;
use super::heartbeat::HeartbeatRequest;
use super::incremental_alter_configs::IncrementalAlterConfigsRequest;
use super::init_producer_id::InitProducerIdRequest;
use super::join_group::JoinGroupRequest;
use super::leave_group::LeaveGroupRequest;
use super::list_config_resources::ListConfigResourcesRequest;
use super::list_groups::ListGroupsRequest;
use super::list_offsets::ListOffsetsRequest;
use super::list_partition_reassignments::ListPartitionReassignmentsRequest;
use super::list_transactions::ListTransactionsRequest;
use super::metadata::MetadataRequest;
use super::offset_commit::OffsetCommitRequest;
use super::offset_delete::OffsetDeleteRequest;
use super::offset_fetch::OffsetFetchRequest;
use super::offset_for_leader_epoch::OffsetForLeaderEpochRequest;
use super::produce::ProduceRequest;
use super::push_telemetry::PushTelemetryRequest;
use super::renew_delegation_token::RenewDelegationTokenRequest;
use super::sasl_authenticate::SaslAuthenticateRequest;
use super::sasl_handshake::SaslHandshakeRequest;
use super::share_acknowledge::ShareAcknowledgeRequest;
use super::share_fetch::ShareFetchRequest;
use super::share_group_describe::ShareGroupDescribeRequest;
use super::share_group_heartbeat::ShareGroupHeartbeatRequest;
use super::streams_group_describe::StreamsGroupDescribeRequest;
use super::streams_group_heartbeat::StreamsGroupHeartbeatRequest;
use super::sync_group::SyncGroupRequest;
use super::txn_offset_commit::TxnOffsetCommitRequest;
use super::update_features::UpdateFeaturesRequest;
use super::write_txn_markers::WriteTxnMarkersRequest;

/// A request of any API.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// The request of Produce.
    Produce(ProduceRequest),
    /// The request of Fetch.
    Fetch(FetchRequest),
    /// The request of ListOffsets.
    ListOffsets(ListOffsetsRequest),
    /// The request of Metadata.
    Metadata(MetadataRequest),
    /// The request of OffsetCommit.
    OffsetCommit(OffsetCommitRequest),
    /// The request of OffsetFetch.
    OffsetFetch(OffsetFetchRequest),
    /// The request of FindCoordinator.
    FindCoordinator(FindCoordinatorRequest),
    /// The request of JoinGroup.
    JoinGroup(JoinGroupRequest),
    /// The request of Heartbeat.
    Heartbeat(HeartbeatRequest),
    /// The request of LeaveGroup.
    LeaveGroup(LeaveGroupRequest),
    /// The request of SyncGroup.
    SyncGroup(SyncGroupRequest),
    /// The request of DescribeGroups.
    DescribeGroups(DescribeGroupsRequest),
    /// The request of ListGroups.
    ListGroups(ListGroupsRequest),
    /// The request of SaslHandshake.
    SaslHandshake(SaslHandshakeRequest),
    /// The request of ApiVersions.
    ApiVersions(ApiVersionsRequest),
    /// The request of CreateTopics.
    CreateTopics(CreateTopicsRequest),
    /// The request of DeleteTopics.
    DeleteTopics(DeleteTopicsRequest),
    /// The request of DeleteRecords.
    DeleteRecords(DeleteRecordsRequest),
    /// The request of InitProducerId.
    InitProducerId(InitProducerIdRequest),
    /// The request of OffsetForLeaderEpoch.
    OffsetForLeaderEpoch(OffsetForLeaderEpochRequest),
    /// The request of AddPartitionsToTxn.
    AddPartitionsToTxn(AddPartitionsToTxnRequest),
    /// The request of AddOffsetsToTxn.
    AddOffsetsToTxn(AddOffsetsToTxnRequest),
    /// The request of EndTxn.
    EndTxn(EndTxnRequest),
    /// The request of WriteTxnMarkers.
    WriteTxnMarkers(WriteTxnMarkersRequest),
    /// The request of TxnOffsetCommit.
    TxnOffsetCommit(TxnOffsetCommitRequest),
    /// The request of DescribeAcls.
    DescribeAcls(DescribeAclsRequest),
    /// The request of CreateAcls.
    CreateAcls(CreateAclsRequest),
    /// The request of DeleteAcls.
    DeleteAcls(DeleteAclsRequest),
    /// The request of DescribeConfigs.
    DescribeConfigs(DescribeConfigsRequest),
    /// The request of AlterConfigs.
    AlterConfigs(AlterConfigsRequest),
    /// The request of AlterReplicaLogDirs.
    AlterReplicaLogDirs(AlterReplicaLogDirsRequest),
    /// The request of DescribeLogDirs.
    DescribeLogDirs(DescribeLogDirsRequest),
    /// The request of SaslAuthenticate.
    SaslAuthenticate(SaslAuthenticateRequest),
    /// The request of CreatePartitions.
    CreatePartitions(CreatePartitionsRequest),
    /// The request of CreateDelegationToken.
    CreateDelegationToken(CreateDelegationTokenRequest),
    /// The request of RenewDelegationToken.
    RenewDelegationToken(RenewDelegationTokenRequest),
    /// The request of ExpireDelegationToken.
    ExpireDelegationToken(ExpireDelegationTokenRequest),
    /// The request of DescribeDelegationToken.
    DescribeDelegationToken(DescribeDelegationTokenRequest),
    /// The request of DeleteGroups.
    DeleteGroups(DeleteGroupsRequest),
    /// The request of ElectLeaders.
    ElectLeaders(ElectLeadersRequest),
    /// The request of IncrementalAlterConfigs.
    IncrementalAlterConfigs(IncrementalAlterConfigsRequest),
    /// The request of AlterPartitionReassignments.
    AlterPartitionReassignments(AlterPartitionReassignmentsRequest),
    /// The request of ListPartitionReassignments.
    ListPartitionReassignments(ListPartitionReassignmentsRequest),
    /// The request of OffsetDelete.
    OffsetDelete(OffsetDeleteRequest),
    /// The request of DescribeClientQuotas.
    DescribeClientQuotas(DescribeClientQuotasRequest),
    /// The request of AlterClientQuotas.
    AlterClientQuotas(AlterClientQuotasRequest),
    /// The request of DescribeUserScramCredentials.
    DescribeUserScramCredentials(DescribeUserScramCredentialsRequest),
    /// The request of AlterUserScramCredentials.
    AlterUserScramCredentials(AlterUserScramCredentialsRequest),
    /// The request of DescribeQuorum.
    DescribeQuorum(DescribeQuorumRequest),
    /// The request of UpdateFeatures.
    UpdateFeatures(UpdateFeaturesRequest),
    /// The request of DescribeCluster.
    DescribeCluster(DescribeClusterRequest),
    /// The request of DescribeProducers.
    DescribeProducers(DescribeProducersRequest),
    /// The request of DescribeTransactions.
    DescribeTransactions(DescribeTransactionsRequest),
    /// The request of ListTransactions.
    ListTransactions(ListTransactionsRequest),
    /// The request of ConsumerGroupHeartbeat.
    ConsumerGroupHeartbeat(ConsumerGroupHeartbeatRequest),
    /// The request of ConsumerGroupDescribe.
    ConsumerGroupDescribe(ConsumerGroupDescribeRequest),
    /// The request of GetTelemetrySubscriptions.
    GetTelemetrySubscriptions(GetTelemetrySubscriptionsRequest),
    /// The request of PushTelemetry.
    PushTelemetry(PushTelemetryRequest),
    /// The request of ListConfigResources.
    ListConfigResources(ListConfigResourcesRequest),
    /// The request of DescribeTopicPartitions.
    DescribeTopicPartitions(DescribeTopicPartitionsRequest),
    /// The request of ShareGroupHeartbeat.
    ShareGroupHeartbeat(ShareGroupHeartbeatRequest),
    /// The request of ShareGroupDescribe.
    ShareGroupDescribe(ShareGroupDescribeRequest),
    /// The request of ShareFetch.
    ShareFetch(ShareFetchRequest),
    /// The request of ShareAcknowledge.
    ShareAcknowledge(ShareAcknowledgeRequest),
    /// The request of StreamsGroupHeartbeat.
    StreamsGroupHeartbeat(StreamsGroupHeartbeatRequest),
    /// The request of StreamsGroupDescribe.
    StreamsGroupDescribe(StreamsGroupDescribeRequest),
    /// The request of DescribeShareGroupOffsets.
    DescribeShareGroupOffsets(DescribeShareGroupOffsetsRequest),
    /// The request of AlterShareGroupOffsets.
    AlterShareGroupOffsets(AlterShareGroupOffsetsRequest),
    /// The request of DeleteShareGroupOffsets.
    DeleteShareGroupOffsets(DeleteShareGroupOffsetsRequest),
}

impl Request {
    /// The API that it is of.
    pub fn api_key(&self) -> ApiKey {
        match self {
            Request::Produce(_) => ApiKey::Produce,
            Request::Fetch(_) => ApiKey::Fetch,
            Request::ListOffsets(_) => ApiKey::ListOffsets,
            Request::Metadata(_) => ApiKey::Metadata,
            Request::OffsetCommit(_) => ApiKey::OffsetCommit,
            Request::OffsetFetch(_) => ApiKey::OffsetFetch,
            Request::FindCoordinator(_) => ApiKey::FindCoordinator,
            Request::JoinGroup(_) => ApiKey::JoinGroup,
            Request::Heartbeat(_) => ApiKey::Heartbeat,
            Request::LeaveGroup(_) => ApiKey::LeaveGroup,
            Request::SyncGroup(_) => ApiKey::SyncGroup,
            Request::DescribeGroups(_) => ApiKey::DescribeGroups,
            Request::ListGroups(_) => ApiKey::ListGroups,
            Request::SaslHandshake(_) => ApiKey::SaslHandshake,
            Request::ApiVersions(_) => ApiKey::ApiVersions,
            Request::CreateTopics(_) => ApiKey::CreateTopics,
            Request::DeleteTopics(_) => ApiKey::DeleteTopics,
            Request::DeleteRecords(_) => ApiKey::DeleteRecords,
            Request::InitProducerId(_) => ApiKey::InitProducerId,
            Request::OffsetForLeaderEpoch(_) => ApiKey::OffsetForLeaderEpoch,
            Request::AddPartitionsToTxn(_) => ApiKey::AddPartitionsToTxn,
            Request::AddOffsetsToTxn(_) => ApiKey::AddOffsetsToTxn,
            Request::EndTxn(_) => ApiKey::EndTxn,
            Request::WriteTxnMarkers(_) => ApiKey::WriteTxnMarkers,
            Request::TxnOffsetCommit(_) => ApiKey::TxnOffsetCommit,
            Request::DescribeAcls(_) => ApiKey::DescribeAcls,
            Request::CreateAcls(_) => ApiKey::CreateAcls,
            Request::DeleteAcls(_) => ApiKey::DeleteAcls,
            Request::DescribeConfigs(_) => ApiKey::DescribeConfigs,
            Request::AlterConfigs(_) => ApiKey::AlterConfigs,
            Request::AlterReplicaLogDirs(_) => ApiKey::AlterReplicaLogDirs,
            Request::DescribeLogDirs(_) => ApiKey::DescribeLogDirs,
            Request::SaslAuthenticate(_) => ApiKey::SaslAuthenticate,
            Request::CreatePartitions(_) => ApiKey::CreatePartitions,
            Request::CreateDelegationToken(_) => ApiKey::CreateDelegationToken,
            Request::RenewDelegationToken(_) => ApiKey::RenewDelegationToken,
            Request::ExpireDelegationToken(_) => ApiKey::ExpireDelegationToken,
            Request::DescribeDelegationToken(_) => ApiKey::DescribeDelegationToken,
            Request::DeleteGroups(_) => ApiKey::DeleteGroups,
            Request::ElectLeaders(_) => ApiKey::ElectLeaders,
            Request::IncrementalAlterConfigs(_) => ApiKey::IncrementalAlterConfigs,
            Request::AlterPartitionReassignments(_) => ApiKey::AlterPartitionReassignments,
            Request::ListPartitionReassignments(_) => ApiKey::ListPartitionReassignments,
            Request::OffsetDelete(_) => ApiKey::OffsetDelete,
            Request::DescribeClientQuotas(_) => ApiKey::DescribeClientQuotas,
            Request::AlterClientQuotas(_) => ApiKey::AlterClientQuotas,
            Request::DescribeUserScramCredentials(_) => ApiKey::DescribeUserScramCredentials,
            Request::AlterUserScramCredentials(_) => ApiKey::AlterUserScramCredentials,
            Request::DescribeQuorum(_) => ApiKey::DescribeQuorum,
            Request::UpdateFeatures(_) => ApiKey::UpdateFeatures,
            Request::DescribeCluster(_) => ApiKey::DescribeCluster,
            Request::DescribeProducers(_) => ApiKey::DescribeProducers,
            Request::DescribeTransactions(_) => ApiKey::DescribeTransactions,
            Request::ListTransactions(_) => ApiKey::ListTransactions,
            Request::ConsumerGroupHeartbeat(_) => ApiKey::ConsumerGroupHeartbeat,
            Request::ConsumerGroupDescribe(_) => ApiKey::ConsumerGroupDescribe,
            Request::GetTelemetrySubscriptions(_) => ApiKey::GetTelemetrySubscriptions,
            Request::PushTelemetry(_) => ApiKey::PushTelemetry,
            Request::ListConfigResources(_) => ApiKey::ListConfigResources,
            Request::DescribeTopicPartitions(_) => ApiKey::DescribeTopicPartitions,
            Request::ShareGroupHeartbeat(_) => ApiKey::ShareGroupHeartbeat,
            Request::ShareGroupDescribe(_) => ApiKey::ShareGroupDescribe,
            Request::ShareFetch(_) => ApiKey::ShareFetch,
            Request::ShareAcknowledge(_) => ApiKey::ShareAcknowledge,
            Request::StreamsGroupHeartbeat(_) => ApiKey::StreamsGroupHeartbeat,
            Request::StreamsGroupDescribe(_) => ApiKey::StreamsGroupDescribe,
            Request::DescribeShareGroupOffsets(_) => ApiKey::DescribeShareGroupOffsets,
            Request::AlterShareGroupOffsets(_) => ApiKey::AlterShareGroupOffsets,
            Request::DeleteShareGroupOffsets(_) => ApiKey::DeleteShareGroupOffsets,
        }
    }

    /// Reads the request of an API in a version, from behind its header.
    pub fn decode(api_key: ApiKey, reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        Ok(match api_key {
            ApiKey::Produce => Request::Produce(ProduceRequest::decode(reader, version)?),
            ApiKey::Fetch => Request::Fetch(FetchRequest::decode(reader, version)?),
            ApiKey::ListOffsets => Request::ListOffsets(ListOffsetsRequest::decode(reader, version)?),
            ApiKey::Metadata => Request::Metadata(MetadataRequest::decode(reader, version)?),
            ApiKey::OffsetCommit => Request::OffsetCommit(OffsetCommitRequest::decode(reader, version)?),
            ApiKey::OffsetFetch => Request::OffsetFetch(OffsetFetchRequest::decode(reader, version)?),
            ApiKey::FindCoordinator => {
                Request::FindCoordinator(FindCoordinatorRequest::decode(reader, version)?)
            }
            ApiKey::JoinGroup => Request::JoinGroup(JoinGroupRequest::decode(reader, version)?),
            ApiKey::Heartbeat => Request::Heartbeat(HeartbeatRequest::decode(reader, version)?),
            ApiKey::LeaveGroup => Request::LeaveGroup(LeaveGroupRequest::decode(reader, version)?),
            ApiKey::SyncGroup => Request::SyncGroup(SyncGroupRequest::decode(reader, version)?),
            ApiKey::DescribeGroups => {
                Request::DescribeGroups(DescribeGroupsRequest::decode(reader, version)?)
            }
            ApiKey::ListGroups => Request::ListGroups(ListGroupsRequest::decode(reader, version)?),
            ApiKey::SaslHandshake => Request::SaslHandshake(SaslHandshakeRequest::decode(reader, version)?),
            ApiKey::ApiVersions => Request::ApiVersions(ApiVersionsRequest::decode(reader, version)?),
            ApiKey::CreateTopics => Request::CreateTopics(CreateTopicsRequest::decode(reader, version)?),
            ApiKey::DeleteTopics => Request::DeleteTopics(DeleteTopicsRequest::decode(reader, version)?),
            ApiKey::DeleteRecords => Request::DeleteRecords(DeleteRecordsRequest::decode(reader, version)?),
            ApiKey::InitProducerId => {
                Request::InitProducerId(InitProducerIdRequest::decode(reader, version)?)
            }
            ApiKey::OffsetForLeaderEpoch => {
                Request::OffsetForLeaderEpoch(OffsetForLeaderEpochRequest::decode(reader, version)?)
            }
            ApiKey::AddPartitionsToTxn => {
                Request::AddPartitionsToTxn(AddPartitionsToTxnRequest::decode(reader, version)?)
            }
            ApiKey::AddOffsetsToTxn => {
                Request::AddOffsetsToTxn(AddOffsetsToTxnRequest::decode(reader, version)?)
            }
            ApiKey::EndTxn => Request::EndTxn(EndTxnRequest::decode(reader, version)?),
            ApiKey::WriteTxnMarkers => {
                Request::WriteTxnMarkers(WriteTxnMarkersRequest::decode(reader, version)?)
            }
            ApiKey::TxnOffsetCommit => {
                Request::TxnOffsetCommit(TxnOffsetCommitRequest::decode(reader, version)?)
            }
            ApiKey::DescribeAcls => Request::DescribeAcls(DescribeAclsRequest::decode(reader, version)?),
            ApiKey::CreateAcls => Request::CreateAcls(CreateAclsRequest::decode(reader, version)?),
            ApiKey::DeleteAcls => Request::DeleteAcls(DeleteAclsRequest::decode(reader, version)?),
            ApiKey::DescribeConfigs => {
                Request::DescribeConfigs(DescribeConfigsRequest::decode(reader, version)?)
            }
            ApiKey::AlterConfigs => Request::AlterConfigs(AlterConfigsRequest::decode(reader, version)?),
            ApiKey::AlterReplicaLogDirs => {
                Request::AlterReplicaLogDirs(AlterReplicaLogDirsRequest::decode(reader, version)?)
            }
            ApiKey::DescribeLogDirs => {
                Request::DescribeLogDirs(DescribeLogDirsRequest::decode(reader, version)?)
            }
            ApiKey::SaslAuthenticate => {
                Request::SaslAuthenticate(SaslAuthenticateRequest::decode(reader, version)?)
            }
            ApiKey::CreatePartitions => {
                Request::CreatePartitions(CreatePartitionsRequest::decode(reader, version)?)
            }
            ApiKey::CreateDelegationToken => {
                Request::CreateDelegationToken(CreateDelegationTokenRequest::decode(reader, version)?)
            }
            ApiKey::RenewDelegationToken => {
                Request::RenewDelegationToken(RenewDelegationTokenRequest::decode(reader, version)?)
            }
            ApiKey::ExpireDelegationToken => {
                Request::ExpireDelegationToken(ExpireDelegationTokenRequest::decode(reader, version)?)
            }
            ApiKey::DescribeDelegationToken => {
                Request::DescribeDelegationToken(DescribeDelegationTokenRequest::decode(reader, version)?)
            }
            ApiKey::DeleteGroups => Request::DeleteGroups(DeleteGroupsRequest::decode(reader, version)?),
            ApiKey::ElectLeaders => Request::ElectLeaders(ElectLeadersRequest::decode(reader, version)?),
            ApiKey::IncrementalAlterConfigs => {
                Request::IncrementalAlterConfigs(IncrementalAlterConfigsRequest::decode(reader, version)?)
            }
            ApiKey::AlterPartitionReassignments => Request::AlterPartitionReassignments(
                AlterPartitionReassignmentsRequest::decode(reader, version)?,
            ),
            ApiKey::ListPartitionReassignments => Request::ListPartitionReassignments(
                ListPartitionReassignmentsRequest::decode(reader, version)?,
            ),
            ApiKey::OffsetDelete => Request::OffsetDelete(OffsetDeleteRequest::decode(reader, version)?),
            ApiKey::DescribeClientQuotas => {
                Request::DescribeClientQuotas(DescribeClientQuotasRequest::decode(reader, version)?)
            }
            ApiKey::AlterClientQuotas => {
                Request::AlterClientQuotas(AlterClientQuotasRequest::decode(reader, version)?)
            }
            ApiKey::DescribeUserScramCredentials => Request::DescribeUserScramCredentials(
                DescribeUserScramCredentialsRequest::decode(reader, version)?,
            ),
            ApiKey::AlterUserScramCredentials => {
                Request::AlterUserScramCredentials(AlterUserScramCredentialsRequest::decode(reader, version)?)
            }
            ApiKey::DescribeQuorum => {
                Request::DescribeQuorum(DescribeQuorumRequest::decode(reader, version)?)
            }
            ApiKey::UpdateFeatures => {
                Request::UpdateFeatures(UpdateFeaturesRequest::decode(reader, version)?)
            }
            ApiKey::DescribeCluster => {
                Request::DescribeCluster(DescribeClusterRequest::decode(reader, version)?)
            }
            ApiKey::DescribeProducers => {
                Request::DescribeProducers(DescribeProducersRequest::decode(reader, version)?)
            }
            ApiKey::DescribeTransactions => {
                Request::DescribeTransactions(DescribeTransactionsRequest::decode(reader, version)?)
            }
            ApiKey::ListTransactions => {
                Request::ListTransactions(ListTransactionsRequest::decode(reader, version)?)
            }
            ApiKey::ConsumerGroupHeartbeat => {
                Request::ConsumerGroupHeartbeat(ConsumerGroupHeartbeatRequest::decode(reader, version)?)
            }
            ApiKey::ConsumerGroupDescribe => {
                Request::ConsumerGroupDescribe(ConsumerGroupDescribeRequest::decode(reader, version)?)
            }
            ApiKey::GetTelemetrySubscriptions => {
                Request::GetTelemetrySubscriptions(GetTelemetrySubscriptionsRequest::decode(reader, version)?)
            }
            ApiKey::PushTelemetry => Request::PushTelemetry(PushTelemetryRequest::decode(reader, version)?),
            ApiKey::ListConfigResources => {
                Request::ListConfigResources(ListConfigResourcesRequest::decode(reader, version)?)
            }
            ApiKey::DescribeTopicPartitions => {
                Request::DescribeTopicPartitions(DescribeTopicPartitionsRequest::decode(reader, version)?)
            }
            ApiKey::ShareGroupHeartbeat => {
                Request::ShareGroupHeartbeat(ShareGroupHeartbeatRequest::decode(reader, version)?)
            }
            ApiKey::ShareGroupDescribe => {
                Request::ShareGroupDescribe(ShareGroupDescribeRequest::decode(reader, version)?)
            }
            ApiKey::ShareFetch => Request::ShareFetch(ShareFetchRequest::decode(reader, version)?),
            ApiKey::ShareAcknowledge => {
                Request::ShareAcknowledge(ShareAcknowledgeRequest::decode(reader, version)?)
            }
            ApiKey::StreamsGroupHeartbeat => {
                Request::StreamsGroupHeartbeat(StreamsGroupHeartbeatRequest::decode(reader, version)?)
            }
            ApiKey::StreamsGroupDescribe => {
                Request::StreamsGroupDescribe(StreamsGroupDescribeRequest::decode(reader, version)?)
            }
            ApiKey::DescribeShareGroupOffsets => {
                Request::DescribeShareGroupOffsets(DescribeShareGroupOffsetsRequest::decode(reader, version)?)
            }
            ApiKey::AlterShareGroupOffsets => {
                Request::AlterShareGroupOffsets(AlterShareGroupOffsetsRequest::decode(reader, version)?)
            }
            ApiKey::DeleteShareGroupOffsets => {
                Request::DeleteShareGroupOffsets(DeleteShareGroupOffsetsRequest::decode(reader, version)?)
            }
        })
    }

    /// Writes the request in a version, without its header.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        match self {
            Request::Produce(message) => message.encode(writer, version),
            Request::Fetch(message) => message.encode(writer, version),
            Request::ListOffsets(message) => message.encode(writer, version),
            Request::Metadata(message) => message.encode(writer, version),
            Request::OffsetCommit(message) => message.encode(writer, version),
            Request::OffsetFetch(message) => message.encode(writer, version),
            Request::FindCoordinator(message) => message.encode(writer, version),
            Request::JoinGroup(message) => message.encode(writer, version),
            Request::Heartbeat(message) => message.encode(writer, version),
            Request::LeaveGroup(message) => message.encode(writer, version),
            Request::SyncGroup(message) => message.encode(writer, version),
            Request::DescribeGroups(message) => message.encode(writer, version),
            Request::ListGroups(message) => message.encode(writer, version),
            Request::SaslHandshake(message) => message.encode(writer, version),
            Request::ApiVersions(message) => message.encode(writer, version),
            Request::CreateTopics(message) => message.encode(writer, version),
            Request::DeleteTopics(message) => message.encode(writer, version),
            Request::DeleteRecords(message) => message.encode(writer, version),
            Request::InitProducerId(message) => message.encode(writer, version),
            Request::OffsetForLeaderEpoch(message) => message.encode(writer, version),
            Request::AddPartitionsToTxn(message) => message.encode(writer, version),
            Request::AddOffsetsToTxn(message) => message.encode(writer, version),
            Request::EndTxn(message) => message.encode(writer, version),
            Request::WriteTxnMarkers(message) => message.encode(writer, version),
            Request::TxnOffsetCommit(message) => message.encode(writer, version),
            Request::DescribeAcls(message) => message.encode(writer, version),
            Request::CreateAcls(message) => message.encode(writer, version),
            Request::DeleteAcls(message) => message.encode(writer, version),
            Request::DescribeConfigs(message) => message.encode(writer, version),
            Request::AlterConfigs(message) => message.encode(writer, version),
            Request::AlterReplicaLogDirs(message) => message.encode(writer, version),
            Request::DescribeLogDirs(message) => message.encode(writer, version),
            Request::SaslAuthenticate(message) => message.encode(writer, version),
            Request::CreatePartitions(message) => message.encode(writer, version),
            Request::CreateDelegationToken(message) => message.encode(writer, version),
            Request::RenewDelegationToken(message) => message.encode(writer, version),
            Request::ExpireDelegationToken(message) => message.encode(writer, version),
            Request::DescribeDelegationToken(message) => message.encode(writer, version),
            Request::DeleteGroups(message) => message.encode(writer, version),
            Request::ElectLeaders(message) => message.encode(writer, version),
            Request::IncrementalAlterConfigs(message) => message.encode(writer, version),
            Request::AlterPartitionReassignments(message) => message.encode(writer, version),
            Request::ListPartitionReassignments(message) => message.encode(writer, version),
            Request::OffsetDelete(message) => message.encode(writer, version),
            Request::DescribeClientQuotas(message) => message.encode(writer, version),
            Request::AlterClientQuotas(message) => message.encode(writer, version),
            Request::DescribeUserScramCredentials(message) => message.encode(writer, version),
            Request::AlterUserScramCredentials(message) => message.encode(writer, version),
            Request::DescribeQuorum(message) => message.encode(writer, version),
            Request::UpdateFeatures(message) => message.encode(writer, version),
            Request::DescribeCluster(message) => message.encode(writer, version),
            Request::DescribeProducers(message) => message.encode(writer, version),
            Request::DescribeTransactions(message) => message.encode(writer, version),
            Request::ListTransactions(message) => message.encode(writer, version),
            Request::ConsumerGroupHeartbeat(message) => message.encode(writer, version),
            Request::ConsumerGroupDescribe(message) => message.encode(writer, version),
            Request::GetTelemetrySubscriptions(message) => message.encode(writer, version),
            Request::PushTelemetry(message) => message.encode(writer, version),
            Request::ListConfigResources(message) => message.encode(writer, version),
            Request::DescribeTopicPartitions(message) => message.encode(writer, version),
            Request::ShareGroupHeartbeat(message) => message.encode(writer, version),
            Request::ShareGroupDescribe(message) => message.encode(writer, version),
            Request::ShareFetch(message) => message.encode(writer, version),
            Request::ShareAcknowledge(message) => message.encode(writer, version),
            Request::StreamsGroupHeartbeat(message) => message.encode(writer, version),
            Request::StreamsGroupDescribe(message) => message.encode(writer, version),
            Request::DescribeShareGroupOffsets(message) => message.encode(writer, version),
            Request::AlterShareGroupOffsets(message) => message.encode(writer, version),
            Request::DeleteShareGroupOffsets(message) => message.encode(writer, version),
        }
    }
}

impl From<ProduceRequest> for Request {
    fn from(message: ProduceRequest) -> Self {
        Request::Produce(message)
    }
}

impl From<FetchRequest> for Request {
    fn from(message: FetchRequest) -> Self {
        Request::Fetch(message)
    }
}

impl From<ListOffsetsRequest> for Request {
    fn from(message: ListOffsetsRequest) -> Self {
        Request::ListOffsets(message)
    }
}

impl From<MetadataRequest> for Request {
    fn from(message: MetadataRequest) -> Self {
        Request::Metadata(message)
    }
}

impl From<OffsetCommitRequest> for Request {
    fn from(message: OffsetCommitRequest) -> Self {
        Request::OffsetCommit(message)
    }
}

impl From<OffsetFetchRequest> for Request {
    fn from(message: OffsetFetchRequest) -> Self {
        Request::OffsetFetch(message)
    }
}

impl From<FindCoordinatorRequest> for Request {
    fn from(message: FindCoordinatorRequest) -> Self {
        Request::FindCoordinator(message)
    }
}

impl From<JoinGroupRequest> for Request {
    fn from(message: JoinGroupRequest) -> Self {
        Request::JoinGroup(message)
    }
}

impl From<HeartbeatRequest> for Request {
    fn from(message: HeartbeatRequest) -> Self {
        Request::Heartbeat(message)
    }
}

impl From<LeaveGroupRequest> for Request {
    fn from(message: LeaveGroupRequest) -> Self {
        Request::LeaveGroup(message)
    }
}

impl From<SyncGroupRequest> for Request {
    fn from(message: SyncGroupRequest) -> Self {
        Request::SyncGroup(message)
    }
}

impl From<DescribeGroupsRequest> for Request {
    fn from(message: DescribeGroupsRequest) -> Self {
        Request::DescribeGroups(message)
    }
}

impl From<ListGroupsRequest> for Request {
    fn from(message: ListGroupsRequest) -> Self {
        Request::ListGroups(message)
    }
}

impl From<SaslHandshakeRequest> for Request {
    fn from(message: SaslHandshakeRequest) -> Self {
        Request::SaslHandshake(message)
    }
}

impl From<ApiVersionsRequest> for Request {
    fn from(message: ApiVersionsRequest) -> Self {
        Request::ApiVersions(message)
    }
}

impl From<CreateTopicsRequest> for Request {
    fn from(message: CreateTopicsRequest) -> Self {
        Request::CreateTopics(message)
    }
}

impl From<DeleteTopicsRequest> for Request {
    fn from(message: DeleteTopicsRequest) -> Self {
        Request::DeleteTopics(message)
    }
}

impl From<DeleteRecordsRequest> for Request {
    fn from(message: DeleteRecordsRequest) -> Self {
        Request::DeleteRecords(message)
    }
}

impl From<InitProducerIdRequest> for Request {
    fn from(message: InitProducerIdRequest) -> Self {
        Request::InitProducerId(message)
    }
}

impl From<OffsetForLeaderEpochRequest> for Request {
    fn from(message: OffsetForLeaderEpochRequest) -> Self {
        Request::OffsetForLeaderEpoch(message)
    }
}

impl From<AddPartitionsToTxnRequest> for Request {
    fn from(message: AddPartitionsToTxnRequest) -> Self {
        Request::AddPartitionsToTxn(message)
    }
}

impl From<AddOffsetsToTxnRequest> for Request {
    fn from(message: AddOffsetsToTxnRequest) -> Self {
        Request::AddOffsetsToTxn(message)
    }
}

impl From<EndTxnRequest> for Request {
    fn from(message: EndTxnRequest) -> Self {
        Request::EndTxn(message)
    }
}

impl From<WriteTxnMarkersRequest> for Request {
    fn from(message: WriteTxnMarkersRequest) -> Self {
        Request::WriteTxnMarkers(message)
    }
}

impl From<TxnOffsetCommitRequest> for Request {
    fn from(message: TxnOffsetCommitRequest) -> Self {
        Request::TxnOffsetCommit(message)
    }
}

impl From<DescribeAclsRequest> for Request {
    fn from(message: DescribeAclsRequest) -> Self {
        Request::DescribeAcls(message)
    }
}

impl From<CreateAclsRequest> for Request {
    fn from(message: CreateAclsRequest) -> Self {
        Request::CreateAcls(message)
    }
}

impl From<DeleteAclsRequest> for Request {
    fn from(message: DeleteAclsRequest) -> Self {
        Request::DeleteAcls(message)
    }
}

impl From<DescribeConfigsRequest> for Request {
    fn from(message: DescribeConfigsRequest) -> Self {
        Request::DescribeConfigs(message)
    }
}

impl From<AlterConfigsRequest> for Request {
    fn from(message: AlterConfigsRequest) -> Self {
        Request::AlterConfigs(message)
    }
}

impl From<AlterReplicaLogDirsRequest> for Request {
    fn from(message: AlterReplicaLogDirsRequest) -> Self {
        Request::AlterReplicaLogDirs(message)
    }
}

impl From<DescribeLogDirsRequest> for Request {
    fn from(message: DescribeLogDirsRequest) -> Self {
        Request::DescribeLogDirs(message)
    }
}

impl From<SaslAuthenticateRequest> for Request {
    fn from(message: SaslAuthenticateRequest) -> Self {
        Request::SaslAuthenticate(message)
    }
}

impl From<CreatePartitionsRequest> for Request {
    fn from(message: CreatePartitionsRequest) -> Self {
        Request::CreatePartitions(message)
    }
}

impl From<CreateDelegationTokenRequest> for Request {
    fn from(message: CreateDelegationTokenRequest) -> Self {
        Request::CreateDelegationToken(message)
    }
}

impl From<RenewDelegationTokenRequest> for Request {
    fn from(message: RenewDelegationTokenRequest) -> Self {
        Request::RenewDelegationToken(message)
    }
}

impl From<ExpireDelegationTokenRequest> for Request {
    fn from(message: ExpireDelegationTokenRequest) -> Self {
        Request::ExpireDelegationToken(message)
    }
}

impl From<DescribeDelegationTokenRequest> for Request {
    fn from(message: DescribeDelegationTokenRequest) -> Self {
        Request::DescribeDelegationToken(message)
    }
}

impl From<DeleteGroupsRequest> for Request {
    fn from(message: DeleteGroupsRequest) -> Self {
        Request::DeleteGroups(message)
    }
}

impl From<ElectLeadersRequest> for Request {
    fn from(message: ElectLeadersRequest) -> Self {
        Request::ElectLeaders(message)
    }
}

impl From<IncrementalAlterConfigsRequest> for Request {
    fn from(message: IncrementalAlterConfigsRequest) -> Self {
        Request::IncrementalAlterConfigs(message)
    }
}

impl From<AlterPartitionReassignmentsRequest> for Request {
    fn from(message: AlterPartitionReassignmentsRequest) -> Self {
        Request::AlterPartitionReassignments(message)
    }
}

impl From<ListPartitionReassignmentsRequest> for Request {
    fn from(message: ListPartitionReassignmentsRequest) -> Self {
        Request::ListPartitionReassignments(message)
    }
}

impl From<OffsetDeleteRequest> for Request {
    fn from(message: OffsetDeleteRequest) -> Self {
        Request::OffsetDelete(message)
    }
}

impl From<DescribeClientQuotasRequest> for Request {
    fn from(message: DescribeClientQuotasRequest) -> Self {
        Request::DescribeClientQuotas(message)
    }
}

impl From<AlterClientQuotasRequest> for Request {
    fn from(message: AlterClientQuotasRequest) -> Self {
        Request::AlterClientQuotas(message)
    }
}

impl From<DescribeUserScramCredentialsRequest> for Request {
    fn from(message: DescribeUserScramCredentialsRequest) -> Self {
        Request::DescribeUserScramCredentials(message)
    }
}

impl From<AlterUserScramCredentialsRequest> for Request {
    fn from(message: AlterUserScramCredentialsRequest) -> Self {
        Request::AlterUserScramCredentials(message)
    }
}

impl From<DescribeQuorumRequest> for Request {
    fn from(message: DescribeQuorumRequest) -> Self {
        Request::DescribeQuorum(message)
    }
}

impl From<UpdateFeaturesRequest> for Request {
    fn from(message: UpdateFeaturesRequest) -> Self {
        Request::UpdateFeatures(message)
    }
}

impl From<DescribeClusterRequest> for Request {
    fn from(message: DescribeClusterRequest) -> Self {
        Request::DescribeCluster(message)
    }
}

impl From<DescribeProducersRequest> for Request {
    fn from(message: DescribeProducersRequest) -> Self {
        Request::DescribeProducers(message)
    }
}

impl From<DescribeTransactionsRequest> for Request {
    fn from(message: DescribeTransactionsRequest) -> Self {
        Request::DescribeTransactions(message)
    }
}

impl From<ListTransactionsRequest> for Request {
    fn from(message: ListTransactionsRequest) -> Self {
        Request::ListTransactions(message)
    }
}

impl From<ConsumerGroupHeartbeatRequest> for Request {
    fn from(message: ConsumerGroupHeartbeatRequest) -> Self {
        Request::ConsumerGroupHeartbeat(message)
    }
}

impl From<ConsumerGroupDescribeRequest> for Request {
    fn from(message: ConsumerGroupDescribeRequest) -> Self {
        Request::ConsumerGroupDescribe(message)
    }
}

impl From<GetTelemetrySubscriptionsRequest> for Request {
    fn from(message: GetTelemetrySubscriptionsRequest) -> Self {
        Request::GetTelemetrySubscriptions(message)
    }
}

impl From<PushTelemetryRequest> for Request {
    fn from(message: PushTelemetryRequest) -> Self {
        Request::PushTelemetry(message)
    }
}

impl From<ListConfigResourcesRequest> for Request {
    fn from(message: ListConfigResourcesRequest) -> Self {
        Request::ListConfigResources(message)
    }
}

impl From<DescribeTopicPartitionsRequest> for Request {
    fn from(message: DescribeTopicPartitionsRequest) -> Self {
        Request::DescribeTopicPartitions(message)
    }
}

impl From<ShareGroupHeartbeatRequest> for Request {
    fn from(message: ShareGroupHeartbeatRequest) -> Self {
        Request::ShareGroupHeartbeat(message)
    }
}

impl From<ShareGroupDescribeRequest> for Request {
    fn from(message: ShareGroupDescribeRequest) -> Self {
        Request::ShareGroupDescribe(message)
    }
}

impl From<ShareFetchRequest> for Request {
    fn from(message: ShareFetchRequest) -> Self {
        Request::ShareFetch(message)
    }
}

impl From<ShareAcknowledgeRequest> for Request {
    fn from(message: ShareAcknowledgeRequest) -> Self {
        Request::ShareAcknowledge(message)
    }
}

impl From<StreamsGroupHeartbeatRequest> for Request {
    fn from(message: StreamsGroupHeartbeatRequest) -> Self {
        Request::StreamsGroupHeartbeat(message)
    }
}

impl From<StreamsGroupDescribeRequest> for Request {
    fn from(message: StreamsGroupDescribeRequest) -> Self {
        Request::StreamsGroupDescribe(message)
    }
}

impl From<DescribeShareGroupOffsetsRequest> for Request {
    fn from(message: DescribeShareGroupOffsetsRequest) -> Self {
        Request::DescribeShareGroupOffsets(message)
    }
}

impl From<AlterShareGroupOffsetsRequest> for Request {
    fn from(message: AlterShareGroupOffsetsRequest) -> Self {
        Request::AlterShareGroupOffsets(message)
    }
}

impl From<DeleteShareGroupOffsetsRequest> for Request {
    fn from(message: DeleteShareGroupOffsetsRequest) -> Self {
        Request::DeleteShareGroupOffsets(message)
    }
}
