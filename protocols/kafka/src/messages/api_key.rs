// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! The APIs by their keys, and the versions of each.

use std::ops::RangeInclusive;

/// An API that a client may call, by the code that begins every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum ApiKey {
    /// Versions 3 to 13.
    Produce = 0,
    /// Versions 4 to 18.
    Fetch = 1,
    /// Versions 1 to 11.
    ListOffsets = 2,
    /// Versions 0 to 13.
    Metadata = 3,
    /// Versions 2 to 10.
    OffsetCommit = 8,
    /// Versions 1 to 10.
    OffsetFetch = 9,
    /// Versions 0 to 6.
    FindCoordinator = 10,
    /// Versions 0 to 9.
    JoinGroup = 11,
    /// Versions 0 to 4.
    Heartbeat = 12,
    /// Versions 0 to 5.
    LeaveGroup = 13,
    /// Versions 0 to 5.
    SyncGroup = 14,
    /// Versions 0 to 6.
    DescribeGroups = 15,
    /// Versions 0 to 5.
    ListGroups = 16,
    /// Versions 0 to 1.
    SaslHandshake = 17,
    /// Versions 0 to 4.
    ApiVersions = 18,
    /// Versions 2 to 7.
    CreateTopics = 19,
    /// Versions 1 to 6.
    DeleteTopics = 20,
    /// Versions 0 to 2.
    DeleteRecords = 21,
    /// Versions 0 to 6.
    InitProducerId = 22,
    /// Versions 2 to 4.
    OffsetForLeaderEpoch = 23,
    /// Versions 0 to 5.
    AddPartitionsToTxn = 24,
    /// Versions 0 to 4.
    AddOffsetsToTxn = 25,
    /// Versions 0 to 5.
    EndTxn = 26,
    /// Versions 1 to 2.
    WriteTxnMarkers = 27,
    /// Versions 0 to 5.
    TxnOffsetCommit = 28,
    /// Versions 1 to 3.
    DescribeAcls = 29,
    /// Versions 1 to 3.
    CreateAcls = 30,
    /// Versions 1 to 3.
    DeleteAcls = 31,
    /// Versions 1 to 4.
    DescribeConfigs = 32,
    /// Versions 0 to 2.
    AlterConfigs = 33,
    /// Versions 1 to 2.
    AlterReplicaLogDirs = 34,
    /// Versions 1 to 5.
    DescribeLogDirs = 35,
    /// Versions 0 to 2.
    SaslAuthenticate = 36,
    /// Versions 0 to 3.
    CreatePartitions = 37,
    /// Versions 1 to 3.
    CreateDelegationToken = 38,
    /// Versions 1 to 2.
    RenewDelegationToken = 39,
    /// Versions 1 to 2.
    ExpireDelegationToken = 40,
    /// Versions 1 to 3.
    DescribeDelegationToken = 41,
    /// Versions 0 to 2.
    DeleteGroups = 42,
    /// Versions 0 to 2.
    ElectLeaders = 43,
    /// Versions 0 to 1.
    IncrementalAlterConfigs = 44,
    /// Versions 0 to 1.
    AlterPartitionReassignments = 45,
    /// Versions 0 to 0.
    ListPartitionReassignments = 46,
    /// Versions 0 to 0.
    OffsetDelete = 47,
    /// Versions 0 to 1.
    DescribeClientQuotas = 48,
    /// Versions 0 to 1.
    AlterClientQuotas = 49,
    /// Versions 0 to 0.
    DescribeUserScramCredentials = 50,
    /// Versions 0 to 0.
    AlterUserScramCredentials = 51,
    /// Versions 0 to 2.
    DescribeQuorum = 55,
    /// Versions 0 to 2.
    UpdateFeatures = 57,
    /// Versions 0 to 2.
    DescribeCluster = 60,
    /// Versions 0 to 0.
    DescribeProducers = 61,
    /// Versions 0 to 0.
    DescribeTransactions = 65,
    /// Versions 0 to 2.
    ListTransactions = 66,
    /// Versions 0 to 1.
    ConsumerGroupHeartbeat = 68,
    /// Versions 0 to 1.
    ConsumerGroupDescribe = 69,
    /// Versions 0 to 0.
    GetTelemetrySubscriptions = 71,
    /// Versions 0 to 0.
    PushTelemetry = 72,
    /// Versions 0 to 1.
    ListConfigResources = 74,
    /// Versions 0 to 0.
    DescribeTopicPartitions = 75,
    /// Versions 1 to 1.
    ShareGroupHeartbeat = 76,
    /// Versions 1 to 1.
    ShareGroupDescribe = 77,
    /// Versions 1 to 2.
    ShareFetch = 78,
    /// Versions 1 to 2.
    ShareAcknowledge = 79,
    /// Versions 0 to 0.
    StreamsGroupHeartbeat = 88,
    /// Versions 0 to 0.
    StreamsGroupDescribe = 89,
    /// Versions 0 to 1.
    DescribeShareGroupOffsets = 90,
    /// Versions 0 to 0.
    AlterShareGroupOffsets = 91,
    /// Versions 0 to 0.
    DeleteShareGroupOffsets = 92,
}

