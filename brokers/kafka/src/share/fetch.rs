//! ShareFetch: members decide about what they have, and acquire further records.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use ninefold_kafka_protocol::messages::share_fetch::{
    AcquiredRecords, PartitionData, ShareFetchRequest, ShareFetchResponse, ShareFetchableTopicResponse,
};
use ninefold_kafka_protocol::{ErrorCode, Uuid};
use ninefold_share::{AcquireRequest, Acquired, Share};
use ninefold_time::Timestamp;
use tokio::sync::Notify;

use super::decisions::{Decided, Renewal, decide};
use super::sessions::Phase;
use super::{Member, PartitionName, lock_milliseconds, of_share};
use crate::cluster::Cluster;
use crate::configs::group::ShareSettings;
use crate::limits::{FETCH_BYTES, FETCH_WAIT_MILLISECONDS};
use crate::session::Caller;

/// What is told of the partitions of a request, in their order.
type Told = BTreeMap<([u8; 16], i32), PartitionData>;

/// How long records are the member's, how many are wanted, and until when they are waited for.
struct Terms {
    lock: Duration,
    max_records: usize,
    max_bytes: usize,
    give_up_at: Timestamp,
}

/// ShareFetch.
pub(crate) async fn answer(
    cluster: &Cluster,
    caller: &Caller,
    request: ShareFetchRequest,
) -> ShareFetchResponse {
    match fetch(cluster, caller, request).await {
        Ok((settings, responses)) => ShareFetchResponse {
            acquisition_lock_timeout_ms: lock_milliseconds(&settings),
            responses,
            ..ShareFetchResponse::default()
        },
        Err(code) => ShareFetchResponse {
            error_code: code.code(),
            ..ShareFetchResponse::default()
        },
    }
}

/// Releases what a member holds, and forgets what it reads.
pub(super) async fn leave(cluster: &Cluster, caller: &Caller, member: &Member) {
    for name in cluster.shared.sessions.close(member) {
        let Ok(partition) = cluster.shared_partition(caller, name) else {
            continue;
        };
        let key = cluster.share_key(&member.group, &partition);
        let share = cluster.shares().ok().and_then(|shares| shares.opened(&key));
        if let Some(share) = share
            && let Err(error) = share.release_all(&member.member_id()).await
        {
            // What it holds comes back when its locks end.
            tracing::warn!(%error, "records of a member that has left could not be released");
        }
    }
}

async fn fetch(
    cluster: &Cluster,
    caller: &Caller,
    mut request: ShareFetchRequest,
) -> Result<(ShareSettings, Vec<ShareFetchableTopicResponse>), ErrorCode> {
    cluster.shares()?;
    let (group, id) = (request.group_id.take(), request.member_id.take());
    let member = Member::of(cluster, caller, group, id)?;
    let now = cluster.clock.now();
    let sessions = &cluster.shared.sessions;
    let mut partitions = request.topics.iter().flat_map(|topic| &topic.partitions);
    let decides = partitions.any(|partition| !partition.acknowledgement_batches.is_empty());
    let is_wanting = request.max_records > 0 && request.max_bytes > 0;
    if decides && request.share_session_epoch == 0 || request.is_renew_ack && is_wanting {
        return Err(ErrorCode::InvalidRequest);
    }
    let phase = sessions.enter(&member, request.share_session_epoch, now)?;
    let settings = cluster.group_configs.get(&member.group).share_settings();
    let terms = Terms {
        lock: settings.lock,
        max_records: usize::try_from(request.max_records).unwrap_or(0),
        max_bytes: usize::try_from(request.max_bytes).unwrap_or(0).min(FETCH_BYTES),
        give_up_at: now + waiting(request.max_wait_ms),
    };
    let forgotten: Vec<PartitionName> = request
        .forgotten_topics_data
        .iter()
        .flat_map(|topic| topic.partitions.iter().map(|index| (topic.topic_id, *index)))
        .collect();
    let renewal = Renewal::of(request.is_renew_ack, &settings);
    let (added, mut told) = decide_all(cluster, caller, &member, request, renewal).await;
    if phase == Phase::Last {
        leave(cluster, caller, &member).await;
        return Ok((settings, by_topic(told)));
    }
    let wanted = sessions.update(&member, &added, &forgotten)?;
    if phase == Phase::First {
        for (topic, index) in &wanted {
            told_of(&mut told, (*topic, *index));
        }
    }
    if is_wanting {
        acquire_all(cluster, caller, &member, &wanted, &terms, &mut told).await;
    }
    Ok((settings, by_topic(told)))
}

fn waiting(max_wait_milliseconds: i32) -> Duration {
    let milliseconds = max_wait_milliseconds.clamp(0, FETCH_WAIT_MILLISECONDS);
    Duration::from_millis(u64::from(milliseconds.unsigned_abs()))
}

