// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! Every response as one type.

#[cfg(feature = "client")]
use crate::error::DecodeError;
use crate::error::EncodeError;
use crate::messages::api_key::ApiKey;
#[cfg(feature = "client")]
use crate::reader::Reader;
use crate::writer::Writer;

use super::add_offsets_to_txn::AddOffsetsToTxnResponse;
use super::add_partitions_to_txn::AddPartitionsToTxnResponse;
use super::alter_client_quotas::AlterClientQuotasResponse;
use super::alter_configs::AlterConfigsResponse;
use super::alter_partition_reassignments::AlterPartitionReassignmentsResponse;
use super::alter_replica_log_dirs::AlterReplicaLogDirsResponse;
use super::alter_share_group_offsets::AlterShareGroupOffsetsResponse;
use super::alter_user_scram_credentials::AlterUserScramCredentialsResponse;
use super::api_versions::ApiVersionsResponse;
use super::consumer_group_describe::ConsumerGroupDescribeResponse;
use super::consumer_group_heartbeat::ConsumerGroupHeartbeatResponse;
use super::create_acls::CreateAclsResponse;
use super::create_delegation_token::CreateDelegationTokenResponse;
use super::create_partitions::CreatePartitionsResponse;
use super::create_topics::CreateTopicsResponse;
use super::delete_acls::DeleteAclsResponse;
use super::delete_groups::DeleteGroupsResponse;
use super::delete_records::DeleteRecordsResponse;
use super::delete_share_group_offsets::DeleteShareGroupOffsetsResponse;
use super::delete_topics::DeleteTopicsResponse;
use super::describe_acls::DescribeAclsResponse;
use super::describe_client_quotas::DescribeClientQuotasResponse;
use super::describe_cluster::DescribeClusterResponse;
use super::describe_configs::DescribeConfigsResponse;
use super::describe_delegation_token::DescribeDelegationTokenResponse;
use super::describe_groups::DescribeGroupsResponse;
use super::describe_log_dirs::DescribeLogDirsResponse;
use super::describe_producers::DescribeProducersResponse;
use super::describe_quorum::DescribeQuorumResponse;
use super::describe_share_group_offsets::DescribeShareGroupOffsetsResponse;
use super::describe_topic_partitions::DescribeTopicPartitionsResponse;
use super::describe_transactions::DescribeTransactionsResponse;
use super::describe_user_scram_credentials::DescribeUserScramCredentialsResponse;
use super::elect_leaders::ElectLeadersResponse;
use super::end_txn::EndTxnResponse;
use super::expire_delegation_token::ExpireDelegationTokenResponse;
use super::fetch::FetchResponse;
use super::find_coordinator::FindCoordinatorResponse;
use super::get_telemetry_subscriptions::GetTelemetrySubscriptionsResponse;
use super::heartbeat::HeartbeatResponse;
use super::incremental_alter_configs::IncrementalAlterConfigsResponse;
use super::init_producer_id::InitProducerIdResponse;
use super::join_group::JoinGroupResponse;
use super::leave_group::LeaveGroupResponse;
use super::list_config_resources::ListConfigResourcesResponse;
use super::list_groups::ListGroupsResponse;
use super::list_offsets::ListOffsetsResponse;
use super::list_partition_reassignments::ListPartitionReassignmentsResponse;
use super::list_transactions::ListTransactionsResponse;
use super::metadata::MetadataResponse;
use super::offset_commit::OffsetCommitResponse;
use super::offset_delete::OffsetDeleteResponse;
use super::offset_fetch::OffsetFetchResponse;
use super::offset_for_leader_epoch::OffsetForLeaderEpochResponse;
use super::produce::ProduceResponse;
use super::push_telemetry::PushTelemetryResponse;
use super::renew_delegation_token::RenewDelegationTokenResponse;
use super::sasl_authenticate::SaslAuthenticateResponse;
use super::sasl_handshake::SaslHandshakeResponse;
use super::share_acknowledge::ShareAcknowledgeResponse;
use super::share_fetch::ShareFetchResponse;
use super::share_group_describe::ShareGroupDescribeResponse;
use super::share_group_heartbeat::ShareGroupHeartbeatResponse;
use super::streams_group_describe::StreamsGroupDescribeResponse;
use super::streams_group_heartbeat::StreamsGroupHeartbeatResponse;
use super::sync_group::SyncGroupResponse;
use super::txn_offset_commit::TxnOffsetCommitResponse;
use super::update_features::UpdateFeaturesResponse;
use super::write_txn_markers::WriteTxnMarkersResponse;

