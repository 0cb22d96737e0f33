use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ninefold_delivery::{DeliveryEngine, DeliveryFigures};
use ninefold_http::ConnectionCount;
use ninefold_kinesis::ChannelFigures;
use ninefold_log::LogFigures;
use ninefold_queue::QueueEngine;
use ninefold_store::{Histogram, Store};
use ninefold_time::Clock;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;

use super::{OperationFigures, ServiceFigures};

/// As many queues as are reported, in the order of their keys.
const MAXIMUM_QUEUES: usize = 1_000;

/// Where figures come from.
pub(crate) struct Sources {
    pub(crate) services: Vec<Arc<ServiceFigures>>,
    pub(crate) unrouted: Arc<OperationFigures>,
    pub(crate) connections: ConnectionCount,
    pub(crate) queues: Arc<QueueEngine>,
    /// What each door delivers, by its name.
    pub(crate) deliveries: Vec<(&'static str, Arc<DeliveryEngine>)>,
    pub(crate) store: Arc<dyn Store>,
    /// What the log of streams has done.
    pub(crate) log: Box<dyn Fn() -> LogFigures + Send + Sync>,
    /// What channels of data streams have done.
    pub(crate) channels: Box<dyn Fn() -> Vec<ChannelFigures> + Send + Sync>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Gathers the figures at the moment they are asked for.
pub(crate) struct Scrape(Sources);

impl fmt::Debug for Scrape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Scrape").finish_non_exhaustive()
    }
}

impl Collector for Scrape {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page(encoder);
        self.process(&mut page)?;
        self.requests(&mut page)?;
        self.queues(&mut page)?;
        self.deliveries(&mut page)?;
        self.channels(&mut page)?;
        self.store(&mut page)?;
        self.log(&mut page)
    }
}

impl Scrape {
    pub(crate) fn new(sources: Sources) -> Self {
        Scrape(sources)
    }

    fn process(&self, page: &mut Page<'_>) -> fmt::Result {
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        page.family("ninefold_build", "The version that runs", MetricType::Info)?
            .encode_info(&version)?;
        page.gauge(
            "ninefold_connections",
            "Open connections",
            self.0.connections.open() as f64,
        )?;
        match resident_bytes() {
            Some(bytes) => page.gauge("process_resident_memory_bytes", "Resident memory", bytes as f64),
            None => Ok(()),
        }
    }

    /// Every operation that was asked for, with its service.
    fn operations(&self) -> impl Iterator<Item = (&'static str, &'static str, &OperationFigures)> {
        let of_services = self.0.services.iter().flat_map(|service| {
            service
                .used()
                .map(|(operation, figures)| (service.model.name, operation, figures))
        });
        let unrouted = Some(("unknown", "unknown", &*self.0.unrouted));
        of_services.chain(unrouted.filter(|(_, _, figures)| figures.is_used()))
    }

    fn requests(&self, page: &mut Page<'_>) -> fmt::Result {
        let help = "Requests answered, by operation and result: Success or the error's code";
        let mut family = page.family("ninefold_requests", help, MetricType::Counter)?;
        for (service, operation, figures) in self.operations() {
            let mut count = |result: &str, count: u64| {
                let labels = [("service", service), ("operation", operation), ("result", result)];
                family
                    .encode_family(&labels)?
                    .encode_counter::<NoLabelSet, _, u64>(&count, None)
            };
            match figures.succeeded.load(Ordering::Relaxed) {
                0 => {}
                succeeded => count("Success", succeeded)?,
            }
            for (code, failures) in figures.failed.lock().iter() {
                count(code, *failures)?;
            }
        }
        let help = "From a request's arrival to its answer; receiving messages includes waiting for them";
        let mut family = page.family("ninefold_request_seconds", help, MetricType::Histogram)?;
        for (service, operation, figures) in self.operations() {
            let labels = [("service", service), ("operation", operation)];
            let buckets = figures.latency.buckets();
            let count = buckets.iter().map(|(_, count)| count).sum();
            family.encode_family(&labels)?.encode_histogram::<NoLabelSet>(
                figures.latency.sum_seconds(),
                count,
                &buckets,
                None,
            )?;
        }
        Ok(())
    }

