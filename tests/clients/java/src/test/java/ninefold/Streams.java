package ninefold;

import static ninefold.Queues.CREDENTIALS;
import static ninefold.Queues.ENDPOINT;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** A client, and data streams that are deleted after the test with their consumers. */
final class Streams implements AfterEachCallback {
    static final KinesisClient KINESIS = KinesisClient.builder()
            .endpointOverride(ENDPOINT)
            .region(Region.US_EAST_1)
            .credentialsProvider(CREDENTIALS)
            .httpClient(UrlConnectionHttpClient.create())
            .overrideConfiguration(settings -> settings.retryStrategy(DefaultRetryStrategy.doNotRetry()))
            .build();

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Deque<String> created = new ArrayDeque<>();

    /** The name of a new stream. */
    String create(int shards) {
        String name = "java-" + UUID.randomUUID();
        KINESIS.createStream(request -> request.streamName(name).shardCount(shards));
        created.push(name);
        KINESIS.waiter().waitUntilStreamExists(request -> request.streamName(name));
        return name;
    }

    void delete(String name) {
        created.remove(name);
        KINESIS.deleteStream(request -> request.streamName(name).enforceConsumerDeletion(true));
    }

    static String arn(String stream) {
        return "arn:aws:kinesis:us-east-1:123456789012:stream/" + stream;
    }

    static String shard(int number) {
        return "shardId-%012d".formatted(number);
    }

    static PutRecordResponse put(String stream, String text) {
        return KINESIS.putRecord(
                request -> request.streamName(stream).partitionKey("key").data(SdkBytes.fromUtf8String(text)));
    }

    static String iterator(
            String stream, int shard, ShardIteratorType type, Consumer<GetShardIteratorRequest.Builder> position) {
        return KINESIS.getShardIterator(request -> position.accept(
                        request.streamName(stream).shardId(shard(shard)).shardIteratorType(type)))
                .shardIterator();
    }

    static GetRecordsResponse get(String iterator) {
        return KINESIS.getRecords(request -> request.shardIterator(iterator));
    }

    /** All records of a shard, page by page, until its end or that of what there is. */
    static List<Record> getAll(String stream, int shard) {
        List<Record> found = new ArrayList<>();
        String next = iterator(stream, shard, ShardIteratorType.TRIM_HORIZON, request -> {});
        for (Instant deadline = Instant.now().plus(PATIENCE); next != null; ) {
            assertTrue(Instant.now().isBefore(deadline), "the shard has no end");
            GetRecordsResponse page = get(next);
            found.addAll(page.records());
            boolean isAtTip = page.records().isEmpty() && page.millisBehindLatest() == 0;
            next = isAtTip ? null : page.nextShardIterator();
        }
        return found;
    }

    static List<String> texts(List<Record> records) {
        return records.stream().map(record -> record.data().asUtf8String()).toList();
    }

    /** The ARN of a new consumer of a stream. */
    static String consumer(String stream, String name) {
        return KINESIS.registerStreamConsumer(
                        request -> request.streamARN(arn(stream)).consumerName(name))
                .consumer()
                .consumerARN();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        while (!created.isEmpty()) {
            delete(created.peek());
        }
    }
}