/// A response of any API.
#[derive(Clone, Debug, PartialEq)]
pub enum Response {
    /// The response of Produce.
    Produce(ProduceResponse),
    /// The response of Fetch.
    Fetch(FetchResponse),
    /// The response of ListOffsets.
    ListOffsets(ListOffsetsResponse),
    /// The response of Metadata.
    Metadata(MetadataResponse),
    /// The response of OffsetCommit.
    OffsetCommit(OffsetCommitResponse),
    /// The response of OffsetFetch.
    OffsetFetch(OffsetFetchResponse),
    /// The response of FindCoordinator.
    FindCoordinator(FindCoordinatorResponse),
    /// The response of JoinGroup.
    JoinGroup(JoinGroupResponse),
    /// The response of Heartbeat.
    Heartbeat(HeartbeatResponse),
    /// The response of LeaveGroup.
    LeaveGroup(LeaveGroupResponse),
    /// The response of SyncGroup.
    SyncGroup(SyncGroupResponse),
    /// The response of DescribeGroups.
    DescribeGroups(DescribeGroupsResponse),
    /// The response of ListGroups.
    ListGroups(ListGroupsResponse),
    /// The response of SaslHandshake.
    SaslHandshake(SaslHandshakeResponse),
    /// The response of ApiVersions.
    ApiVersions(ApiVersionsResponse),
    /// The response of CreateTopics.
    CreateTopics(CreateTopicsResponse),
    /// The response of DeleteTopics.
    DeleteTopics(DeleteTopicsResponse),
    /// The response of DeleteRecords.
    DeleteRecords(DeleteRecordsResponse),
    /// The response of InitProducerId.
    InitProducerId(InitProducerIdResponse),
    /// The response of OffsetForLeaderEpoch.
    OffsetForLeaderEpoch(OffsetForLeaderEpochResponse),
    /// The response of AddPartitionsToTxn.
    AddPartitionsToTxn(AddPartitionsToTxnResponse),
    /// The response of AddOffsetsToTxn.
    AddOffsetsToTxn(AddOffsetsToTxnResponse),
    /// The response of EndTxn.
    EndTxn(EndTxnResponse),
    /// The response of WriteTxnMarkers.
    WriteTxnMarkers(WriteTxnMarkersResponse),
    /// The response of TxnOffsetCommit.
    TxnOffsetCommit(TxnOffsetCommitResponse),
    /// The response of DescribeAcls.
    DescribeAcls(DescribeAclsResponse),
    /// The response of CreateAcls.
    CreateAcls(CreateAclsResponse),
    /// The response of DeleteAcls.
    DeleteAcls(DeleteAclsResponse),
    /// The response of DescribeConfigs.
    DescribeConfigs(DescribeConfigsResponse),
    /// The response of AlterConfigs.
    AlterConfigs(AlterConfigsResponse),
    /// The response of AlterReplicaLogDirs.
    AlterReplicaLogDirs(AlterReplicaLogDirsResponse),
    /// The response of DescribeLogDirs.
    DescribeLogDirs(DescribeLogDirsResponse),
    /// The response of SaslAuthenticate.
    SaslAuthenticate(SaslAuthenticateResponse),
    /// The response of CreatePartitions.
    CreatePartitions(CreatePartitionsResponse),
    /// The response of CreateDelegationToken.
    CreateDelegationToken(CreateDelegationTokenResponse),
    /// The response of RenewDelegationToken.
    RenewDelegationToken(RenewDelegationTokenResponse),
    /// The response of ExpireDelegationToken.
    ExpireDelegationToken(ExpireDelegationTokenResponse),
    /// The response of DescribeDelegationToken.
    DescribeDelegationToken(DescribeDelegationTokenResponse),
    /// The response of DeleteGroups.
    DeleteGroups(DeleteGroupsResponse),
    /// The response of ElectLeaders.
    ElectLeaders(ElectLeadersResponse),
    /// The response of IncrementalAlterConfigs.
    IncrementalAlterConfigs(IncrementalAlterConfigsResponse),
    /// The response of AlterPartitionReassignments.
    AlterPartitionReassignments(AlterPartitionReassignmentsResponse),
    /// The response of ListPartitionReassignments.
    ListPartitionReassignments(ListPartitionReassignmentsResponse),
    /// The response of OffsetDelete.
    OffsetDelete(OffsetDeleteResponse),
    /// The response of DescribeClientQuotas.
    DescribeClientQuotas(DescribeClientQuotasResponse),
    /// The response of AlterClientQuotas.
    AlterClientQuotas(AlterClientQuotasResponse),
    /// The response of DescribeUserScramCredentials.
    DescribeUserScramCredentials(DescribeUserScramCredentialsResponse),
    /// The response of AlterUserScramCredentials.
    AlterUserScramCredentials(AlterUserScramCredentialsResponse),
    /// The response of DescribeQuorum.
    DescribeQuorum(DescribeQuorumResponse),
    /// The response of UpdateFeatures.
    UpdateFeatures(UpdateFeaturesResponse),
    /// The response of DescribeCluster.
    DescribeCluster(DescribeClusterResponse),
    /// The response of DescribeProducers.
    DescribeProducers(DescribeProducersResponse),
    /// The response of DescribeTransactions.
    DescribeTransactions(DescribeTransactionsResponse),
    /// The response of ListTransactions.
    ListTransactions(ListTransactionsResponse),
    /// The response of ConsumerGroupHeartbeat.
    ConsumerGroupHeartbeat(ConsumerGroupHeartbeatResponse),
    /// The response of ConsumerGroupDescribe.
    ConsumerGroupDescribe(ConsumerGroupDescribeResponse),
    /// The response of GetTelemetrySubscriptions.
    GetTelemetrySubscriptions(GetTelemetrySubscriptionsResponse),
    /// The response of PushTelemetry.
    PushTelemetry(PushTelemetryResponse),
    /// The response of ListConfigResources.
    ListConfigResources(ListConfigResourcesResponse),
    /// The response of DescribeTopicPartitions.
    DescribeTopicPartitions(DescribeTopicPartitionsResponse),
    /// The response of ShareGroupHeartbeat.
    ShareGroupHeartbeat(ShareGroupHeartbeatResponse),
    /// The response of ShareGroupDescribe.
    ShareGroupDescribe(ShareGroupDescribeResponse),
    /// The response of ShareFetch.
    ShareFetch(ShareFetchResponse),
    /// The response of ShareAcknowledge.
    ShareAcknowledge(ShareAcknowledgeResponse),
    /// The response of StreamsGroupHeartbeat.
    StreamsGroupHeartbeat(StreamsGroupHeartbeatResponse),
    /// The response of StreamsGroupDescribe.
    StreamsGroupDescribe(StreamsGroupDescribeResponse),
    /// The response of DescribeShareGroupOffsets.
    DescribeShareGroupOffsets(DescribeShareGroupOffsetsResponse),
    /// The response of AlterShareGroupOffsets.
    AlterShareGroupOffsets(AlterShareGroupOffsetsResponse),
    /// The response of DeleteShareGroupOffsets.
    DeleteShareGroupOffsets(DeleteShareGroupOffsetsResponse),
}