    fn queues(&self, page: &mut Page<'_>) -> fmt::Result {
        let now = self.0.clock.now();
        let queues: Vec<_> = self
            .0
            .queues
            .queues(b"", None, MAXIMUM_QUEUES)
            .into_iter()
            // Those behind deliveries are reported as such.
            .filter(|queue| !queue.key().0.starts_with(DeliveryEngine::QUEUE_PREFIX))
            .map(|queue| {
                (
                    String::from_utf8_lossy(&queue.key().0).into_owned(),
                    queue.counts(),
                )
            })
            .collect();
        let help = "Messages in a queue, by state";
        let mut family = page.family("ninefold_queue_messages", help, MetricType::Gauge)?;
        for (queue, counts) in &queues {
            for (state, count) in [
                ("visible", counts.visible),
                ("in_flight", counts.in_flight),
                ("delayed", counts.delayed),
            ] {
                let labels = [("queue", queue.as_str()), ("state", state)];
                family.encode_family(&labels)?.encode_gauge(&(count as f64))?;
            }
        }
        let help = "Age of the oldest visible message of a queue";
        let mut family = page.family(
            "ninefold_queue_oldest_message_age_seconds",
            help,
            MetricType::Gauge,
        )?;
        for (queue, counts) in &queues {
            if let Some(sent_at) = counts.oldest_sent_at {
                let age = now.duration_since(sent_at).as_secs_f64();
                family
                    .encode_family(&[("queue", queue.as_str())])?
                    .encode_gauge(&age)?;
            }
        }
        Ok(())
    }

    fn deliveries(&self, page: &mut Page<'_>) -> fmt::Result {
        let engines = &self.0.deliveries;
        let figures: Vec<_> = engines
            .iter()
            .map(|(name, engine)| (*name, engine.figures()))
            .collect();
        let mut counter = |name: &str, help: &str, of: fn(&DeliveryFigures) -> u64| {
            let mut family = page.family(name, help, MetricType::Counter)?;
            figures.iter().try_for_each(|(service, figures)| {
                family
                    .encode_family(&[("service", *service)])?
                    .encode_counter::<NoLabelSet, _, u64>(&of(figures), None)
            })
        };
        let help = "Messages left to be delivered as soon as that works";
        counter("ninefold_deliveries_accepted", help, |figures| figures.accepted)?;
        let help = "Messages delivered after they were left to be";
        counter("ninefold_deliveries_delivered", help, |figures| figures.delivered)?;
        let help = "Attempts to deliver that failed";
        counter("ninefold_deliveries_failed_attempts", help, |figures| {
            figures.failed_attempts
        })?;
        let help = "Messages put into dead-letter queues";
        counter("ninefold_deliveries_dead_lettered", help, |figures| {
            figures.dead_lettered
        })?;
        let help = "Messages dropped for want of a dead-letter queue";
        counter("ninefold_deliveries_dropped", help, |figures| figures.dropped)?;
        let help = "Deliveries under way";
        let mut family = page.family("ninefold_deliveries_under_way", help, MetricType::Gauge)?;
        for (service, figures) in &figures {
            family
                .encode_family(&[("service", *service)])?
                .encode_gauge(&(figures.under_way as f64))?;
        }
        let help = "Messages that wait to be delivered";
        let mut family = page.family("ninefold_deliveries_waiting", help, MetricType::Gauge)?;
        engines.iter().try_for_each(|(service, engine)| {
            family
                .encode_family(&[("service", *service)])?
                .encode_gauge(&(engine.items() as f64))
        })
    }

    fn channels(&self, page: &mut Page<'_>) -> fmt::Result {
        let channels = (self.0.channels)();
        let labels = |channel: &ChannelFigures| {
            let ChannelFigures {
                channel,
                channel_id,
                stream,
                ..
            } = channel.clone();
            [
                ("channel", channel),
                ("channel_id", channel_id),
                ("stream", stream),
            ]
        };
        let mut counter = |name: &str, help: &str, of: fn(&ChannelFigures) -> u64| {
            let mut family = page.family(name, help, MetricType::Counter)?;
            channels.iter().try_for_each(|channel| {
                family
                    .encode_family(&labels(channel))?
                    .encode_counter::<NoLabelSet, _, u64>(&of(channel), None)
            })
        };
        counter(
            "ninefold_channel_objects",
            "Objects that a channel has put",
            |channel| channel.objects,
        )?;
        counter("ninefold_channel_records", "Records in them", |channel| {
            channel.delivered_records
        })?;
        counter(
            "ninefold_channel_read_bytes",
            "Bytes of records that a channel has read",
            |channel| channel.read_bytes,
        )?;
        counter(
            "ninefold_channel_written_bytes",
            "Bytes of what it has put",
            |channel| channel.written_bytes,
        )?;
        let help = "Records that are not what a channel takes, put as dead letters";
        counter("ninefold_channel_dead_letters", help, |channel| {
            channel.dead_letters
        })?;
        let help = "Attempts to deliver that failed";
        counter("ninefold_channel_failed_attempts", help, |channel| {
            channel.failed_attempts
        })?;
        let help = "Records that the stream had let go of before they could be delivered";
        counter("ninefold_channel_lost_records", help, |channel| {
            channel.lost_records
        })?;
        let help = "Age of the oldest record that a channel has not delivered";
        let mut family = page.family(
            "ninefold_channel_oldest_record_age_seconds",
            help,
            MetricType::Gauge,
        )?;
        for channel in &channels {
            let age_seconds = channel.oldest_age_milliseconds.unwrap_or(0) as f64 / 1_000.0;
            family
                .encode_family(&labels(channel))?
                .encode_gauge(&age_seconds)?;
        }
        Ok(())
    }