/// Does as the request decides; returns the partitions it names, and what came of the decisions.
async fn decide_all(
    cluster: &Cluster,
    caller: &Caller,
    member: &Member,
    request: ShareFetchRequest,
    renewal: Renewal,
) -> (Vec<PartitionName>, Told) {
    let (mut named, mut told) = (Vec::new(), Told::new());
    for topic in request.topics {
        for partition in topic.partitions {
            let name = (topic.topic_id, partition.partition_index);
            named.push(name);
            let batches = partition.acknowledgement_batches.into_iter();
            let decided: Vec<Decided> = batches
                .map(|batch| Decided {
                    first: batch.first_offset,
                    last: batch.last_offset,
                    types: batch.acknowledge_types,
                })
                .collect();
            if decided.is_empty() {
                continue;
            }
            let outcome = decide(cluster, caller, member, name, &decided, renewal).await;
            told_of(&mut told, name).acknowledge_error_code = outcome.err().map_or(0, |code| code.code());
        }
    }
    (named, told)
}

/// Acquires from all partitions, waiting until one of them has something, or is wrong.
async fn acquire_all(
    cluster: &Cluster,
    caller: &Caller,
    member: &Member,
    wanted: &[PartitionName],
    terms: &Terms,
    told: &mut Told,
) {
    let mut shares: Vec<(PartitionName, Arc<Share>)> = Vec::with_capacity(wanted.len());
    let mut has_failed = false;
    for name in wanted {
        let share = match cluster.shared_partition(caller, *name) {
            Ok(partition) => cluster.open_share(&member.group, &partition, None).await,
            Err(code) => Err(code),
        };
        match share {
            Ok(share) => shares.push((*name, share)),
            Err(code) => {
                has_failed = true;
                told_of(told, *name).error_code = code.code();
            }
        }
    }
    let notify = Arc::new(Notify::new());
    // Before acquiring, so that what comes after it is not missed.
    let _watching: Vec<_> = shares.iter().map(|(_, share)| share.watch(&notify)).collect();
    loop {
        let acquired = acquire_some(member, &shares, terms, told).await;
        let now = cluster.clock.now();
        if acquired || has_failed || shares.is_empty() || now >= terms.give_up_at {
            return;
        }
        let next_events = shares.iter().filter_map(|(_, share)| share.next_event());
        let next_event = next_events.filter(|event| *event > now).min();
        let wake_at = next_event.map_or(terms.give_up_at, |event| event.min(terms.give_up_at));
        tokio::select! {
            () = notify.notified() => (),
            () = cluster.clock.sleep_until(wake_at) => (),
        }
    }
}

/// Acquires what there is now; says whether there was anything to tell.
async fn acquire_some(
    member: &Member,
    shares: &[(PartitionName, Arc<Share>)],
    terms: &Terms,
    told: &mut Told,
) -> bool {
    let (mut records, mut bytes, mut is_news) = (0, 0, false);
    for (name, share) in shares {
        if records >= terms.max_records || (bytes > 0 && bytes >= terms.max_bytes) {
            break;
        }
        let request = AcquireRequest {
            member: member.member_id(),
            max_records: terms.max_records - records,
            max_bytes: terms.max_bytes.saturating_sub(bytes),
            lease: terms.lock,
        };
        match share.acquire(&request).await {
            Ok(acquired) if acquired.is_empty() => (),
            Ok(acquired) => {
                is_news = true;
                records += acquired.leases().count();
                let data = told_of(told, *name);
                data.acquired_records = acquired_records(&acquired);
                let whole = whole(&acquired);
                bytes += whole.len();
                data.records = Some(whole);
            }
            Err(error) => {
                is_news = true;
                told_of(told, *name).error_code = of_share(&error).code();
            }
        }
    }
    is_news
}

fn acquired_records(acquired: &Acquired) -> Vec<AcquiredRecords> {
    let ranges = acquired.ranges().into_iter();
    ranges
        .map(|range| AcquiredRecords {
            first_offset: range.first,
            last_offset: range.last,
            delivery_count: i16::try_from(range.delivery_count).unwrap_or(i16::MAX),
        })
        .collect()
}

/// The batches, one after the other.
fn whole(acquired: &Acquired) -> Bytes {
    match &acquired.batches[..] {
        [only] => only.batch.bytes().clone(),
        batches => {
            let mut whole = BytesMut::new();
            for acquired in batches {
                whole.extend_from_slice(acquired.batch.bytes());
            }
            whole.freeze()
        }
    }
}

fn told_of(told: &mut Told, (topic, index): PartitionName) -> &mut PartitionData {
    told.entry((*topic.as_bytes(), index))
        .or_insert_with(|| PartitionData {
            partition_index: index,
            records: Some(Bytes::new()),
            ..PartitionData::default()
        })
}

fn by_topic(told: Told) -> Vec<ShareFetchableTopicResponse> {
    let mut topics: Vec<ShareFetchableTopicResponse> = Vec::new();
    for ((topic, _), data) in told {
        let id = Uuid::from_bytes(topic);
        match topics.last_mut() {
            Some(last) if last.topic_id == id => last.partitions.push(data),
            _ => topics.push(ShareFetchableTopicResponse {
                topic_id: id,
                partitions: vec![data],
            }),
        }
    }
    topics
}
