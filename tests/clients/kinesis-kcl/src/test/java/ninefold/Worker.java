package ninefold;

import static ninefold.Services.CLOUD_WATCH;
import static ninefold.Services.DYNAMO_DB;
import static ninefold.Services.KINESIS;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.UUID;
import java.util.concurrent.TimeUnit;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.RetrievalConfig;
import software.amazon.kinesis.retrieval.fanout.FanOutConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/** One worker of an application, as impatient as the library can be made. */
final class Worker {
    private static final int STOP_SECONDS = 30;
    private static final long PAUSE_MILLISECONDS = 200;
    /** Long enough for a busy machine to renew a lease: a lost one means records that are processed twice. */
    private static final long FAILOVER_MILLISECONDS = 6_000;
    private static final long REPORT_MILLISECONDS = 1_000;

    /** How records are got. */
    enum Retrieval {
        POLLING,
        FAN_OUT
    }

    private final Scheduler scheduler;
    private final Thread thread;

    /** A worker that checkpoints at the end only: that of a shard, or its own. */
    Worker(String application, String stream, Retrieval retrieval, Processed processed) {
        this(application, stream, retrieval, processed, 0);
    }

    Worker(String application, String stream, Retrieval retrieval, Processed processed, int checkpointedBelow) {
        var fromTheBeginning =
                InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);
        ConfigsBuilder configs = new ConfigsBuilder(
                new SingleStreamTracker(stream, fromTheBeginning),
                application,
                KINESIS,
                DYNAMO_DB,
                CLOUD_WATCH,
                UUID.randomUUID().toString(),
                () -> new Processor(processed, checkpointedBelow));
        scheduler = new Scheduler(
                configs.checkpointConfig(),
                configs.coordinatorConfig()
                        .parentShardPollIntervalMillis(PAUSE_MILLISECONDS)
                        .shardConsumerDispatchPollIntervalMillis(PAUSE_MILLISECONDS),
                leases(configs.leaseManagementConfig()),
                configs.lifecycleConfig(),
                configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
                configs.processorConfig(),
                retrieval(configs.retrievalConfig(), application, stream, retrieval));
        thread = new Thread(scheduler, "worker of " + application);
        thread.setDaemon(true);
        thread.start();
    }

    private static LeaseManagementConfig leases(LeaseManagementConfig leases) {
        // What it measures by itself is about machines in a cloud.
        leases.workerUtilizationAwareAssignmentConfig()
                .disableWorkerMetrics(true)
                .workerMetricsReporterFreqInMillis(REPORT_MILLISECONDS);
        return leases.failoverTimeMillis(FAILOVER_MILLISECONDS)
                .leaseAssignmentIntervalMillis(PAUSE_MILLISECONDS)
                .shardSyncIntervalMillis(PAUSE_MILLISECONDS);
    }

    private static RetrievalConfig retrieval(
            RetrievalConfig config, String application, String stream, Retrieval retrieval) {
        return config.retrievalSpecificConfig(
                switch (retrieval) {
                    case POLLING -> new PollingConfig(stream, KINESIS)
                            .idleTimeBetweenReadsInMillis(PAUSE_MILLISECONDS);
                    case FAN_OUT -> new FanOutConfig(KINESIS).streamName(stream).applicationName(application);
                });
    }

    /** Lets it checkpoint what it has, and waits for its end. */
    void stop() throws Exception {
        assertTrue(scheduler.startGracefulShutdown().get(STOP_SECONDS, TimeUnit.SECONDS));
        thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        assertFalse(thread.isAlive(), "the worker did not end in time");
    }
}
