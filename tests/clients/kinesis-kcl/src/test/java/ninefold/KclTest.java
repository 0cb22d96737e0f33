package ninefold;

import static ninefold.Orders.KEYS;
import static ninefold.Orders.ROUND;
import static ninefold.Patience.eventually;
import static ninefold.Services.KINESIS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An application of the Kinesis Client Library, while its stream changes its shards and its worker is replaced.
 *
 * <p>Most of the time it waits: before it makes its first leases the library lets up to half a minute pass.
 */
class KclTest {
    private final String stream = "kcl-" + UUID.randomUUID();
    private final Processed processed = new Processed();
    private final Orders orders = new Orders(stream);

    @ParameterizedTest
    @EnumSource
    void nothingIsLostOrOutOfOrder(Worker.Retrieval retrieval) throws Exception {
        KINESIS.createStream(request -> request.streamName(stream).shardCount(2)).join();
        KINESIS.waiter()
                .waitUntilStreamExists(request -> request.streamName(stream))
                .join();
        orders.putRound();
        Worker first = new Worker(stream, stream, retrieval, processed);
        eventually("records of before", this::allIsProcessed);
        orders.putRound();
        KINESIS.splitShard(request -> request.streamName(stream)
                        .shardToSplit(shard(0))
                        .newStartingHashKey(BigInteger.TWO.pow(126).toString()))
                .join();
        orders.putRound();
        eventually("records of the children", this::allIsProcessed);
        first.stop();
        assertEquals(3 * ROUND * KEYS.size(), processed.count());
        orders.putRound();
        KINESIS.mergeShards(request ->
                        request.streamName(stream).shardToMerge(shard(3)).adjacentShardToMerge(shard(1)))
                .join();
        orders.putRound();
        Worker second = new Worker(stream, stream, retrieval, processed);
        eventually("records of the merged shard", this::allIsProcessed);
        second.stop();

        List<Integer> expected = orders.numbersFrom(0);
        assertEquals(
                KEYS.stream().collect(Collectors.toMap(key -> key, key -> expected)), processed.numbers());
        assertEquals(Set.of(shard(0), shard(1), shard(3)), processed.endedShards());
        assertEquals(
                Set.of(shard(0), shard(1), shard(2), shard(3), shard(4)), processed.begunShards());
        KINESIS.deleteStream(request -> request.streamName(stream).enforceConsumerDeletion(true))
                .join();
    }

    private boolean allIsProcessed() {
        return processed.count() >= orders.count();
    }

    private static String shard(int number) {
        return "shardId-%012d".formatted(number);
    }
}
