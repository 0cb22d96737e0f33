//! All streams, and their changes.

use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;
use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Change, Store, Table};
use ninefold_log::{Log, Partition, Settings};
use ninefold_time::Clock;
use parking_lot::RwLock;
use serde_json::Value;
use tokio::sync::{Mutex, watch};
use uuid::Uuid;

use crate::StreamsError;
use crate::record::{Birth, HashRange, ShardRecord, StreamRecord};
use crate::stream::Stream;

const STREAMS: Table = Table::new(26, "streams.streams");
/// A stream has so many shards at most, closed ones included.
const SHARDS: usize = 200_000;
/// So many changes, of different streams, may be under way at one time.
const TURNS: usize = 64;

/// The name of a stream: unique within a namespace, such as an account's region or a cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamKey {
    /// Has no `\0` in it.
    pub namespace: String,
    /// Whatever its door allows.
    pub name: String,
}

/// A stream to be made.
#[derive(Debug, Clone)]
pub struct NewStream {
    /// Who makes it.
    pub birth: Birth,
    /// Its shards.
    pub shards: Vec<NewShard>,
    /// How its records are kept.
    pub settings: Settings,
    /// What that door knows of it.
    pub attachment: (String, Value),
}

/// A shard to be opened.
#[derive(Debug, Clone)]
pub struct NewShard {
    /// The hash keys it takes, where they decide.
    pub hash_range: Option<HashRange>,
    /// The numbers of the shards that it follows.
    pub parents: Vec<u32>,
}

/// Which shards are to be closed and which to be opened behind the last one.
#[derive(Debug, Clone, Default)]
pub struct Reshaping {
    /// By their numbers.
    pub close: Vec<u32>,
    /// In the order of the numbers that they get.
    pub open: Vec<NewShard>,
}

/// All streams there are. Changes of one stream happen one after the other and are durable when they return.
pub struct Streams {
    catalog: Catalog<StreamRecord>,
    log: Arc<Log>,
    clock: Arc<dyn Clock>,
    streams: RwLock<Directory>,
    turns: [Mutex<()>; TURNS],
    changes: watch::Sender<u64>,
}

#[derive(Default)]
struct Directory {
    by_key: BTreeMap<StreamKey, Arc<Stream>>,
    by_id: BTreeMap<Uuid, StreamKey>,
}

impl StreamKey {
    /// The stream of this name in a namespace.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        StreamKey {
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    fn encode(&self) -> Vec<u8> {
        [self.namespace.as_bytes(), self.name.as_bytes()].join(&0)
    }

    fn decode(key: &[u8]) -> Option<Self> {
        let end = key.iter().position(|byte| *byte == 0)?;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        Some(StreamKey {
            namespace: text(&key[..end])?,
            name: text(&key[end + 1..])?,
        })
    }
}

impl Streams {
    /// What is kept in the store.
    pub const TABLES: &'static [Table] = &[STREAMS];

