package ninefold;

import static ninefold.Queues.CREDENTIALS;
import static ninefold.Queues.ENDPOINT;
import static ninefold.Streams.KINESIS;
import static ninefold.Streams.arn;
import static ninefold.Streams.get;
import static ninefold.Streams.getAll;
import static ninefold.Streams.iterator;
import static ninefold.Streams.put;
import static ninefold.Streams.shard;
import static ninefold.Streams.texts;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.Consumer;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.DryRunOperationException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilter;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;
import software.amazon.awssdk.services.kinesis.model.Tag;
import software.amazon.awssdk.services.kinesis.model.ValidationException;

/** Kinesis Data Streams through the blocking client, which speaks CBOR. */
class KinesisTest {
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(60);
    private static final BigInteger HASH_KEYS = BigInteger.TWO.pow(128);

    @RegisterExtension
    final Streams streams = new Streams();

    @Test
    void bothSidesSpeakCbor() {
        AtomicReference<String> sent = new AtomicReference<>();
        AtomicReference<String> received = new AtomicReference<>();
        ExecutionInterceptor interceptor = new ExecutionInterceptor() {
            @Override
            public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
                sent.set(context.httpRequest().firstMatchingHeader("Content-Type").orElse(""));
                received.set(context.httpResponse().firstMatchingHeader("Content-Type").orElse(""));
            }
        };
        try (KinesisClient client = KinesisClient.builder()
                .endpointOverride(ENDPOINT)
                .region(Region.US_EAST_1)
                .credentialsProvider(CREDENTIALS)
                .httpClient(UrlConnectionHttpClient.create())
                .overrideConfiguration(settings -> settings.addExecutionInterceptor(interceptor))
                .build()) {
            client.describeLimits();
        }
        assertEquals("application/x-amz-cbor-1.1", sent.get());
        assertEquals("application/x-amz-cbor-1.1", received.get());
    }

    @Test
    void anyBytes() {
        String stream = streams.create(1);
        byte[] octets = new byte[256];
        IntStream.range(0, octets.length).forEach(place -> octets[place] = (byte) place);
        var put = KINESIS.putRecord(request -> request.streamName(stream)
                .partitionKey("schlüssel 🔑")
                .data(SdkBytes.fromByteArray(octets)));
        Record record = getAll(stream, 0).get(0);
        assertArrayEquals(octets, record.data().asByteArray());
        assertEquals("schlüssel 🔑", record.partitionKey());
        assertEquals(put.sequenceNumber(), record.sequenceNumber());
        assertEquals(shard(0), put.shardId());
    }

    /** In CBOR they are milliseconds, where JSON has seconds. */
    @Test
    void timestamps() {
        String stream = streams.create(1);
        assertRecent(summary(stream).streamCreationTimestamp());
        put(stream, "before");
        Instant before = getAll(stream, 0).get(0).approximateArrivalTimestamp();
        assertRecent(before);
        int number = 0;
        Record later;
        do {
            put(stream, Integer.toString(number));
            number += 1;
            later = getAll(stream, 0).get(number);
        } while (!later.approximateArrivalTimestamp().isAfter(before));
        Instant at = later.approximateArrivalTimestamp();
        GetRecordsResponse page =
                get(iterator(stream, 0, ShardIteratorType.AT_TIMESTAMP, request -> request.timestamp(at)));
        assertEquals(List.of(Integer.toString(number - 1)), texts(page.records()));
        assertThrows(
                InvalidArgumentException.class,
                () -> iterator(
                        stream,
                        0,
                        ShardIteratorType.AT_TIMESTAMP,
                        request -> request.timestamp(Instant.now().plus(Duration.ofHours(1)))));
        var listed = KINESIS.listShards(request ->
                request.streamName(stream).streamCreationTimestamp(summary(stream).streamCreationTimestamp()));
        assertEquals(1, listed.shards().size());
    }

    private static StreamDescriptionSummary summary(String stream) {
        return KINESIS.describeStreamSummary(request -> request.streamName(stream))
                .streamDescriptionSummary();
    }

    private static void assertRecent(Instant instant) {
        Duration distance = Duration.between(instant, Instant.now()).abs();
        assertTrue(distance.compareTo(CLOCKS_DIFFER) < 0, () -> instant + " is not now");
    }

    @Test
    void batches() {
        String stream = streams.create(4);
        List<PutRecordsRequestEntry> entries = IntStream.range(0, 100)
                .mapToObj(number -> PutRecordsRequestEntry.builder()
                        .partitionKey("key")
                        .explicitHashKey(quarter(number % 4).toString())
                        .data(SdkBytes.fromUtf8String(Integer.toString(number)))
                        .build())
                .toList();
        var put = KINESIS.putRecords(request -> request.streamName(stream).records(entries));
        assertEquals(0, put.failedRecordCount());
        assertEquals(
                IntStream.range(0, 100).mapToObj(number -> shard(number % 4)).toList(),
                put.records().stream().map(PutRecordsResultEntry::shardId).toList());
        for (int shard = 0; shard < 4; shard += 1) {
            int first = shard;
            assertEquals(
                    IntStream.range(0, 25)
                            .mapToObj(place -> Integer.toString(first + 4 * place))
                            .toList(),
                    texts(getAll(stream, shard)));
        }
    }

    private static BigInteger quarter(int number) {
        return HASH_KEYS.divide(BigInteger.valueOf(4)).multiply(BigInteger.valueOf(number));
    }

    @Test
    void iterators() {
        String stream = streams.create(1);
        List<String> numbers = IntStream.range(0, 3)
                .mapToObj(number -> put(stream, Integer.toString(number)).sequenceNumber())
                .toList();
        assertEquals(
                List.of("1", "2"),
                texts(get(iterator(
                                stream,
                                0,
                                ShardIteratorType.AT_SEQUENCE_NUMBER,
                                request -> request.startingSequenceNumber(numbers.get(1))))
                        .records()));
        assertEquals(
                List.of("2"),
                texts(get(iterator(
                                stream,
                                0,
                                ShardIteratorType.AFTER_SEQUENCE_NUMBER,
                                request -> request.startingSequenceNumber(numbers.get(1))))
                        .records()));
        String latest = iterator(stream, 0, ShardIteratorType.LATEST, request -> {});
        put(stream, "3");
        assertEquals(List.of("3"), texts(get(latest).records()));
        String horizon = iterator(stream, 0, ShardIteratorType.TRIM_HORIZON, request -> {});
        var page = KINESIS.getRecords(request -> request.shardIterator(horizon).limit(3));
        assertEquals(List.of("0", "1", "2"), texts(page.records()));
        assertEquals(List.of("3"), texts(get(page.nextShardIterator()).records()));
    }

    @Test
    void splitAndMerged() {
        String stream = streams.create(1);
        put(stream, "before");
        KINESIS.splitShard(request -> request.streamName(stream)
                .shardToSplit(shard(0))
                .newStartingHashKey(quarter(2).toString()));
        KINESIS.waiter().waitUntilStreamExists(request -> request.streamName(stream));
        KINESIS.mergeShards(
                request -> request.streamName(stream).shardToMerge(shard(1)).adjacentShardToMerge(shard(2)));
        assertEquals(shard(3), put(stream, "after").shardId());

        List<Shard> all =
                KINESIS.listShards(request -> request.streamName(stream)).shards();
        assertEquals(
                IntStream.range(0, 4).mapToObj(Streams::shard).toList(),
                all.stream().map(Shard::shardId).toList());
        assertEquals(shard(0), all.get(2).parentShardId());
        assertEquals(shard(1), all.get(3).parentShardId());
        assertEquals(shard(2), all.get(3).adjacentParentShardId());
        assertEquals("0", all.get(3).hashKeyRange().startingHashKey());
        assertEquals(
                HASH_KEYS.subtract(BigInteger.ONE).toString(), all.get(3).hashKeyRange().endingHashKey());
        assertNull(all.get(3).sequenceNumberRange().endingSequenceNumber());

        GetRecordsResponse ended = get(iterator(stream, 0, ShardIteratorType.TRIM_HORIZON, request -> {}));
        assertEquals(List.of("before"), texts(ended.records()));
        assertNull(ended.nextShardIterator());
        assertEquals(
                List.of(shard(1), shard(2)),
                ended.childShards().stream().map(ChildShard::shardId).toList());
        assertEquals(List.of(3), shards(stream, filter -> filter.type(ShardFilterType.AT_LATEST)));
        assertEquals(
                List.of(2, 3),
                shards(stream, filter -> filter.type(ShardFilterType.AFTER_SHARD_ID).shardId(shard(1))));
        assertEquals(
                List.of(3),
                shards(stream, filter -> filter.type(ShardFilterType.AT_TIMESTAMP).timestamp(Instant.now())));
        assertEquals(
                List.of(0, 1, 2, 3),
                shards(stream, filter -> filter.type(ShardFilterType.FROM_TIMESTAMP).timestamp(Instant.EPOCH)));
    }

    private static List<Integer> shards(
            String stream, java.util.function.Consumer<ShardFilter.Builder> filter) {
        return KINESIS.listShards(request -> request.streamName(stream).shardFilter(filter)).shards().stream()
                .map(shard -> Integer.parseInt(shard.shardId().substring("shardId-".length())))
                .toList();
    }

    @Test
    void errors() {
        String stream = streams.create(1);
        ResourceNotFoundException missing = assertThrows(
                ResourceNotFoundException.class,
                () -> KINESIS.describeStream(request -> request.streamName("no-such-stream")));
        assertEquals(400, missing.statusCode());
        assertEquals(
                "Stream no-such-stream under account 123456789012 not found.",
                missing.awsErrorDetails().errorMessage());
        assertThrows(
                ResourceInUseException.class,
                () -> KINESIS.createStream(request -> request.streamName(stream).shardCount(1)));
        assertThrows(InvalidArgumentException.class, () -> get("bm9uc2Vuc2U="));
        assertThrows(
                InvalidArgumentException.class,
                () -> KINESIS.splitShard(request ->
                        request.streamName(stream).shardToSplit(shard(0)).newStartingHashKey("0")));
        assertThrows(
                DryRunOperationException.class,
                () -> KINESIS.putRecord(request -> request.streamName(stream)
                        .partitionKey("key")
                        .data(SdkBytes.fromUtf8String("x"))
                        .dryRun(true)));
        assertEquals(List.of(), getAll(stream, 0));
        assertThrows(
                ValidationException.class,
                () -> KINESIS.putRecord(request -> request.streamName(stream)
                        .partitionKey("k".repeat(257))
                        .data(SdkBytes.fromUtf8String("x"))));
    }

    @Test
    void tags() {
        String stream = streams.create(1);
        KINESIS.addTagsToStream(
                request -> request.streamName(stream).tags(Map.of("team", "shop", "stage", "test")));
        KINESIS.removeTagsFromStream(request -> request.streamName(stream).tagKeys("team"));
        KINESIS.tagResource(request -> request.resourceARN(arn(stream)).tags(Map.of("cost", "1")));
        List<Tag> expected = List.of(
                Tag.builder().key("cost").value("1").build(),
                Tag.builder().key("stage").value("test").build());
        assertEquals(
                expected,
                KINESIS.listTagsForStream(request -> request.streamName(stream)).tags());
        assertEquals(
                expected,
                KINESIS.listTagsForResource(request -> request.resourceARN(arn(stream)))
                        .tags());
    }

    @Test
    void consumers() {
        String stream = streams.create(1);
        List<String> names =
                IntStream.range(0, 5).mapToObj(number -> "consumer-" + number).toList();
        List<String> arns =
                names.stream().map(name -> Streams.consumer(stream, name)).toList();
        var described = KINESIS.describeStreamConsumer(request -> request.consumerARN(arns.get(0)))
                .consumerDescription();
        assertEquals("consumer-0", described.consumerName());
        assertEquals(ConsumerStatus.ACTIVE, described.consumerStatus());
        assertEquals(arn(stream), described.streamARN());
        assertRecent(described.consumerCreationTimestamp());
        var listed = KINESIS.listStreamConsumersPaginator(
                request -> request.streamARN(arn(stream)).maxResults(2));
        assertEquals(
                names,
                listed.stream()
                        .flatMap(page -> page.consumers().stream())
                        .map(Consumer::consumerName)
                        .toList());
        assertEquals(3, listed.stream().count());
        KINESIS.deregisterStreamConsumer(request -> request.consumerARN(arns.get(0)));
        assertThrows(
                ResourceNotFoundException.class,
                () -> KINESIS.describeStreamConsumer(request -> request.consumerARN(arns.get(0))));
        assertEquals(4, summary(stream).consumerCount());
    }

    @Test
    void streamsComeAndGo() {
        List<String> created = IntStream.range(0, 3)
                .mapToObj(number -> streams.create(1))
                .sorted()
                .toList();
        List<String> found = KINESIS.listStreamsPaginator(request -> request.limit(1)).streamNames().stream()
                .filter(created::contains)
                .toList();
        assertEquals(created, found);
        assertEquals(StreamStatus.ACTIVE, summary(created.get(0)).streamStatus());
        String passing = "java-" + UUID.randomUUID();
        KINESIS.createStream(request -> request.streamName(passing).shardCount(1));
        KINESIS.waiter().waitUntilStreamExists(request -> request.streamName(passing));
        KINESIS.deleteStream(request -> request.streamName(passing));
        KINESIS.waiter().waitUntilStreamNotExists(request -> request.streamName(passing));
    }
}
