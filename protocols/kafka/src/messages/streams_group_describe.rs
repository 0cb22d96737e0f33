// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `StreamsGroupDescribeRequest` and `StreamsGroupDescribeResponse`: the API with the key 89.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// StreamsGroupDescribeRequest, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupDescribeRequest {
    /// The ids of the groups to describe
    pub group_ids: Vec<ByteString>,
    /// Whether to include authorized operations.
    pub include_authorized_operations: bool,
}

impl StreamsGroupDescribeRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a StreamsGroupDescribeRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("StreamsGroupDescribeRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.group_ids = reader.array(true, 1, |reader| reader.string(true))?;
        value.include_authorized_operations = reader.boolean()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the StreamsGroupDescribeRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("StreamsGroupDescribeRequest", Self::VERSIONS, version)?;
        writer.array(true, &self.group_ids, |writer, each| writer.string(true, each))?;
        writer.boolean(self.include_authorized_operations);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// StreamsGroupDescribeResponse, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupDescribeResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// Each described group.
    pub groups: Vec<DescribedGroup>,
}

impl StreamsGroupDescribeResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a StreamsGroupDescribeResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("StreamsGroupDescribeResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.groups = reader.array(true, 20, |reader| DescribedGroup::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the StreamsGroupDescribeResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("StreamsGroupDescribeResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.array(true, &self.groups, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Endpoint, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoint {
    /// host of the endpoint
    pub host: ByteString,
    /// port of the endpoint
    pub port: u16,
}

impl Endpoint {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.host = reader.string(true)?;
        value.port = reader.uint16()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.host)?;
        writer.uint16(self.port);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// TaskOffset, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskOffset {
    /// The subtopology identifier.
    pub subtopology_id: ByteString,
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
}

impl TaskOffset {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.subtopology_id = reader.string(true)?;
        value.partition = reader.int32()?;
        value.offset = reader.int64()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.subtopology_id)?;
        writer.int32(self.partition);
        writer.int64(self.offset);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Assignment, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assignment {
    /// Active tasks for this client.
    pub active_tasks: Vec<TaskIds>,
    /// Standby tasks for this client.
    pub standby_tasks: Vec<TaskIds>,
    /// Warm-up tasks for this client.
    pub warmup_tasks: Vec<TaskIds>,
}

impl Assignment {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.active_tasks = reader.array(true, 3, |reader| TaskIds::decode(reader, version))?;
        value.standby_tasks = reader.array(true, 3, |reader| TaskIds::decode(reader, version))?;
        value.warmup_tasks = reader.array(true, 3, |reader| TaskIds::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.array(true, &self.active_tasks, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.array(true, &self.standby_tasks, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.array(true, &self.warmup_tasks, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// TaskIds, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskIds {
    /// The subtopology identifier.
    pub subtopology_id: ByteString,
    /// The partitions of the input topics processed by this member.
    pub partitions: Vec<i32>,
}

impl TaskIds {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.subtopology_id = reader.string(true)?;
        value.partitions = reader.array(true, 4, |reader| reader.int32())?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.subtopology_id)?;
        writer.array(true, &self.partitions, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// KeyValue, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyValue {
    /// key of the config
    pub key: ByteString,
    /// value of the config
    pub value: ByteString,
}

impl KeyValue {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.key = reader.string(true)?;
        value.value = reader.string(true)?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.key)?;
        writer.string(true, &self.value)?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// TopicInfo, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicInfo {
    /// The name of the topic.
    pub name: ByteString,
    /// The number of partitions in the topic. Can be 0 if no specific number of partitions is enforced.
    /// Always 0 for changelog topics.
    pub partitions: i32,
    /// The replication factor of the topic. Can be 0 if the default replication factor should be used.
    pub replication_factor: i16,
    /// Topic-level configurations as key-value pairs.
    pub topic_configs: Vec<KeyValue>,
}

impl TopicInfo {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(true)?;
        value.partitions = reader.int32()?;
        value.replication_factor = reader.int16()?;
        value.topic_configs = reader.array(true, 3, |reader| KeyValue::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.name)?;
        writer.int32(self.partitions);
        writer.int16(self.replication_factor);
        writer.array(true, &self.topic_configs, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Each described group.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedGroup {
    /// The describe error, or 0 if there was no error.
    pub error_code: i16,
    /// The top-level error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The group ID string.
    pub group_id: ByteString,
    /// The group state string, or the empty string.
    pub group_state: ByteString,
    /// The group epoch.
    pub group_epoch: i32,
    /// The assignment epoch.
    pub assignment_epoch: i32,
    /// The topology metadata currently initialized for the streams application. Can be null in case of a
    /// describe error.
    pub topology: Option<Topology>,
    /// The members.
    pub members: Vec<Member>,
    /// 32-bit bitfield to represent authorized operations for this group.
    pub authorized_operations: i32,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        DescribedGroup {
            error_code: 0,
            error_message: None,
            group_id: ByteString::new(),
            group_state: ByteString::new(),
            group_epoch: 0,
            assignment_epoch: 0,
            topology: None,
            members: Vec::new(),
            authorized_operations: i32::MIN,
        }
    }
}

impl DescribedGroup {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        value.group_id = reader.string(true)?;
        value.group_state = reader.string(true)?;
        value.group_epoch = reader.int32()?;
        value.assignment_epoch = reader.int32()?;
        value.topology = reader.nullable_struct(|reader| Topology::decode(reader, version))?;
        value.members = reader.array(true, 28, |reader| Member::decode(reader, version))?;
        value.authorized_operations = reader.int32()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        writer.string(true, &self.group_id)?;
        writer.string(true, &self.group_state)?;
        writer.int32(self.group_epoch);
        writer.int32(self.assignment_epoch);
        writer.nullable_struct(self.topology.as_ref(), |writer, each| {
            each.encode(writer, version)
        })?;
        writer.array(true, &self.members, |writer, each| each.encode(writer, version))?;
        writer.int32(self.authorized_operations);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The topology metadata currently initialized for the streams application. Can be null in case of a
/// describe error.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topology {
    /// The epoch of the currently initialized topology for this group.
    pub epoch: i32,
    /// The subtopologies of the streams application. This contains the configured subtopologies, where the
    /// number of partitions are set and any regular expressions are resolved to actual topics. Null if the
    /// group is uninitialized, source topics are missing or incorrectly partitioned.
    pub subtopologies: Option<Vec<Subtopology>>,
}

impl Topology {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.epoch = reader.int32()?;
        value.subtopologies =
            reader.nullable_array(true, 6, |reader| Subtopology::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int32(self.epoch);
        writer.nullable_array(true, self.subtopologies.as_deref(), |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The subtopologies of the streams application. This contains the configured subtopologies, where the
/// number of partitions are set and any regular expressions are resolved to actual topics. Null if the
/// group is uninitialized, source topics are missing or incorrectly partitioned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subtopology {
    /// String to uniquely identify the subtopology.
    pub subtopology_id: ByteString,
    /// The topics the subtopology reads from.
    pub source_topics: Vec<ByteString>,
    /// The repartition topics the subtopology writes to.
    pub repartition_sink_topics: Vec<ByteString>,
    /// The set of state changelog topics associated with this subtopology. Created automatically.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// The set of source topics that are internally created repartition topics. Created automatically.
    pub repartition_source_topics: Vec<TopicInfo>,
}

impl Subtopology {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.subtopology_id = reader.string(true)?;
        value.source_topics = reader.array(true, 1, |reader| reader.string(true))?;
        value.repartition_sink_topics = reader.array(true, 1, |reader| reader.string(true))?;
        value.state_changelog_topics = reader.array(true, 9, |reader| TopicInfo::decode(reader, version))?;
        value.repartition_source_topics =
            reader.array(true, 9, |reader| TopicInfo::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.subtopology_id)?;
        writer.array(true, &self.source_topics, |writer, each| {
            writer.string(true, each)
        })?;
        writer.array(true, &self.repartition_sink_topics, |writer, each| {
            writer.string(true, each)
        })?;
        writer.array(true, &self.state_changelog_topics, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.array(true, &self.repartition_source_topics, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Member {
    /// The member ID.
    pub member_id: ByteString,
    /// The member epoch.
    pub member_epoch: i32,
    /// The member instance ID for static membership.
    pub instance_id: Option<ByteString>,
    /// The rack ID.
    pub rack_id: Option<ByteString>,
    /// The client ID.
    pub client_id: ByteString,
    /// The client host.
    pub client_host: ByteString,
    /// The epoch of the topology on the client.
    pub topology_epoch: i32,
    /// Identity of the streams instance that may have multiple clients.
    pub process_id: ByteString,
    /// User-defined endpoint for Interactive Queries. Null if not defined for this client.
    pub user_endpoint: Option<Endpoint>,
    /// Used for rack-aware assignment algorithm.
    pub client_tags: Vec<KeyValue>,
    /// Cumulative changelog offsets for tasks.
    pub task_offsets: Vec<TaskOffset>,
    /// Cumulative changelog end offsets for tasks.
    pub task_end_offsets: Vec<TaskOffset>,
    /// The current assignment.
    pub assignment: Assignment,
    /// The target assignment.
    pub target_assignment: Assignment,
    /// True for classic members that have not been upgraded yet.
    pub is_classic: bool,
}

impl Member {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.member_id = reader.string(true)?;
        value.member_epoch = reader.int32()?;
        value.instance_id = reader.nullable_string(true)?;
        value.rack_id = reader.nullable_string(true)?;
        value.client_id = reader.string(true)?;
        value.client_host = reader.string(true)?;
        value.topology_epoch = reader.int32()?;
        value.process_id = reader.string(true)?;
        value.user_endpoint = reader.nullable_struct(|reader| Endpoint::decode(reader, version))?;
        value.client_tags = reader.array(true, 3, |reader| KeyValue::decode(reader, version))?;
        value.task_offsets = reader.array(true, 14, |reader| TaskOffset::decode(reader, version))?;
        value.task_end_offsets = reader.array(true, 14, |reader| TaskOffset::decode(reader, version))?;
        value.assignment = Assignment::decode(reader, version)?;
        value.target_assignment = Assignment::decode(reader, version)?;
        value.is_classic = reader.boolean()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.member_id)?;
        writer.int32(self.member_epoch);
        writer.nullable_string(true, self.instance_id.as_ref())?;
        writer.nullable_string(true, self.rack_id.as_ref())?;
        writer.string(true, &self.client_id)?;
        writer.string(true, &self.client_host)?;
        writer.int32(self.topology_epoch);
        writer.string(true, &self.process_id)?;
        writer.nullable_struct(self.user_endpoint.as_ref(), |writer, each| {
            each.encode(writer, version)
        })?;
        writer.array(true, &self.client_tags, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.array(true, &self.task_offsets, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.array(true, &self.task_end_offsets, |writer, each| {
            each.encode(writer, version)
        })?;
        self.assignment.encode(writer, version)?;
        self.target_assignment.encode(writer, version)?;
        writer.boolean(self.is_classic);
        writer.no_tagged_fields();
        Ok(())
    }
}