impl ApiKey {
    /// Every API, in the order of the codes.
    pub const ALL: [ApiKey; 69] = [
        ApiKey::Produce,
        ApiKey::Fetch,
        ApiKey::ListOffsets,
        ApiKey::Metadata,
        ApiKey::OffsetCommit,
        ApiKey::OffsetFetch,
        ApiKey::FindCoordinator,
        ApiKey::JoinGroup,
        ApiKey::Heartbeat,
        ApiKey::LeaveGroup,
        ApiKey::SyncGroup,
        ApiKey::DescribeGroups,
        ApiKey::ListGroups,
        ApiKey::SaslHandshake,
        ApiKey::ApiVersions,
        ApiKey::CreateTopics,
        ApiKey::DeleteTopics,
        ApiKey::DeleteRecords,
        ApiKey::InitProducerId,
        ApiKey::OffsetForLeaderEpoch,
        ApiKey::AddPartitionsToTxn,
        ApiKey::AddOffsetsToTxn,
        ApiKey::EndTxn,
        ApiKey::WriteTxnMarkers,
        ApiKey::TxnOffsetCommit,
        ApiKey::DescribeAcls,
        ApiKey::CreateAcls,
        ApiKey::DeleteAcls,
        ApiKey::DescribeConfigs,
        ApiKey::AlterConfigs,
        ApiKey::AlterReplicaLogDirs,
        ApiKey::DescribeLogDirs,
        ApiKey::SaslAuthenticate,
        ApiKey::CreatePartitions,
        ApiKey::CreateDelegationToken,
        ApiKey::RenewDelegationToken,
        ApiKey::ExpireDelegationToken,
        ApiKey::DescribeDelegationToken,
        ApiKey::DeleteGroups,
        ApiKey::ElectLeaders,
        ApiKey::IncrementalAlterConfigs,
        ApiKey::AlterPartitionReassignments,
        ApiKey::ListPartitionReassignments,
        ApiKey::OffsetDelete,
        ApiKey::DescribeClientQuotas,
        ApiKey::AlterClientQuotas,
        ApiKey::DescribeUserScramCredentials,
        ApiKey::AlterUserScramCredentials,
        ApiKey::DescribeQuorum,
        ApiKey::UpdateFeatures,
        ApiKey::DescribeCluster,
        ApiKey::DescribeProducers,
        ApiKey::DescribeTransactions,
        ApiKey::ListTransactions,
        ApiKey::ConsumerGroupHeartbeat,
        ApiKey::ConsumerGroupDescribe,
        ApiKey::GetTelemetrySubscriptions,
        ApiKey::PushTelemetry,
        ApiKey::ListConfigResources,
        ApiKey::DescribeTopicPartitions,
        ApiKey::ShareGroupHeartbeat,
        ApiKey::ShareGroupDescribe,
        ApiKey::ShareFetch,
        ApiKey::ShareAcknowledge,
        ApiKey::StreamsGroupHeartbeat,
        ApiKey::StreamsGroupDescribe,
        ApiKey::DescribeShareGroupOffsets,
        ApiKey::AlterShareGroupOffsets,
        ApiKey::DeleteShareGroupOffsets,
    ];