    /// Opens the streams that a store knows, whose records are in `log`; finishes what a crash has interrupted. The log has no
    /// other owner: a partition of no stream is deleted.
    ///
    /// # Errors
    ///
    /// If the store or the log fails or misses something.
    pub async fn open(
        store: Arc<dyn Store>,
        log: Arc<Log>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StreamsError> {
        let catalog: Catalog<StreamRecord> = Catalog::open(store, STREAMS)?;
        let mut directory = Directory::default();
        let mut owned = HashSet::new();
        for (key, record) in catalog.page(&[], None, usize::MAX) {
            let damaged = |reason: &str| CatalogError::Damaged {
                table: STREAMS.name(),
                reason: format!("{}: {reason}", key.escape_ascii()),
            };
            let key = StreamKey::decode(&key).ok_or_else(|| damaged("its key is no name of a stream"))?;
            let stream = stream(&log, key, record).ok_or_else(|| damaged("a partition of it is missing"))?;
            for (shard, partition) in stream.record.shards.iter().zip(&stream.partitions) {
                owned.insert(partition.number());
                // Closing is two steps, of which a crash may have left the first.
                if shard.is_open() && partition.is_sealed() {
                    partition.unseal().await?;
                }
            }
            directory.insert(Arc::new(stream));
        }
        for number in log.numbers() {
            if !owned.contains(&number) {
                tracing::info!(?number, "deleting a partition that belongs to no stream");
                log.delete(number).await?;
            }
        }
        Ok(Streams {
            catalog,
            log,
            clock,
            streams: RwLock::new(directory),
            turns: [const { Mutex::const_new(()) }; TURNS],
            changes: watch::Sender::new(0),
        })
    }

    /// The stream of a name.
    pub fn get(&self, key: &StreamKey) -> Option<Arc<Stream>> {
        self.streams.read().by_key.get(key).cloned()
    }

    /// The stream of an id.
    pub fn by_id(&self, id: Uuid) -> Option<Arc<Stream>> {
        let streams = self.streams.read();
        streams.by_key.get(streams.by_id.get(&id)?).cloned()
    }

    /// The streams of a namespace in the order of their names, after `after`, at most `limit`.
    pub fn page(&self, namespace: &str, after: Option<&str>, limit: usize) -> Vec<Arc<Stream>> {
        let start = match after {
            Some(after) => Bound::Excluded(StreamKey::new(namespace, after)),
            None => Bound::Included(StreamKey::new(namespace, "")),
        };
        self.streams
            .read()
            .by_key
            .range((start, Bound::Unbounded))
            .take_while(|(key, _)| key.namespace == namespace)
            .take(limit)
            .map(|(_, stream)| Arc::clone(stream))
            .collect()
    }

    /// All streams there are.
    pub fn all(&self) -> Vec<Arc<Stream>> {
        self.streams.read().by_key.values().cloned().collect()
    }

    /// Tells of changes: that something has changed, not what.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The log in which the records are.
    pub fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// Makes a stream.
    ///
    /// # Errors
    ///
    /// If there is one of that name, or that can't be made durable.
    pub async fn create(&self, key: StreamKey, new: NewStream) -> Result<Arc<Stream>, StreamsError> {
        let _turn = self.turn(&key).await;
        if self.get(&key).is_some() {
            return Err(StreamsError::Exists);
        }
        check_count(new.shards.len())?;
        let now_milliseconds = self.clock.now().as_millis();
        let mut record = StreamRecord {
            id: Uuid::new_v4(),
            birth: new.birth,
            created_at_milliseconds: now_milliseconds,
            shards: Vec::new(),
            attachments: BTreeMap::from([new.attachment]),
        };
        let opened = self.open_shards(new.shards, &new.settings, &mut record, now_milliseconds);
        let partitions = opened.await?;
        self.keep(key, record, partitions).await
    }

    /// Deletes a stream and all its records.
    ///
    /// # Errors
    ///
    /// If there is none of that name, or that can't be made durable.
    pub async fn delete(&self, key: &StreamKey) -> Result<(), StreamsError> {
        let _turn = self.turn(key).await;
        let stream = self.get(key).ok_or(StreamsError::NotFound)?;
        self.catalog.delete(&key.encode()).await?;
        {
            let mut streams = self.streams.write();
            streams.by_key.remove(key);
            streams.by_id.remove(&stream.record.id);
        }
        self.tell();
        for partition in &stream.partitions {
            self.log.delete(partition.number()).await?;
        }
        Ok(())
    }

    /// Closes and opens shards by what `reshape` says of the stream as it is. What a closed shard has taken before is durable
    /// when this returns.
    ///
    /// # Errors
    ///
    /// What `reshape` refuses with; if there is none of that name; or if that can't be made durable.
    pub async fn reshape<E: From<StreamsError>>(
        &self,
        key: &StreamKey,
        reshape: impl FnOnce(&Stream) -> Result<Reshaping, E>,
    ) -> Result<Arc<Stream>, E> {
        let _turn = self.turn(key).await;
        let stream = self.get(key).ok_or(StreamsError::NotFound)?;
        let reshaping = reshape(&stream)?;
        let changed = self.apply(&stream, reshaping).await?;
        Ok(changed)
    }

    async fn apply(&self, stream: &Stream, reshaping: Reshaping) -> Result<Arc<Stream>, StreamsError> {
        check_count(stream.partitions.len() + reshaping.open.len())?;
        let record = StreamRecord::clone(&stream.record);
        let partitions = stream.partitions.clone();
        let settings = partitions
            .last()
            .map_or_else(Settings::default, |partition| partition.settings());
        let closed = reshaping.close.clone();
        let changed = self
            .close_and_open(stream, reshaping, record, partitions, &settings)
            .await;
        if changed.is_err() {
            // What was to be closed is open, as the record says, and has to take records.
            for partition in closed.iter().filter_map(|shard| stream.partition(*shard)) {
                if let Err(error) = partition.unseal().await {
                    tracing::error!(%error, ?partition, "a shard stays closed until the next start");
                }
            }
        }
        changed
    }

    async fn close_and_open(
        &self,
        stream: &Stream,
        reshaping: Reshaping,
        mut record: StreamRecord,
        mut partitions: Vec<Arc<Partition>>,
        settings: &Settings,
    ) -> Result<Arc<Stream>, StreamsError> {
        for shard in &reshaping.close {
            if let Some(partition) = stream.partition(*shard) {
                partition.seal().await?;
            }
        }
        let now_milliseconds = self.clock.now().as_millis();
        for shard in &reshaping.close {
            if let Some(shard) = record.shards.get_mut(*shard as usize) {
                shard.closed_at_milliseconds = Some(now_milliseconds);
            }
        }
        let opened = self.open_shards(reshaping.open, settings, &mut record, now_milliseconds);
        partitions.extend(opened.await?);
        self.keep(stream.key.clone(), record, partitions).await
    }

    /// Keeps the records of all shards of a stream as these settings say.
    ///
    /// # Errors
    ///
    /// If there is none of that name, or that can't be made durable.
    pub async fn configure(&self, key: &StreamKey, settings: &Settings) -> Result<(), StreamsError> {
        let _turn = self.turn(key).await;
        let stream = self.get(key).ok_or(StreamsError::NotFound)?;
        for partition in &stream.partitions {
            partition.configure(settings.clone()).await?;
        }
        Ok(())
    }

    /// Changes what a door knows of a stream, by what it knows so far.
    ///
    /// # Errors
    ///
    /// What `change` refuses with; if there is none of that name; or if that can't be made durable.
    pub async fn attach<E: From<StreamsError>>(
        &self,
        key: &StreamKey,
        door: &str,
        change: impl FnOnce(&Stream) -> Result<Value, E>,
    ) -> Result<Arc<Stream>, E> {
        let _turn = self.turn(key).await;
        let stream = self.get(key).ok_or(StreamsError::NotFound)?;
        let mut record = StreamRecord::clone(&stream.record);
        record.attachments.insert(door.to_owned(), change(&stream)?);
        let changed = self.keep(key.clone(), record, stream.partitions.clone()).await;
        Ok(changed?)
    }

    async fn open_shards(
        &self,
        shards: Vec<NewShard>,
        settings: &Settings,
        record: &mut StreamRecord,
        now_milliseconds: u64,
    ) -> Result<Vec<Arc<Partition>>, StreamsError> {
        let partitions = self.log.create_many(settings, shards.len()).await?;
        for (shard, partition) in shards.into_iter().zip(&partitions) {
            record.shards.push(ShardRecord::new(
                partition.number(),
                shard.hash_range,
                shard.parents,
                now_milliseconds,
            ));
        }
        Ok(partitions)
    }

    /// Makes a stream be this from now on.
    async fn keep(
        &self,
        key: StreamKey,
        record: StreamRecord,
        partitions: Vec<Arc<Partition>>,
    ) -> Result<Arc<Stream>, StreamsError> {
        let put = |_: Option<&Arc<StreamRecord>>| Ok(Change::Put(record));
        let kept = self.catalog.change::<CatalogError>(&key.encode(), put).await?;
        let stream = Arc::new(Stream {
            key,
            record: kept.ok_or(StreamsError::NotFound)?,
            partitions,
        });
        self.streams.write().insert(Arc::clone(&stream));
        self.tell();
        Ok(stream)
    }

    async fn turn(&self, key: &StreamKey) -> tokio::sync::MutexGuard<'_, ()> {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        self.turns[hasher.finish() as usize % TURNS].lock().await
    }

    fn tell(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }
}

impl Directory {
    fn insert(&mut self, stream: Arc<Stream>) {
        self.by_id.insert(stream.record.id, stream.key.clone());
        self.by_key.insert(stream.key.clone(), stream);
    }
}

/// A stream with its partitions, if they are all there.
fn stream(log: &Log, key: StreamKey, record: Arc<StreamRecord>) -> Option<Stream> {
    let partitions = record.shards.iter().map(|shard| log.partition(shard.partition()));
    Some(Stream {
        key,
        partitions: partitions.collect::<Option<_>>()?,
        record,
    })
}

fn check_count(shards: usize) -> Result<(), StreamsError> {
    if shards > SHARDS {
        return Err(StreamsError::TooManyShards { limit: SHARDS });
    }
    Ok(())
}