impl Response {
    /// The API that it is of.
    pub fn api_key(&self) -> ApiKey {
        match self {
            Response::Produce(_) => ApiKey::Produce,
            Response::Fetch(_) => ApiKey::Fetch,
            Response::ListOffsets(_) => ApiKey::ListOffsets,
            Response::Metadata(_) => ApiKey::Metadata,
            Response::OffsetCommit(_) => ApiKey::OffsetCommit,
            Response::OffsetFetch(_) => ApiKey::OffsetFetch,
            Response::FindCoordinator(_) => ApiKey::FindCoordinator,
            Response::JoinGroup(_) => ApiKey::JoinGroup,
            Response::Heartbeat(_) => ApiKey::Heartbeat,
            Response::LeaveGroup(_) => ApiKey::LeaveGroup,
            Response::SyncGroup(_) => ApiKey::SyncGroup,
            Response::DescribeGroups(_) => ApiKey::DescribeGroups,
            Response::ListGroups(_) => ApiKey::ListGroups,
            Response::SaslHandshake(_) => ApiKey::SaslHandshake,
            Response::ApiVersions(_) => ApiKey::ApiVersions,
            Response::CreateTopics(_) => ApiKey::CreateTopics,
            Response::DeleteTopics(_) => ApiKey::DeleteTopics,
            Response::DeleteRecords(_) => ApiKey::DeleteRecords,
            Response::InitProducerId(_) => ApiKey::InitProducerId,
            Response::OffsetForLeaderEpoch(_) => ApiKey::OffsetForLeaderEpoch,
            Response::AddPartitionsToTxn(_) => ApiKey::AddPartitionsToTxn,
            Response::AddOffsetsToTxn(_) => ApiKey::AddOffsetsToTxn,
            Response::EndTxn(_) => ApiKey::EndTxn,
            Response::WriteTxnMarkers(_) => ApiKey::WriteTxnMarkers,
            Response::TxnOffsetCommit(_) => ApiKey::TxnOffsetCommit,
            Response::DescribeAcls(_) => ApiKey::DescribeAcls,
            Response::CreateAcls(_) => ApiKey::CreateAcls,
            Response::DeleteAcls(_) => ApiKey::DeleteAcls,
            Response::DescribeConfigs(_) => ApiKey::DescribeConfigs,
            Response::AlterConfigs(_) => ApiKey::AlterConfigs,
            Response::AlterReplicaLogDirs(_) => ApiKey::AlterReplicaLogDirs,
            Response::DescribeLogDirs(_) => ApiKey::DescribeLogDirs,
            Response::SaslAuthenticate(_) => ApiKey::SaslAuthenticate,
            Response::CreatePartitions(_) => ApiKey::CreatePartitions,
            Response::CreateDelegationToken(_) => ApiKey::CreateDelegationToken,
            Response::RenewDelegationToken(_) => ApiKey::RenewDelegationToken,
            Response::ExpireDelegationToken(_) => ApiKey::ExpireDelegationToken,
            Response::DescribeDelegationToken(_) => ApiKey::DescribeDelegationToken,
            Response::DeleteGroups(_) => ApiKey::DeleteGroups,
            Response::ElectLeaders(_) => ApiKey::ElectLeaders,
            Response::IncrementalAlterConfigs(_) => ApiKey::IncrementalAlterConfigs,
            Response::AlterPartitionReassignments(_) => ApiKey::AlterPartitionReassignments,
            Response::ListPartitionReassignments(_) => ApiKey::ListPartitionReassignments,
            Response::OffsetDelete(_) => ApiKey::OffsetDelete,
            Response::DescribeClientQuotas(_) => ApiKey::DescribeClientQuotas,
            Response::AlterClientQuotas(_) => ApiKey::AlterClientQuotas,
            Response::DescribeUserScramCredentials(_) => ApiKey::DescribeUserScramCredentials,
            Response::AlterUserScramCredentials(_) => ApiKey::AlterUserScramCredentials,
            Response::DescribeQuorum(_) => ApiKey::DescribeQuorum,
            Response::UpdateFeatures(_) => ApiKey::UpdateFeatures,
            Response::DescribeCluster(_) => ApiKey::DescribeCluster,
            Response::DescribeProducers(_) => ApiKey::DescribeProducers,
            Response::DescribeTransactions(_) => ApiKey::DescribeTransactions,
            Response::ListTransactions(_) => ApiKey::ListTransactions,
            Response::ConsumerGroupHeartbeat(_) => ApiKey::ConsumerGroupHeartbeat,
            Response::ConsumerGroupDescribe(_) => ApiKey::ConsumerGroupDescribe,
            Response::GetTelemetrySubscriptions(_) => ApiKey::GetTelemetrySubscriptions,
            Response::PushTelemetry(_) => ApiKey::PushTelemetry,
            Response::ListConfigResources(_) => ApiKey::ListConfigResources,
            Response::DescribeTopicPartitions(_) => ApiKey::DescribeTopicPartitions,
            Response::ShareGroupHeartbeat(_) => ApiKey::ShareGroupHeartbeat,
            Response::ShareGroupDescribe(_) => ApiKey::ShareGroupDescribe,
            Response::ShareFetch(_) => ApiKey::ShareFetch,
            Response::ShareAcknowledge(_) => ApiKey::ShareAcknowledge,
            Response::StreamsGroupHeartbeat(_) => ApiKey::StreamsGroupHeartbeat,
            Response::StreamsGroupDescribe(_) => ApiKey::StreamsGroupDescribe,
            Response::DescribeShareGroupOffsets(_) => ApiKey::DescribeShareGroupOffsets,
            Response::AlterShareGroupOffsets(_) => ApiKey::AlterShareGroupOffsets,
            Response::DeleteShareGroupOffsets(_) => ApiKey::DeleteShareGroupOffsets,
        }
    }

