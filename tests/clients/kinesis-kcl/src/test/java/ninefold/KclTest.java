package ninefold;

import static ninefold.Services.KINESIS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * An application of the Kinesis Client Library, while its stream changes its shards and its worker is replaced.
 *
 * <p>Most of the time it waits: before it makes its first leases the library lets up to half a minute pass.
 */
class KclTest {
    private static final Duration PATIENCE = Duration.ofSeconds(75);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final List<String> KEYS =
            IntStream.range(0, 16).mapToObj(number -> "key-" + number).toList();
    private static final int ROUND = 20;

    private final String stream = "kcl-" + UUID.randomUUID();
    private final Processed processed = new Processed();
    private int put;

    @ParameterizedTest
    @EnumSource
    void nothingIsLostOrOutOfOrder(Worker.Retrieval retrieval) throws Exception {
        KINESIS.createStream(request -> request.streamName(stream).shardCount(2)).join();
        KINESIS.waiter()
                .waitUntilStreamExists(request -> request.streamName(stream))
                .join();
        putRound();
        Worker first = new Worker(stream, stream, retrieval, processed);
        eventually("records of before", this::allIsProcessed);
        putRound();
        KINESIS.splitShard(request -> request.streamName(stream)
                        .shardToSplit(shard(0))
                        .newStartingHashKey(BigInteger.TWO.pow(126).toString()))
                .join();
        putRound();
        eventually("records of the children", this::allIsProcessed);
        first.stop();
        assertEquals(3 * ROUND * KEYS.size(), processed.count());
        putRound();
        KINESIS.mergeShards(request ->
                        request.streamName(stream).shardToMerge(shard(3)).adjacentShardToMerge(shard(1)))
                .join();
        putRound();
        Worker second = new Worker(stream, stream, retrieval, processed);
        eventually("records of the merged shard", this::allIsProcessed);
        second.stop();

        List<Integer> expected = IntStream.range(0, put).boxed().toList();
        assertEquals(
                KEYS.stream().collect(Collectors.toMap(key -> key, key -> expected)), processed.numbers());
        assertEquals(Set.of(shard(0), shard(1), shard(3)), processed.endedShards());
        assertEquals(
                Set.of(shard(0), shard(1), shard(2), shard(3), shard(4)), processed.begunShards());
        KINESIS.deleteStream(request -> request.streamName(stream).enforceConsumerDeletion(true))
                .join();
    }

    /** Some more records of every key. */
    private void putRound() {
        for (int last = put + ROUND; put < last; put += 1) {
            int number = put;
            List<PutRecordsRequestEntry> entries =
                    KEYS.stream().map(key -> new Order(key, number).entry()).toList();
            var answer = KINESIS.putRecords(
                            request -> request.streamName(stream).records(entries))
                    .join();
            assertEquals(0, answer.failedRecordCount());
        }
    }

    private boolean allIsProcessed() {
        return processed.count() >= put * KEYS.size();
    }

    private static String shard(int number) {
        return "shardId-%012d".formatted(number);
    }

    private static void eventually(String what, BooleanSupplier holds) throws InterruptedException {
        for (Instant deadline = Instant.now().plus(PATIENCE); !holds.getAsBoolean(); Thread.sleep(PAUSE.toMillis())) {
            assertTrue(Instant.now().isBefore(deadline), () -> "it did not happen in time: " + what);
        }
    }
}
