package ninefold;

import static ninefold.Queues.CREDENTIALS;
import static ninefold.Queues.ENDPOINT;
import static ninefold.Streams.KINESIS;
import static ninefold.Streams.consumer;
import static ninefold.Streams.put;
import static ninefold.Streams.shard;
import static ninefold.Streams.texts;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;

/** SubscribeToShard through the asynchronous client: HTTP/2 without TLS, by prior knowledge. */
class KinesisSubscriptionsTest {
    private static final KinesisAsyncClient ASYNC = KinesisAsyncClient.builder()
            .endpointOverride(ENDPOINT)
            .region(Region.US_EAST_1)
            .credentialsProvider(CREDENTIALS)
            .overrideConfiguration(settings -> settings.retryStrategy(DefaultRetryStrategy.doNotRetry()))
            .build();
    private static final StartingPosition TRIM_HORIZON = position(ShardIteratorType.TRIM_HORIZON, null);
    private static final StartingPosition LATEST = position(ShardIteratorType.LATEST, null);

    @RegisterExtension
    final Streams streams = new Streams();

    @AfterAll
    static void close() {
        ASYNC.close();
    }

    private static StartingPosition position(ShardIteratorType type, String sequenceNumber) {
        return StartingPosition.builder()
                .type(type)
                .sequenceNumber(sequenceNumber)
                .build();
    }

    @Test
    void twoConsumersGetEverythingAsItComes() throws Exception {
        String stream = streams.create(1);
        put(stream, "0");
        List<Subscription> subscriptions = new ArrayList<>();
        for (String name : List.of("first", "second")) {
            subscriptions.add(new Subscription(ASYNC, consumer(stream, name), 0, TRIM_HORIZON));
        }
        for (Subscription subscription : subscriptions) {
            assertEquals(List.of("0"), texts(subscription.records(1)));
        }
        List<String> expected = IntStream.range(1, 101).mapToObj(Integer::toString).toList();
        expected.forEach(text -> put(stream, text));
        for (Subscription subscription : subscriptions) {
            assertEquals(expected, texts(subscription.records(100)));
        }
    }

    @Test
    void largeRecordsFlow() throws Exception {
        String stream = streams.create(1);
        Subscription subscription = new Subscription(ASYNC, consumer(stream, "consumer"), 0, LATEST).begun();
        byte[] data = new byte[1_000_000];
        Arrays.fill(data, (byte) 0xff);
        CompletableFuture.allOf(IntStream.range(0, 8)
                        .mapToObj(number -> ASYNC.putRecord(request -> request.streamName(stream)
                                .partitionKey("key")
                                .data(SdkBytes.fromByteArray(data))))
                        .toArray(CompletableFuture[]::new))
                .join();
        for (Record record : subscription.records(8)) {
            assertArrayEquals(data, record.data().asByteArray());
        }
    }

    @Test
    void goesOnWhereItWas() throws Exception {
        String stream = streams.create(1);
        put(stream, "before");
        SubscribeToShardEvent event = new Subscription(ASYNC, consumer(stream, "first"), 0, TRIM_HORIZON).next();
        assertEquals(0, event.millisBehindLatest());
        assertEquals(event.records().get(0).sequenceNumber(), event.continuationSequenceNumber());
        put(stream, "after");
        StartingPosition position =
                position(ShardIteratorType.AFTER_SEQUENCE_NUMBER, event.continuationSequenceNumber());
        Subscription second = new Subscription(ASYNC, consumer(stream, "second"), 0, position);
        assertEquals(List.of("after"), texts(second.records(1)));
        StartingPosition then = StartingPosition.builder()
                .type(ShardIteratorType.AT_TIMESTAMP)
                .timestamp(event.records().get(0).approximateArrivalTimestamp())
                .build();
        Subscription third = new Subscription(ASYNC, consumer(stream, "third"), 0, then);
        assertEquals(List.of("before", "after"), texts(third.records(2)));
    }

    @Test
    void theEndOfAShard() throws Exception {
        String stream = streams.create(1);
        String consumer = consumer(stream, "consumer");
        Subscription subscription = new Subscription(ASYNC, consumer, 0, LATEST).begun();
        put(stream, "last");
        KINESIS.splitShard(request ->
                request.streamName(stream).shardToSplit(shard(0)).newStartingHashKey("1000"));
        List<Record> records = new ArrayList<>();
        SubscribeToShardEvent event;
        do {
            event = subscription.next();
            records.addAll(event.records());
        } while (event.continuationSequenceNumber() != null);
        assertEquals(List.of("last"), texts(records));
        assertEquals(
                List.of(shard(1), shard(2)),
                event.childShards().stream().map(ChildShard::shardId).toList());
        assertEquals(List.of(shard(0)), event.childShards().get(1).parentShards());
        assertEquals("1000", event.childShards().get(1).hashKeyRange().startingHashKey());
        subscription.end();
        put(stream, "first");
        assertEquals(
                List.of("first"), texts(new Subscription(ASYNC, consumer, 2, TRIM_HORIZON).records(1)));
    }

    /** A subscriber hears of nothing too, every five seconds; as long it can't be replaced, and is then. */
    @Test
    void keptAliveAndReplaced() throws Exception {
        String stream = streams.create(1);
        String consumer = consumer(stream, "consumer");
        Subscription first = new Subscription(ASYNC, consumer, 0, LATEST).begun();
        SubscribeToShardEvent atOnce = first.next();
        assertInstanceOf(
                ResourceInUseException.class, new Subscription(ASYNC, consumer, 0, LATEST).failure());
        SubscribeToShardEvent later = first.next();
        for (SubscribeToShardEvent event : List.of(atOnce, later)) {
            assertEquals(List.of(), event.records());
            assertNotNull(event.continuationSequenceNumber());
            assertEquals(0, event.millisBehindLatest());
        }
        Subscription second = new Subscription(ASYNC, consumer, 0, LATEST).begun();
        assertInstanceOf(ResourceInUseException.class, first.failure());
        put(stream, "new");
        assertEquals(List.of("new"), texts(second.records(1)));
    }

    @Test
    void whatIsNotThere() throws Exception {
        String stream = streams.create(1);
        String consumer = consumer(stream, "consumer");
        assertInstanceOf(
                ResourceNotFoundException.class, new Subscription(ASYNC, consumer, 7, LATEST).failure());
        String gone = consumer(stream, "gone");
        Subscription subscription = new Subscription(ASYNC, gone, 0, LATEST).begun();
        KINESIS.deregisterStreamConsumer(request -> request.consumerARN(gone));
        assertInstanceOf(ResourceNotFoundException.class, new Subscription(ASYNC, gone, 0, LATEST).failure());
        assertNotNull(subscription.failure());
        Subscription last = new Subscription(ASYNC, consumer, 0, LATEST).begun();
        streams.delete(stream);
        assertInstanceOf(ResourceNotFoundException.class, last.failure());
    }
}