    /// Reads the response of an API in a version, from behind its header.
    #[cfg(feature = "client")]
    pub fn decode(api_key: ApiKey, reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        Ok(match api_key {
            ApiKey::Produce => Response::Produce(ProduceResponse::decode(reader, version)?),
            ApiKey::Fetch => Response::Fetch(FetchResponse::decode(reader, version)?),
            ApiKey::ListOffsets => Response::ListOffsets(ListOffsetsResponse::decode(reader, version)?),
            ApiKey::Metadata => Response::Metadata(MetadataResponse::decode(reader, version)?),
            ApiKey::OffsetCommit => Response::OffsetCommit(OffsetCommitResponse::decode(reader, version)?),
            ApiKey::OffsetFetch => Response::OffsetFetch(OffsetFetchResponse::decode(reader, version)?),
            ApiKey::FindCoordinator => {
                Response::FindCoordinator(FindCoordinatorResponse::decode(reader, version)?)
            }
            ApiKey::JoinGroup => Response::JoinGroup(JoinGroupResponse::decode(reader, version)?),
            ApiKey::Heartbeat => Response::Heartbeat(HeartbeatResponse::decode(reader, version)?),
            ApiKey::LeaveGroup => Response::LeaveGroup(LeaveGroupResponse::decode(reader, version)?),
            ApiKey::SyncGroup => Response::SyncGroup(SyncGroupResponse::decode(reader, version)?),
            ApiKey::DescribeGroups => {
                Response::DescribeGroups(DescribeGroupsResponse::decode(reader, version)?)
            }
            ApiKey::ListGroups => Response::ListGroups(ListGroupsResponse::decode(reader, version)?),
            ApiKey::SaslHandshake => Response::SaslHandshake(SaslHandshakeResponse::decode(reader, version)?),
            ApiKey::ApiVersions => Response::ApiVersions(ApiVersionsResponse::decode(reader, version)?),
            ApiKey::CreateTopics => Response::CreateTopics(CreateTopicsResponse::decode(reader, version)?),
            ApiKey::DeleteTopics => Response::DeleteTopics(DeleteTopicsResponse::decode(reader, version)?),
            ApiKey::DeleteRecords => Response::DeleteRecords(DeleteRecordsResponse::decode(reader, version)?),
            ApiKey::InitProducerId => {
                Response::InitProducerId(InitProducerIdResponse::decode(reader, version)?)
            }
            ApiKey::OffsetForLeaderEpoch => {
                Response::OffsetForLeaderEpoch(OffsetForLeaderEpochResponse::decode(reader, version)?)
            }
            ApiKey::AddPartitionsToTxn => {
                Response::AddPartitionsToTxn(AddPartitionsToTxnResponse::decode(reader, version)?)
            }
            ApiKey::AddOffsetsToTxn => {
                Response::AddOffsetsToTxn(AddOffsetsToTxnResponse::decode(reader, version)?)
            }
            ApiKey::EndTxn => Response::EndTxn(EndTxnResponse::decode(reader, version)?),
            ApiKey::WriteTxnMarkers => {
                Response::WriteTxnMarkers(WriteTxnMarkersResponse::decode(reader, version)?)
            }
            ApiKey::TxnOffsetCommit => {
                Response::TxnOffsetCommit(TxnOffsetCommitResponse::decode(reader, version)?)
            }
            ApiKey::DescribeAcls => Response::DescribeAcls(DescribeAclsResponse::decode(reader, version)?),
            ApiKey::CreateAcls => Response::CreateAcls(CreateAclsResponse::decode(reader, version)?),
            ApiKey::DeleteAcls => Response::DeleteAcls(DeleteAclsResponse::decode(reader, version)?),
            ApiKey::DescribeConfigs => {
                Response::DescribeConfigs(DescribeConfigsResponse::decode(reader, version)?)
            }
            ApiKey::AlterConfigs => Response::AlterConfigs(AlterConfigsResponse::decode(reader, version)?),
            ApiKey::AlterReplicaLogDirs => {
                Response::AlterReplicaLogDirs(AlterReplicaLogDirsResponse::decode(reader, version)?)
            }
            ApiKey::DescribeLogDirs => {
                Response::DescribeLogDirs(DescribeLogDirsResponse::decode(reader, version)?)
            }
            ApiKey::SaslAuthenticate => {
                Response::SaslAuthenticate(SaslAuthenticateResponse::decode(reader, version)?)
            }
            ApiKey::CreatePartitions => {
                Response::CreatePartitions(CreatePartitionsResponse::decode(reader, version)?)
            }
            ApiKey::CreateDelegationToken => {
                Response::CreateDelegationToken(CreateDelegationTokenResponse::decode(reader, version)?)
            }
            ApiKey::RenewDelegationToken => {
                Response::RenewDelegationToken(RenewDelegationTokenResponse::decode(reader, version)?)
            }
            ApiKey::ExpireDelegationToken => {
                Response::ExpireDelegationToken(ExpireDelegationTokenResponse::decode(reader, version)?)
            }
            ApiKey::DescribeDelegationToken => {
                Response::DescribeDelegationToken(DescribeDelegationTokenResponse::decode(reader, version)?)
            }
            ApiKey::DeleteGroups => Response::DeleteGroups(DeleteGroupsResponse::decode(reader, version)?),
            ApiKey::ElectLeaders => Response::ElectLeaders(ElectLeadersResponse::decode(reader, version)?),
            ApiKey::IncrementalAlterConfigs => {
                Response::IncrementalAlterConfigs(IncrementalAlterConfigsResponse::decode(reader, version)?)
            }
            ApiKey::AlterPartitionReassignments => Response::AlterPartitionReassignments(
                AlterPartitionReassignmentsResponse::decode(reader, version)?,
            ),
            ApiKey::ListPartitionReassignments => Response::ListPartitionReassignments(
                ListPartitionReassignmentsResponse::decode(reader, version)?,
            ),
            ApiKey::OffsetDelete => Response::OffsetDelete(OffsetDeleteResponse::decode(reader, version)?),
            ApiKey::DescribeClientQuotas => {
                Response::DescribeClientQuotas(DescribeClientQuotasResponse::decode(reader, version)?)
            }
            ApiKey::AlterClientQuotas => {
                Response::AlterClientQuotas(AlterClientQuotasResponse::decode(reader, version)?)
            }
            ApiKey::DescribeUserScramCredentials => Response::DescribeUserScramCredentials(
                DescribeUserScramCredentialsResponse::decode(reader, version)?,
            ),
            ApiKey::AlterUserScramCredentials => Response::AlterUserScramCredentials(
                AlterUserScramCredentialsResponse::decode(reader, version)?,
            ),
            ApiKey::DescribeQuorum => {
                Response::DescribeQuorum(DescribeQuorumResponse::decode(reader, version)?)
            }
            ApiKey::UpdateFeatures => {
                Response::UpdateFeatures(UpdateFeaturesResponse::decode(reader, version)?)
            }
            ApiKey::DescribeCluster => {
                Response::DescribeCluster(DescribeClusterResponse::decode(reader, version)?)
            }
            ApiKey::DescribeProducers => {
                Response::DescribeProducers(DescribeProducersResponse::decode(reader, version)?)
            }
            ApiKey::DescribeTransactions => {
                Response::DescribeTransactions(DescribeTransactionsResponse::decode(reader, version)?)
            }
            ApiKey::ListTransactions => {
                Response::ListTransactions(ListTransactionsResponse::decode(reader, version)?)
            }
            ApiKey::ConsumerGroupHeartbeat => {
                Response::ConsumerGroupHeartbeat(ConsumerGroupHeartbeatResponse::decode(reader, version)?)
            }
            ApiKey::ConsumerGroupDescribe => {
                Response::ConsumerGroupDescribe(ConsumerGroupDescribeResponse::decode(reader, version)?)
            }
            ApiKey::GetTelemetrySubscriptions => Response::GetTelemetrySubscriptions(
                GetTelemetrySubscriptionsResponse::decode(reader, version)?,
            ),
            ApiKey::PushTelemetry => Response::PushTelemetry(PushTelemetryResponse::decode(reader, version)?),
            ApiKey::ListConfigResources => {
                Response::ListConfigResources(ListConfigResourcesResponse::decode(reader, version)?)
            }
            ApiKey::DescribeTopicPartitions => {
                Response::DescribeTopicPartitions(DescribeTopicPartitionsResponse::decode(reader, version)?)
            }
            ApiKey::ShareGroupHeartbeat => {
                Response::ShareGroupHeartbeat(ShareGroupHeartbeatResponse::decode(reader, version)?)
            }
            ApiKey::ShareGroupDescribe => {
                Response::ShareGroupDescribe(ShareGroupDescribeResponse::decode(reader, version)?)
            }
            ApiKey::ShareFetch => Response::ShareFetch(ShareFetchResponse::decode(reader, version)?),
            ApiKey::ShareAcknowledge => {
                Response::ShareAcknowledge(ShareAcknowledgeResponse::decode(reader, version)?)
            }
            ApiKey::StreamsGroupHeartbeat => {
                Response::StreamsGroupHeartbeat(StreamsGroupHeartbeatResponse::decode(reader, version)?)
            }
            ApiKey::StreamsGroupDescribe => {
                Response::StreamsGroupDescribe(StreamsGroupDescribeResponse::decode(reader, version)?)
            }
            ApiKey::DescribeShareGroupOffsets => Response::DescribeShareGroupOffsets(
                DescribeShareGroupOffsetsResponse::decode(reader, version)?,
            ),
            ApiKey::AlterShareGroupOffsets => {
                Response::AlterShareGroupOffsets(AlterShareGroupOffsetsResponse::decode(reader, version)?)
            }
            ApiKey::DeleteShareGroupOffsets => {
                Response::DeleteShareGroupOffsets(DeleteShareGroupOffsetsResponse::decode(reader, version)?)
            }
        })
    }