    /// The API that has the code.
    pub fn from_code(code: i16) -> Option<Self> {
        Some(match code {
            0 => ApiKey::Produce,
            1 => ApiKey::Fetch,
            2 => ApiKey::ListOffsets,
            3 => ApiKey::Metadata,
            8 => ApiKey::OffsetCommit,
            9 => ApiKey::OffsetFetch,
            10 => ApiKey::FindCoordinator,
            11 => ApiKey::JoinGroup,
            12 => ApiKey::Heartbeat,
            13 => ApiKey::LeaveGroup,
            14 => ApiKey::SyncGroup,
            15 => ApiKey::DescribeGroups,
            16 => ApiKey::ListGroups,
            17 => ApiKey::SaslHandshake,
            18 => ApiKey::ApiVersions,
            19 => ApiKey::CreateTopics,
            20 => ApiKey::DeleteTopics,
            21 => ApiKey::DeleteRecords,
            22 => ApiKey::InitProducerId,
            23 => ApiKey::OffsetForLeaderEpoch,
            24 => ApiKey::AddPartitionsToTxn,
            25 => ApiKey::AddOffsetsToTxn,
            26 => ApiKey::EndTxn,
            27 => ApiKey::WriteTxnMarkers,
            28 => ApiKey::TxnOffsetCommit,
            29 => ApiKey::DescribeAcls,
            30 => ApiKey::CreateAcls,
            31 => ApiKey::DeleteAcls,
            32 => ApiKey::DescribeConfigs,
            33 => ApiKey::AlterConfigs,
            34 => ApiKey::AlterReplicaLogDirs,
            35 => ApiKey::DescribeLogDirs,
            36 => ApiKey::SaslAuthenticate,
            37 => ApiKey::CreatePartitions,
            38 => ApiKey::CreateDelegationToken,
            39 => ApiKey::RenewDelegationToken,
            40 => ApiKey::ExpireDelegationToken,
            41 => ApiKey::DescribeDelegationToken,
            42 => ApiKey::DeleteGroups,
            43 => ApiKey::ElectLeaders,
            44 => ApiKey::IncrementalAlterConfigs,
            45 => ApiKey::AlterPartitionReassignments,
            46 => ApiKey::ListPartitionReassignments,
            47 => ApiKey::OffsetDelete,
            48 => ApiKey::DescribeClientQuotas,
            49 => ApiKey::AlterClientQuotas,
            50 => ApiKey::DescribeUserScramCredentials,
            51 => ApiKey::AlterUserScramCredentials,
            55 => ApiKey::DescribeQuorum,
            57 => ApiKey::UpdateFeatures,
            60 => ApiKey::DescribeCluster,
            61 => ApiKey::DescribeProducers,
            65 => ApiKey::DescribeTransactions,
            66 => ApiKey::ListTransactions,
            68 => ApiKey::ConsumerGroupHeartbeat,
            69 => ApiKey::ConsumerGroupDescribe,
            71 => ApiKey::GetTelemetrySubscriptions,
            72 => ApiKey::PushTelemetry,
            74 => ApiKey::ListConfigResources,
            75 => ApiKey::DescribeTopicPartitions,
            76 => ApiKey::ShareGroupHeartbeat,
            77 => ApiKey::ShareGroupDescribe,
            78 => ApiKey::ShareFetch,
            79 => ApiKey::ShareAcknowledge,
            88 => ApiKey::StreamsGroupHeartbeat,
            89 => ApiKey::StreamsGroupDescribe,
            90 => ApiKey::DescribeShareGroupOffsets,
            91 => ApiKey::AlterShareGroupOffsets,
            92 => ApiKey::DeleteShareGroupOffsets,
            _ => return None,
        })
    }

