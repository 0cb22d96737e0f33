//! Fetch sessions: a client says once what it reads and then only what changes; it is told only of partitions with something new
//! (KIP-227).

use std::collections::HashMap;

use bytestring::ByteString;
use ninefold_kafka_protocol::messages::fetch::{
    FetchPartition, FetchRequest, FetchableTopicResponse, PartitionData,
};
use ninefold_kafka_protocol::{ErrorCode, Uuid};
use parking_lot::Mutex;

use super::wait::Wanted;
use crate::limits::FETCH_SESSIONS;
use crate::topics::TopicReference;

/// No session.
const NONE: i32 = 0;
/// The epoch of a request that begins a session.
const INITIAL_EPOCH: i32 = 0;
/// The epoch of a request that ends its session, or has none.
const FINAL_EPOCH: i32 = -1;

/// The sessions of a cluster.
#[derive(Default)]
pub(crate) struct FetchSessions(Mutex<Sessions>);

#[derive(Default)]
struct Sessions {
    by_id: HashMap<i32, Session>,
    next_id: i32,
    /// Counts up with every use, to know the least recently used one.
    uses: u64,
}

struct Session {
    /// Of the next request.
    epoch: i32,
    used: u64,
    by_id: bool,
    /// In the order in which they are read next.
    partitions: Vec<Remembered>,
}

/// A partition of a session, and what the client was told of it.
struct Remembered {
    wanted: Wanted,
    high_watermark: i64,
    log_start_offset: i64,
}

/// A request, with what its session adds.
pub(super) struct Opened<'a> {
    sessions: &'a FetchSessions,
    /// What the client is told; 0 if it has no session.
    pub(super) session_id: i32,
    wanted: Vec<Wanted>,
    /// Whether the client is to be told of everything.
    is_full: bool,
}

impl FetchSessions {
    /// The partitions that a request is for.
    pub(super) fn open(&self, request: FetchRequest, by_id: bool) -> Result<Opened<'_>, ErrorCode> {
        let (session_id, epoch) = (request.session_id, request.session_epoch);
        match (session_id, epoch) {
            (NONE, FINAL_EPOCH) => Ok(self.full(NONE, request)),
            (_, INITIAL_EPOCH) => Ok(self.begin(session_id, request, by_id)),
            (_, FINAL_EPOCH) => {
                self.0.lock().by_id.remove(&session_id);
                Ok(self.full(NONE, request))
            }
            _ => self.go_on(request, by_id),
        }
    }

    fn full(&self, session_id: i32, request: FetchRequest) -> Opened<'_> {
        Opened {
            sessions: self,
            session_id,
            wanted: wanted_of(request),
            is_full: true,
        }
    }

    /// A new session, in place of the one that the client had. None if all are in use: then the client is told of everything.
    fn begin(&self, earlier: i32, request: FetchRequest, by_id: bool) -> Opened<'_> {
        let wanted = wanted_of(request);
        let mut sessions = self.0.lock();
        sessions.by_id.remove(&earlier);
        sessions.make_room();
        sessions.uses += 1;
        sessions.next_id = sessions.next_id.checked_add(1).unwrap_or(1);
        let (session_id, used) = (sessions.next_id, sessions.uses);
        let remembered = wanted.iter().cloned().map(Remembered::new);
        let session = Session {
            epoch: 1,
            used,
            by_id,
            partitions: remembered.collect(),
        };
        sessions.by_id.insert(session_id, session);
        Opened {
            sessions: self,
            session_id,
            wanted,
            is_full: true,
        }
    }

    fn go_on(&self, request: FetchRequest, by_id: bool) -> Result<Opened<'_>, ErrorCode> {
        let session_id = request.session_id;
        let mut sessions = self.0.lock();
        sessions.uses += 1;
        let used = sessions.uses;
        let session = sessions
            .by_id
            .get_mut(&session_id)
            .ok_or(ErrorCode::FetchSessionIdNotFound)?;
        if session.epoch != request.session_epoch {
            return Err(ErrorCode::InvalidFetchSessionEpoch);
        }
        if session.by_id != by_id {
            return Err(ErrorCode::FetchSessionTopicIdError);
        }
        session.epoch = session.epoch.checked_add(1).unwrap_or(1);
        session.used = used;
        session.change(request);
        let wanted = session
            .partitions
            .iter()
            .map(|remembered| remembered.wanted.clone());
        Ok(Opened {
            sessions: self,
            session_id,
            wanted: wanted.collect(),
            is_full: false,
        })
    }
}