    /// Writes the response in a version, without its header.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        match self {
            Response::Produce(message) => message.encode(writer, version),
            Response::Fetch(message) => message.encode(writer, version),
            Response::ListOffsets(message) => message.encode(writer, version),
            Response::Metadata(message) => message.encode(writer, version),
            Response::OffsetCommit(message) => message.encode(writer, version),
            Response::OffsetFetch(message) => message.encode(writer, version),
            Response::FindCoordinator(message) => message.encode(writer, version),
            Response::JoinGroup(message) => message.encode(writer, version),
            Response::Heartbeat(message) => message.encode(writer, version),
            Response::LeaveGroup(message) => message.encode(writer, version),
            Response::SyncGroup(message) => message.encode(writer, version),
            Response::DescribeGroups(message) => message.encode(writer, version),
            Response::ListGroups(message) => message.encode(writer, version),
            Response::SaslHandshake(message) => message.encode(writer, version),
            Response::ApiVersions(message) => message.encode(writer, version),
            Response::CreateTopics(message) => message.encode(writer, version),
            Response::DeleteTopics(message) => message.encode(writer, version),
            Response::DeleteRecords(message) => message.encode(writer, version),
            Response::InitProducerId(message) => message.encode(writer, version),
            Response::OffsetForLeaderEpoch(message) => message.encode(writer, version),
            Response::AddPartitionsToTxn(message) => message.encode(writer, version),
            Response::AddOffsetsToTxn(message) => message.encode(writer, version),
            Response::EndTxn(message) => message.encode(writer, version),
            Response::WriteTxnMarkers(message) => message.encode(writer, version),
            Response::TxnOffsetCommit(message) => message.encode(writer, version),
            Response::DescribeAcls(message) => message.encode(writer, version),
            Response::CreateAcls(message) => message.encode(writer, version),
            Response::DeleteAcls(message) => message.encode(writer, version),
            Response::DescribeConfigs(message) => message.encode(writer, version),
            Response::AlterConfigs(message) => message.encode(writer, version),
            Response::AlterReplicaLogDirs(message) => message.encode(writer, version),
            Response::DescribeLogDirs(message) => message.encode(writer, version),
            Response::SaslAuthenticate(message) => message.encode(writer, version),
            Response::CreatePartitions(message) => message.encode(writer, version),
            Response::CreateDelegationToken(message) => message.encode(writer, version),
            Response::RenewDelegationToken(message) => message.encode(writer, version),
            Response::ExpireDelegationToken(message) => message.encode(writer, version),
            Response::DescribeDelegationToken(message) => message.encode(writer, version),
            Response::DeleteGroups(message) => message.encode(writer, version),
            Response::ElectLeaders(message) => message.encode(writer, version),
            Response::IncrementalAlterConfigs(message) => message.encode(writer, version),
            Response::AlterPartitionReassignments(message) => message.encode(writer, version),
            Response::ListPartitionReassignments(message) => message.encode(writer, version),
            Response::OffsetDelete(message) => message.encode(writer, version),
            Response::DescribeClientQuotas(message) => message.encode(writer, version),
            Response::AlterClientQuotas(message) => message.encode(writer, version),
            Response::DescribeUserScramCredentials(message) => message.encode(writer, version),
            Response::AlterUserScramCredentials(message) => message.encode(writer, version),
            Response::DescribeQuorum(message) => message.encode(writer, version),
            Response::UpdateFeatures(message) => message.encode(writer, version),
            Response::DescribeCluster(message) => message.encode(writer, version),
            Response::DescribeProducers(message) => message.encode(writer, version),
            Response::DescribeTransactions(message) => message.encode(writer, version),
            Response::ListTransactions(message) => message.encode(writer, version),
            Response::ConsumerGroupHeartbeat(message) => message.encode(writer, version),
            Response::ConsumerGroupDescribe(message) => message.encode(writer, version),
            Response::GetTelemetrySubscriptions(message) => message.encode(writer, version),
            Response::PushTelemetry(message) => message.encode(writer, version),
            Response::ListConfigResources(message) => message.encode(writer, version),
            Response::DescribeTopicPartitions(message) => message.encode(writer, version),
            Response::ShareGroupHeartbeat(message) => message.encode(writer, version),
            Response::ShareGroupDescribe(message) => message.encode(writer, version),
            Response::ShareFetch(message) => message.encode(writer, version),
            Response::ShareAcknowledge(message) => message.encode(writer, version),
            Response::StreamsGroupHeartbeat(message) => message.encode(writer, version),
            Response::StreamsGroupDescribe(message) => message.encode(writer, version),
            Response::DescribeShareGroupOffsets(message) => message.encode(writer, version),
            Response::AlterShareGroupOffsets(message) => message.encode(writer, version),
            Response::DeleteShareGroupOffsets(message) => message.encode(writer, version),
        }
    }

    /// How long the client has to wait because it has used too much, in milliseconds (KIP-219); none if the response can't say it.
    pub fn throttle_time_ms(&mut self) -> Option<&mut i32> {
        Some(match self {
            Response::Produce(message) => &mut message.throttle_time_ms,
            Response::Fetch(message) => &mut message.throttle_time_ms,
            Response::ListOffsets(message) => &mut message.throttle_time_ms,
            Response::Metadata(message) => &mut message.throttle_time_ms,
            Response::OffsetCommit(message) => &mut message.throttle_time_ms,
            Response::OffsetFetch(message) => &mut message.throttle_time_ms,
            Response::FindCoordinator(message) => &mut message.throttle_time_ms,
            Response::JoinGroup(message) => &mut message.throttle_time_ms,
            Response::Heartbeat(message) => &mut message.throttle_time_ms,
            Response::LeaveGroup(message) => &mut message.throttle_time_ms,
            Response::SyncGroup(message) => &mut message.throttle_time_ms,
            Response::DescribeGroups(message) => &mut message.throttle_time_ms,
            Response::ListGroups(message) => &mut message.throttle_time_ms,
            Response::ApiVersions(message) => &mut message.throttle_time_ms,
            Response::CreateTopics(message) => &mut message.throttle_time_ms,
            Response::DeleteTopics(message) => &mut message.throttle_time_ms,
            Response::DeleteRecords(message) => &mut message.throttle_time_ms,
            Response::InitProducerId(message) => &mut message.throttle_time_ms,
            Response::OffsetForLeaderEpoch(message) => &mut message.throttle_time_ms,
            Response::AddPartitionsToTxn(message) => &mut message.throttle_time_ms,
            Response::AddOffsetsToTxn(message) => &mut message.throttle_time_ms,
            Response::EndTxn(message) => &mut message.throttle_time_ms,
            Response::TxnOffsetCommit(message) => &mut message.throttle_time_ms,
            Response::DescribeAcls(message) => &mut message.throttle_time_ms,
            Response::CreateAcls(message) => &mut message.throttle_time_ms,
            Response::DeleteAcls(message) => &mut message.throttle_time_ms,
            Response::DescribeConfigs(message) => &mut message.throttle_time_ms,
            Response::AlterConfigs(message) => &mut message.throttle_time_ms,
            Response::AlterReplicaLogDirs(message) => &mut message.throttle_time_ms,
            Response::DescribeLogDirs(message) => &mut message.throttle_time_ms,
            Response::CreatePartitions(message) => &mut message.throttle_time_ms,
            Response::CreateDelegationToken(message) => &mut message.throttle_time_ms,
            Response::RenewDelegationToken(message) => &mut message.throttle_time_ms,
            Response::ExpireDelegationToken(message) => &mut message.throttle_time_ms,
            Response::DescribeDelegationToken(message) => &mut message.throttle_time_ms,
            Response::DeleteGroups(message) => &mut message.throttle_time_ms,
            Response::ElectLeaders(message) => &mut message.throttle_time_ms,
            Response::IncrementalAlterConfigs(message) => &mut message.throttle_time_ms,
            Response::AlterPartitionReassignments(message) => &mut message.throttle_time_ms,
            Response::ListPartitionReassignments(message) => &mut message.throttle_time_ms,
            Response::OffsetDelete(message) => &mut message.throttle_time_ms,
            Response::DescribeClientQuotas(message) => &mut message.throttle_time_ms,
            Response::AlterClientQuotas(message) => &mut message.throttle_time_ms,
            Response::DescribeUserScramCredentials(message) => &mut message.throttle_time_ms,
            Response::AlterUserScramCredentials(message) => &mut message.throttle_time_ms,
            Response::UpdateFeatures(message) => &mut message.throttle_time_ms,
            Response::DescribeCluster(message) => &mut message.throttle_time_ms,
            Response::DescribeProducers(message) => &mut message.throttle_time_ms,
            Response::DescribeTransactions(message) => &mut message.throttle_time_ms,
            Response::ListTransactions(message) => &mut message.throttle_time_ms,
            Response::ConsumerGroupHeartbeat(message) => &mut message.throttle_time_ms,
            Response::ConsumerGroupDescribe(message) => &mut message.throttle_time_ms,
            Response::GetTelemetrySubscriptions(message) => &mut message.throttle_time_ms,
            Response::PushTelemetry(message) => &mut message.throttle_time_ms,
            Response::ListConfigResources(message) => &mut message.throttle_time_ms,
            Response::DescribeTopicPartitions(message) => &mut message.throttle_time_ms,
            Response::ShareGroupHeartbeat(message) => &mut message.throttle_time_ms,
            Response::ShareGroupDescribe(message) => &mut message.throttle_time_ms,
            Response::ShareFetch(message) => &mut message.throttle_time_ms,
            Response::ShareAcknowledge(message) => &mut message.throttle_time_ms,
            Response::StreamsGroupHeartbeat(message) => &mut message.throttle_time_ms,
            Response::StreamsGroupDescribe(message) => &mut message.throttle_time_ms,
            Response::DescribeShareGroupOffsets(message) => &mut message.throttle_time_ms,
            Response::AlterShareGroupOffsets(message) => &mut message.throttle_time_ms,
            Response::DeleteShareGroupOffsets(message) => &mut message.throttle_time_ms,
            Response::SaslHandshake(_)
            | Response::WriteTxnMarkers(_)
            | Response::SaslAuthenticate(_)
            | Response::DescribeQuorum(_) => return None,
        })
    }
}