    fn log(&self, page: &mut Page<'_>) -> fmt::Result {
        let figures = (self.0.log)();
        for (name, help, count) in [
            (
                "ninefold_log_appended_batches",
                "Batches of records appended",
                figures.appended_batches,
            ),
            (
                "ninefold_log_appended_bytes",
                "Bytes of them",
                figures.appended_bytes,
            ),
            (
                "ninefold_log_refused_appends",
                "Batches refused or failed",
                figures.refused_appends,
            ),
            (
                "ninefold_log_rounds",
                "Rounds that batches were written in",
                figures.rounds,
            ),
            (
                "ninefold_log_syncs",
                "Rounds that were synced to disk",
                figures.syncs,
            ),
            (
                "ninefold_log_compaction_read_bytes",
                "Segments that compaction has read",
                figures.compaction_read_bytes,
            ),
            (
                "ninefold_log_compaction_written_bytes",
                "What it has put in their place",
                figures.compaction_written_bytes,
            ),
        ] {
            page.counter(name, help, count)?;
        }
        for (name, help, bytes) in [
            (
                "ninefold_log_queued_bytes",
                "Waiting to be written",
                figures.queued_bytes,
            ),
            (
                "ninefold_log_journal_bytes",
                "Journal that is not in segments yet",
                figures.journal_bytes,
            ),
            (
                "ninefold_log_segment_bytes",
                "Segments on disk",
                figures.segment_bytes,
            ),
            (
                "ninefold_log_cached_bytes",
                "Batches in memory",
                figures.cached_bytes,
            ),
            ("ninefold_log_partitions", "Partitions", figures.partitions),
        ] {
            page.gauge(name, help, bytes as f64)?;
        }
        let help = "How long a round took to write and sync";
        page.histogram("ninefold_log_sync_seconds", help, &figures.sync_seconds)
    }

    fn store(&self, page: &mut Page<'_>) -> fmt::Result {
        let figures = self.0.store.figures();
        page.counter("ninefold_store_batches", "Batches committed", figures.batches)?;
        page.counter(
            "ninefold_store_rounds",
            "Rounds that batches were committed in",
            figures.rounds,
        )?;
        page.counter(
            "ninefold_store_syncs",
            "Rounds that were synced to disk",
            figures.syncs,
        )?;
        page.counter(
            "ninefold_store_failed_batches",
            "Batches refused or failed",
            figures.failed_batches,
        )?;
        page.counter(
            "ninefold_store_written_bytes",
            "Keys and values committed",
            figures.bytes_written,
        )?;
        page.gauge(
            "ninefold_store_queued_bytes",
            "Waiting to be written",
            figures.queued_bytes as f64,
        )?;
        page.gauge(
            "ninefold_store_log_bytes",
            "Log that is not in the tables yet",
            figures.log_bytes as f64,
        )?;
        page.gauge(
            "ninefold_store_disk_bytes",
            "Tables and log on disk",
            figures.disk_bytes as f64,
        )?;
        let help = "How long a round took to write and sync";
        page.histogram("ninefold_store_sync_seconds", help, &figures.sync_seconds)?;
        page.histogram(
            "ninefold_store_round_batches",
            "How many batches a round had",
            &figures.round_batches,
        )
    }
}

/// What is being written.
struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    fn family<'s>(
        &'s mut self,
        name: &'s str,
        help: &'s str,
        kind: MetricType,
    ) -> Result<MetricEncoder<'s>, fmt::Error> {
        self.0.encode_descriptor(name, help, None, kind)
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.family(name, help, MetricType::Counter)?
            .encode_counter::<NoLabelSet, _, u64>(&value, None)
    }

    fn gauge(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        self.family(name, help, MetricType::Gauge)?.encode_gauge(&value)
    }

    fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) -> fmt::Result {
        self.family(name, help, MetricType::Histogram)?
            .encode_histogram::<NoLabelSet>(histogram.sum, histogram.count, &histogram.buckets, None)
    }
}

/// The memory of this process that is resident, where the system tells (Linux).
fn resident_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}