    /// What Kafka calls the API.
    pub fn name(self) -> &'static str {
        match self {
            ApiKey::Produce => "Produce",
            ApiKey::Fetch => "Fetch",
            ApiKey::ListOffsets => "ListOffsets",
            ApiKey::Metadata => "Metadata",
            ApiKey::OffsetCommit => "OffsetCommit",
            ApiKey::OffsetFetch => "OffsetFetch",
            ApiKey::FindCoordinator => "FindCoordinator",
            ApiKey::JoinGroup => "JoinGroup",
            ApiKey::Heartbeat => "Heartbeat",
            ApiKey::LeaveGroup => "LeaveGroup",
            ApiKey::SyncGroup => "SyncGroup",
            ApiKey::DescribeGroups => "DescribeGroups",
            ApiKey::ListGroups => "ListGroups",
            ApiKey::SaslHandshake => "SaslHandshake",
            ApiKey::ApiVersions => "ApiVersions",
            ApiKey::CreateTopics => "CreateTopics",
            ApiKey::DeleteTopics => "DeleteTopics",
            ApiKey::DeleteRecords => "DeleteRecords",
            ApiKey::InitProducerId => "InitProducerId",
            ApiKey::OffsetForLeaderEpoch => "OffsetForLeaderEpoch",
            ApiKey::AddPartitionsToTxn => "AddPartitionsToTxn",
            ApiKey::AddOffsetsToTxn => "AddOffsetsToTxn",
            ApiKey::EndTxn => "EndTxn",
            ApiKey::WriteTxnMarkers => "WriteTxnMarkers",
            ApiKey::TxnOffsetCommit => "TxnOffsetCommit",
            ApiKey::DescribeAcls => "DescribeAcls",
            ApiKey::CreateAcls => "CreateAcls",
            ApiKey::DeleteAcls => "DeleteAcls",
            ApiKey::DescribeConfigs => "DescribeConfigs",
            ApiKey::AlterConfigs => "AlterConfigs",
            ApiKey::AlterReplicaLogDirs => "AlterReplicaLogDirs",
            ApiKey::DescribeLogDirs => "DescribeLogDirs",
            ApiKey::SaslAuthenticate => "SaslAuthenticate",
            ApiKey::CreatePartitions => "CreatePartitions",
            ApiKey::CreateDelegationToken => "CreateDelegationToken",
            ApiKey::RenewDelegationToken => "RenewDelegationToken",
            ApiKey::ExpireDelegationToken => "ExpireDelegationToken",
            ApiKey::DescribeDelegationToken => "DescribeDelegationToken",
            ApiKey::DeleteGroups => "DeleteGroups",
            ApiKey::ElectLeaders => "ElectLeaders",
            ApiKey::IncrementalAlterConfigs => "IncrementalAlterConfigs",
            ApiKey::AlterPartitionReassignments => "AlterPartitionReassignments",
            ApiKey::ListPartitionReassignments => "ListPartitionReassignments",
            ApiKey::OffsetDelete => "OffsetDelete",
            ApiKey::DescribeClientQuotas => "DescribeClientQuotas",
            ApiKey::AlterClientQuotas => "AlterClientQuotas",
            ApiKey::DescribeUserScramCredentials => "DescribeUserScramCredentials",
            ApiKey::AlterUserScramCredentials => "AlterUserScramCredentials",
            ApiKey::DescribeQuorum => "DescribeQuorum",
            ApiKey::UpdateFeatures => "UpdateFeatures",
            ApiKey::DescribeCluster => "DescribeCluster",
            ApiKey::DescribeProducers => "DescribeProducers",
            ApiKey::DescribeTransactions => "DescribeTransactions",
            ApiKey::ListTransactions => "ListTransactions",
            ApiKey::ConsumerGroupHeartbeat => "ConsumerGroupHeartbeat",
            ApiKey::ConsumerGroupDescribe => "ConsumerGroupDescribe",
            ApiKey::GetTelemetrySubscriptions => "GetTelemetrySubscriptions",
            ApiKey::PushTelemetry => "PushTelemetry",
            ApiKey::ListConfigResources => "ListConfigResources",
            ApiKey::DescribeTopicPartitions => "DescribeTopicPartitions",
            ApiKey::ShareGroupHeartbeat => "ShareGroupHeartbeat",
            ApiKey::ShareGroupDescribe => "ShareGroupDescribe",
            ApiKey::ShareFetch => "ShareFetch",
            ApiKey::ShareAcknowledge => "ShareAcknowledge",
            ApiKey::StreamsGroupHeartbeat => "StreamsGroupHeartbeat",
            ApiKey::StreamsGroupDescribe => "StreamsGroupDescribe",
            ApiKey::DescribeShareGroupOffsets => "DescribeShareGroupOffsets",
            ApiKey::AlterShareGroupOffsets => "AlterShareGroupOffsets",
            ApiKey::DeleteShareGroupOffsets => "DeleteShareGroupOffsets",
        }
    }

    /// The versions of its messages, both ends included.
    pub fn versions(self) -> RangeInclusive<i16> {
        match self {
            ApiKey::Produce => 3..=13,
            ApiKey::Fetch => 4..=18,
            ApiKey::ListOffsets => 1..=11,
            ApiKey::Metadata => 0..=13,
            ApiKey::OffsetCommit => 2..=10,
            ApiKey::OffsetFetch => 1..=10,
            ApiKey::FindCoordinator => 0..=6,
            ApiKey::JoinGroup => 0..=9,
            ApiKey::Heartbeat => 0..=4,
            ApiKey::LeaveGroup => 0..=5,
            ApiKey::SyncGroup => 0..=5,
            ApiKey::DescribeGroups => 0..=6,
            ApiKey::ListGroups => 0..=5,
            ApiKey::SaslHandshake => 0..=1,
            ApiKey::ApiVersions => 0..=4,
            ApiKey::CreateTopics => 2..=7,
            ApiKey::DeleteTopics => 1..=6,
            ApiKey::DeleteRecords => 0..=2,
            ApiKey::InitProducerId => 0..=6,
            ApiKey::OffsetForLeaderEpoch => 2..=4,
            ApiKey::AddPartitionsToTxn => 0..=5,
            ApiKey::AddOffsetsToTxn => 0..=4,
            ApiKey::EndTxn => 0..=5,
            ApiKey::WriteTxnMarkers => 1..=2,
            ApiKey::TxnOffsetCommit => 0..=5,
            ApiKey::DescribeAcls => 1..=3,
            ApiKey::CreateAcls => 1..=3,
            ApiKey::DeleteAcls => 1..=3,
            ApiKey::DescribeConfigs => 1..=4,
            ApiKey::AlterConfigs => 0..=2,
            ApiKey::AlterReplicaLogDirs => 1..=2,
            ApiKey::DescribeLogDirs => 1..=5,
            ApiKey::SaslAuthenticate => 0..=2,
            ApiKey::CreatePartitions => 0..=3,
            ApiKey::CreateDelegationToken => 1..=3,
            ApiKey::RenewDelegationToken => 1..=2,
            ApiKey::ExpireDelegationToken => 1..=2,
            ApiKey::DescribeDelegationToken => 1..=3,
            ApiKey::DeleteGroups => 0..=2,
            ApiKey::ElectLeaders => 0..=2,
            ApiKey::IncrementalAlterConfigs => 0..=1,
            ApiKey::AlterPartitionReassignments => 0..=1,
            ApiKey::ListPartitionReassignments => 0..=0,
            ApiKey::OffsetDelete => 0..=0,
            ApiKey::DescribeClientQuotas => 0..=1,
            ApiKey::AlterClientQuotas => 0..=1,
            ApiKey::DescribeUserScramCredentials => 0..=0,
            ApiKey::AlterUserScramCredentials => 0..=0,
            ApiKey::DescribeQuorum => 0..=2,
            ApiKey::UpdateFeatures => 0..=2,
            ApiKey::DescribeCluster => 0..=2,
            ApiKey::DescribeProducers => 0..=0,
            ApiKey::DescribeTransactions => 0..=0,
            ApiKey::ListTransactions => 0..=2,
            ApiKey::ConsumerGroupHeartbeat => 0..=1,
            ApiKey::ConsumerGroupDescribe => 0..=1,
            ApiKey::GetTelemetrySubscriptions => 0..=0,
            ApiKey::PushTelemetry => 0..=0,
            ApiKey::ListConfigResources => 0..=1,
            ApiKey::DescribeTopicPartitions => 0..=0,
            ApiKey::ShareGroupHeartbeat => 1..=1,
            ApiKey::ShareGroupDescribe => 1..=1,
            ApiKey::ShareFetch => 1..=2,
            ApiKey::ShareAcknowledge => 1..=2,
            ApiKey::StreamsGroupHeartbeat => 0..=0,
            ApiKey::StreamsGroupDescribe => 0..=0,
            ApiKey::DescribeShareGroupOffsets => 0..=1,
            ApiKey::AlterShareGroupOffsets => 0..=0,
            ApiKey::DeleteShareGroupOffsets => 0..=0,
        }
    }

    /// The first version in the flexible encoding of KIP-482; none if there is no such version.
    pub fn flexible_since(self) -> Option<i16> {
        match self {
            ApiKey::Produce => Some(9),
            ApiKey::Fetch => Some(12),
            ApiKey::ListOffsets => Some(6),
            ApiKey::Metadata => Some(9),
            ApiKey::OffsetCommit => Some(8),
            ApiKey::OffsetFetch => Some(6),
            ApiKey::FindCoordinator => Some(3),
            ApiKey::JoinGroup => Some(6),
            ApiKey::Heartbeat => Some(4),
            ApiKey::LeaveGroup => Some(4),
            ApiKey::SyncGroup => Some(4),
            ApiKey::DescribeGroups => Some(5),
            ApiKey::ListGroups => Some(3),
            ApiKey::SaslHandshake => None,
            ApiKey::ApiVersions => Some(3),
            ApiKey::CreateTopics => Some(5),
            ApiKey::DeleteTopics => Some(4),
            ApiKey::DeleteRecords => Some(2),
            ApiKey::InitProducerId => Some(2),
            ApiKey::OffsetForLeaderEpoch => Some(4),
            ApiKey::AddPartitionsToTxn => Some(3),
            ApiKey::AddOffsetsToTxn => Some(3),
            ApiKey::EndTxn => Some(3),
            ApiKey::WriteTxnMarkers => Some(1),
            ApiKey::TxnOffsetCommit => Some(3),
            ApiKey::DescribeAcls => Some(2),
            ApiKey::CreateAcls => Some(2),
            ApiKey::DeleteAcls => Some(2),
            ApiKey::DescribeConfigs => Some(4),
            ApiKey::AlterConfigs => Some(2),
            ApiKey::AlterReplicaLogDirs => Some(2),
            ApiKey::DescribeLogDirs => Some(2),
            ApiKey::SaslAuthenticate => Some(2),
            ApiKey::CreatePartitions => Some(2),
            ApiKey::CreateDelegationToken => Some(2),
            ApiKey::RenewDelegationToken => Some(2),
            ApiKey::ExpireDelegationToken => Some(2),
            ApiKey::DescribeDelegationToken => Some(2),
            ApiKey::DeleteGroups => Some(2),
            ApiKey::ElectLeaders => Some(2),
            ApiKey::IncrementalAlterConfigs => Some(1),
            ApiKey::AlterPartitionReassignments => Some(0),
            ApiKey::ListPartitionReassignments => Some(0),
            ApiKey::OffsetDelete => None,
            ApiKey::DescribeClientQuotas => Some(1),
            ApiKey::AlterClientQuotas => Some(1),
            ApiKey::DescribeUserScramCredentials => Some(0),
            ApiKey::AlterUserScramCredentials => Some(0),
            ApiKey::DescribeQuorum => Some(0),
            ApiKey::UpdateFeatures => Some(0),
            ApiKey::DescribeCluster => Some(0),
            ApiKey::DescribeProducers => Some(0),
            ApiKey::DescribeTransactions => Some(0),
            ApiKey::ListTransactions => Some(0),
            ApiKey::ConsumerGroupHeartbeat => Some(0),
            ApiKey::ConsumerGroupDescribe => Some(0),
            ApiKey::GetTelemetrySubscriptions => Some(0),
            ApiKey::PushTelemetry => Some(0),
            ApiKey::ListConfigResources => Some(0),
            ApiKey::DescribeTopicPartitions => Some(0),
            ApiKey::ShareGroupHeartbeat => Some(1),
            ApiKey::ShareGroupDescribe => Some(1),
            ApiKey::ShareFetch => Some(1),
            ApiKey::ShareAcknowledge => Some(1),
            ApiKey::StreamsGroupHeartbeat => Some(0),
            ApiKey::StreamsGroupDescribe => Some(0),
            ApiKey::DescribeShareGroupOffsets => Some(0),
            ApiKey::AlterShareGroupOffsets => Some(0),
            ApiKey::DeleteShareGroupOffsets => Some(0),
        }
    }

    /// Whether the latest version may still change, so that Kafka's brokers don't offer it by default.
    pub fn is_latest_unstable(self) -> bool {
        matches!(self, ApiKey::InitProducerId)
    }
}