impl From<ProduceResponse> for Response {
    fn from(message: ProduceResponse) -> Self {
        Response::Produce(message)
    }
}

impl From<FetchResponse> for Response {
    fn from(message: FetchResponse) -> Self {
        Response::Fetch(message)
    }
}

impl From<ListOffsetsResponse> for Response {
    fn from(message: ListOffsetsResponse) -> Self {
        Response::ListOffsets(message)
    }
}

impl From<MetadataResponse> for Response {
    fn from(message: MetadataResponse) -> Self {
        Response::Metadata(message)
    }
}

impl From<OffsetCommitResponse> for Response {
    fn from(message: OffsetCommitResponse) -> Self {
        Response::OffsetCommit(message)
    }
}

impl From<OffsetFetchResponse> for Response {
    fn from(message: OffsetFetchResponse) -> Self {
        Response::OffsetFetch(message)
    }
}

impl From<FindCoordinatorResponse> for Response {
    fn from(message: FindCoordinatorResponse) -> Self {
        Response::FindCoordinator(message)
    }
}

impl From<JoinGroupResponse> for Response {
    fn from(message: JoinGroupResponse) -> Self {
        Response::JoinGroup(message)
    }
}

impl From<HeartbeatResponse> for Response {
    fn from(message: HeartbeatResponse) -> Self {
        Response::Heartbeat(message)
    }
}