impl Sessions {
    /// Ends the least recently used session if there are as many as there may be.
    fn make_room(&mut self) {
        if self.by_id.len() < FETCH_SESSIONS {
            return;
        }
        let oldest = self.by_id.iter().min_by_key(|(_, session)| session.used);
        if let Some(id) = oldest.map(|(id, _)| *id) {
            self.by_id.remove(&id);
        }
    }
}

impl Session {
    /// Takes over what a request says has changed.
    fn change(&mut self, request: FetchRequest) {
        for topic in &request.forgotten_topics_data {
            let reference = TopicReference::of(&topic.topic, topic.topic_id);
            self.partitions.retain(|remembered| {
                remembered.wanted.topic != reference
                    || !topic.partitions.contains(&remembered.wanted.partition.partition)
            });
        }
        for wanted in wanted_of(request) {
            match self
                .partitions
                .iter_mut()
                .find(|remembered| remembered.is(&wanted))
            {
                Some(remembered) => remembered.wanted = wanted,
                None => self.partitions.push(Remembered::new(wanted)),
            }
        }
    }

    /// Whether the client is to be told of what was read; notes that it is, and puts the partition behind all others, so that all
    /// get their turn.
    fn tell(&mut self, topic: &TopicReference, data: &PartitionData) -> bool {
        let place = self.partitions.iter().position(|remembered| {
            remembered.wanted.topic == *topic && remembered.wanted.partition.partition == data.partition_index
        });
        let Some(place) = place else {
            return true;
        };
        let remembered = &mut self.partitions[place];
        let has_records = data.records.as_ref().is_some_and(|records| !records.is_empty());
        let is_news = has_records
            || data.error_code != 0
            || remembered.high_watermark != data.high_watermark
            || remembered.log_start_offset != data.log_start_offset;
        remembered.high_watermark = data.high_watermark;
        remembered.log_start_offset = data.log_start_offset;
        if data.error_code != 0 {
            // To be told of again.
            remembered.high_watermark = -1;
        }
        if has_records {
            let told = self.partitions.remove(place);
            self.partitions.push(told);
        }
        is_news
    }
}

impl Remembered {
    fn new(wanted: Wanted) -> Self {
        Remembered {
            wanted,
            high_watermark: -1,
            log_start_offset: -1,
        }
    }

    fn is(&self, wanted: &Wanted) -> bool {
        self.wanted.topic == wanted.topic && self.wanted.partition.partition == wanted.partition.partition
    }
}

impl Opened<'_> {
    /// Every partition to be read.
    pub(super) fn wanted(&mut self) -> Vec<Wanted> {
        std::mem::take(&mut self.wanted)
    }

    /// What the client is told of all that was read, by topics.
    pub(super) fn select(&self, read: Vec<(TopicReference, PartitionData)>) -> Vec<FetchableTopicResponse> {
        let mut topics: Vec<FetchableTopicResponse> = Vec::new();
        let mut sessions = self.sessions.0.lock();
        let mut session = sessions.by_id.get_mut(&self.session_id);
        for (topic, data) in read {
            let is_news = session.as_mut().is_none_or(|session| session.tell(&topic, &data));
            if !self.is_full && !is_news {
                continue;
            }
            let (name, id) = named(&topic);
            match topics.last_mut() {
                Some(last) if last.topic == name && last.topic_id == id => last.partitions.push(data),
                _ => topics.push(FetchableTopicResponse {
                    topic: name,
                    topic_id: id,
                    partitions: vec![data],
                }),
            }
        }
        topics
    }
}

fn named(topic: &TopicReference) -> (ByteString, Uuid) {
    match topic {
        TopicReference::Name(name) => (name.clone(), Uuid::ZERO),
        TopicReference::Id(id) => (ByteString::new(), Uuid::from_bytes(*id)),
    }
}

/// The partitions that a request names.
fn wanted_of(request: FetchRequest) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    for topic in request.topics {
        let reference = TopicReference::of(&topic.topic, topic.topic_id);
        let partitions = topic.partitions.into_iter();
        wanted.extend(partitions.map(|partition: FetchPartition| Wanted {
            topic: reference.clone(),
            partition,
        }));
    }
    wanted
}