impl From<LeaveGroupResponse> for Response {
    fn from(message: LeaveGroupResponse) -> Self {
        Response::LeaveGroup(message)
    }
}

impl From<SyncGroupResponse> for Response {
    fn from(message: SyncGroupResponse) -> Self {
        Response::SyncGroup(message)
    }
}

impl From<DescribeGroupsResponse> for Response {
    fn from(message: DescribeGroupsResponse) -> Self {
        Response::DescribeGroups(message)
    }
}

impl From<ListGroupsResponse> for Response {
    fn from(message: ListGroupsResponse) -> Self {
        Response::ListGroups(message)
    }
}

impl From<SaslHandshakeResponse> for Response {
    fn from(message: SaslHandshakeResponse) -> Self {
        Response::SaslHandshake(message)
    }
}

impl From<ApiVersionsResponse> for Response {
    fn from(message: ApiVersionsResponse) -> Self {
        Response::ApiVersions(message)
    }
}

impl From<CreateTopicsResponse> for Response {
    fn from(message: CreateTopicsResponse) -> Self {
        Response::CreateTopics(message)
    }
}

impl From<DeleteTopicsResponse> for Response {
    fn from(message: DeleteTopicsResponse) -> Self {
        Response::DeleteTopics(message)
    }
}

impl From<DeleteRecordsResponse> for Response {
    fn from(message: DeleteRecordsResponse) -> Self {
        Response::DeleteRecords(message)
    }
}

impl From<InitProducerIdResponse> for Response {
    fn from(message: InitProducerIdResponse) -> Self {
        Response::InitProducerId(message)
    }
}

impl From<OffsetForLeaderEpochResponse> for Response {
    fn from(message: OffsetForLeaderEpochResponse) -> Self {
        Response::OffsetForLeaderEpoch(message)
    }
}

impl From<AddPartitionsToTxnResponse> for Response {
    fn from(message: AddPartitionsToTxnResponse) -> Self {
        Response::AddPartitionsToTxn(message)
    }
}

impl From<AddOffsetsToTxnResponse> for Response {
    fn from(message: AddOffsetsToTxnResponse) -> Self {
        Response::AddOffsetsToTxn(message)
    }
}

impl From<EndTxnResponse> for Response {
    fn from(message: EndTxnResponse) -> Self {
        Response::EndTxn(message)
    }
}

impl From<WriteTxnMarkersResponse> for Response {
    fn from(message: WriteTxnMarkersResponse) -> Self {
        Response::WriteTxnMarkers(message)
    }
}

impl From<TxnOffsetCommitResponse> for Response {
    fn from(message: TxnOffsetCommitResponse) -> Self {
        Response::TxnOffsetCommit(message)
    }
}

impl From<DescribeAclsResponse> for Response {
    fn from(message: DescribeAclsResponse) -> Self {
        Response::DescribeAcls(message)
    }
}

impl From<CreateAclsResponse> for Response {
    fn from(message: CreateAclsResponse) -> Self {
        Response::CreateAcls(message)
    }
}

impl From<DeleteAclsResponse> for Response {
    fn from(message: DeleteAclsResponse) -> Self {
        Response::DeleteAcls(message)
    }
}

impl From<DescribeConfigsResponse> for Response {
    fn from(message: DescribeConfigsResponse) -> Self {
        Response::DescribeConfigs(message)
    }
}

impl From<AlterConfigsResponse> for Response {
    fn from(message: AlterConfigsResponse) -> Self {
        Response::AlterConfigs(message)
    }
}

impl From<AlterReplicaLogDirsResponse> for Response {
    fn from(message: AlterReplicaLogDirsResponse) -> Self {
        Response::AlterReplicaLogDirs(message)
    }
}

impl From<DescribeLogDirsResponse> for Response {
    fn from(message: DescribeLogDirsResponse) -> Self {
        Response::DescribeLogDirs(message)
    }
}

impl From<SaslAuthenticateResponse> for Response {
    fn from(message: SaslAuthenticateResponse) -> Self {
        Response::SaslAuthenticate(message)
    }
}

impl From<CreatePartitionsResponse> for Response {
    fn from(message: CreatePartitionsResponse) -> Self {
        Response::CreatePartitions(message)
    }
}

impl From<CreateDelegationTokenResponse> for Response {
    fn from(message: CreateDelegationTokenResponse) -> Self {
        Response::CreateDelegationToken(message)
    }
}

impl From<RenewDelegationTokenResponse> for Response {
    fn from(message: RenewDelegationTokenResponse) -> Self {
        Response::RenewDelegationToken(message)
    }
}

impl From<ExpireDelegationTokenResponse> for Response {
    fn from(message: ExpireDelegationTokenResponse) -> Self {
        Response::ExpireDelegationToken(message)
    }
}

impl From<DescribeDelegationTokenResponse> for Response {
    fn from(message: DescribeDelegationTokenResponse) -> Self {
        Response::DescribeDelegationToken(message)
    }
}

impl From<DeleteGroupsResponse> for Response {
    fn from(message: DeleteGroupsResponse) -> Self {
        Response::DeleteGroups(message)
    }
}

impl From<ElectLeadersResponse> for Response {
    fn from(message: ElectLeadersResponse) -> Self {
        Response::ElectLeaders(message)
    }
}

impl From<IncrementalAlterConfigsResponse> for Response {
    fn from(message: IncrementalAlterConfigsResponse) -> Self {
        Response::IncrementalAlterConfigs(message)
    }
}

impl From<AlterPartitionReassignmentsResponse> for Response {
    fn from(message: AlterPartitionReassignmentsResponse) -> Self {
        Response::AlterPartitionReassignments(message)
    }
}

impl From<ListPartitionReassignmentsResponse> for Response {
    fn from(message: ListPartitionReassignmentsResponse) -> Self {
        Response::ListPartitionReassignments(message)
    }
}

impl From<OffsetDeleteResponse> for Response {
    fn from(message: OffsetDeleteResponse) -> Self {
        Response::OffsetDelete(message)
    }
}

impl From<DescribeClientQuotasResponse> for Response {
    fn from(message: DescribeClientQuotasResponse) -> Self {
        Response::DescribeClientQuotas(message)
    }
}

impl From<AlterClientQuotasResponse> for Response {
    fn from(message: AlterClientQuotasResponse) -> Self {
        Response::AlterClientQuotas(message)
    }
}

impl From<DescribeUserScramCredentialsResponse> for Response {
    fn from(message: DescribeUserScramCredentialsResponse) -> Self {
        Response::DescribeUserScramCredentials(message)
    }
}

impl From<AlterUserScramCredentialsResponse> for Response {
    fn from(message: AlterUserScramCredentialsResponse) -> Self {
        Response::AlterUserScramCredentials(message)
    }
}

impl From<DescribeQuorumResponse> for Response {
    fn from(message: DescribeQuorumResponse) -> Self {
        Response::DescribeQuorum(message)
    }
}

impl From<UpdateFeaturesResponse> for Response {
    fn from(message: UpdateFeaturesResponse) -> Self {
        Response::UpdateFeatures(message)
    }
}

impl From<DescribeClusterResponse> for Response {
    fn from(message: DescribeClusterResponse) -> Self {
        Response::DescribeCluster(message)
    }
}

impl From<DescribeProducersResponse> for Response {
    fn from(message: DescribeProducersResponse) -> Self {
        Response::DescribeProducers(message)
    }
}

impl From<DescribeTransactionsResponse> for Response {
    fn from(message: DescribeTransactionsResponse) -> Self {
        Response::DescribeTransactions(message)
    }
}

impl From<ListTransactionsResponse> for Response {
    fn from(message: ListTransactionsResponse) -> Self {
        Response::ListTransactions(message)
    }
}

impl From<ConsumerGroupHeartbeatResponse> for Response {
    fn from(message: ConsumerGroupHeartbeatResponse) -> Self {
        Response::ConsumerGroupHeartbeat(message)
    }
}

impl From<ConsumerGroupDescribeResponse> for Response {
    fn from(message: ConsumerGroupDescribeResponse) -> Self {
        Response::ConsumerGroupDescribe(message)
    }
}

impl From<GetTelemetrySubscriptionsResponse> for Response {
    fn from(message: GetTelemetrySubscriptionsResponse) -> Self {
        Response::GetTelemetrySubscriptions(message)
    }
}

impl From<PushTelemetryResponse> for Response {
    fn from(message: PushTelemetryResponse) -> Self {
        Response::PushTelemetry(message)
    }
}

impl From<ListConfigResourcesResponse> for Response {
    fn from(message: ListConfigResourcesResponse) -> Self {
        Response::ListConfigResources(message)
    }
}

impl From<DescribeTopicPartitionsResponse> for Response {
    fn from(message: DescribeTopicPartitionsResponse) -> Self {
        Response::DescribeTopicPartitions(message)
    }
}

impl From<ShareGroupHeartbeatResponse> for Response {
    fn from(message: ShareGroupHeartbeatResponse) -> Self {
        Response::ShareGroupHeartbeat(message)
    }
}

impl From<ShareGroupDescribeResponse> for Response {
    fn from(message: ShareGroupDescribeResponse) -> Self {
        Response::ShareGroupDescribe(message)
    }
}

impl From<ShareFetchResponse> for Response {
    fn from(message: ShareFetchResponse) -> Self {
        Response::ShareFetch(message)
    }
}

impl From<ShareAcknowledgeResponse> for Response {
    fn from(message: ShareAcknowledgeResponse) -> Self {
        Response::ShareAcknowledge(message)
    }
}

impl From<StreamsGroupHeartbeatResponse> for Response {
    fn from(message: StreamsGroupHeartbeatResponse) -> Self {
        Response::StreamsGroupHeartbeat(message)
    }
}

impl From<StreamsGroupDescribeResponse> for Response {
    fn from(message: StreamsGroupDescribeResponse) -> Self {
        Response::StreamsGroupDescribe(message)
    }
}

impl From<DescribeShareGroupOffsetsResponse> for Response {
    fn from(message: DescribeShareGroupOffsetsResponse) -> Self {
        Response::DescribeShareGroupOffsets(message)
    }
}

impl From<AlterShareGroupOffsetsResponse> for Response {
    fn from(message: AlterShareGroupOffsetsResponse) -> Self {
        Response::AlterShareGroupOffsets(message)
    }
}

impl From<DeleteShareGroupOffsetsResponse> for Response {
    fn from(message: DeleteShareGroupOffsetsResponse) -> Self {
        Response::DeleteShareGroupOffsets(message)
    }
}
