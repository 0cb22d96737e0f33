package ninefold;

import static ninefold.Orders.KEYS;
import static ninefold.Orders.ROUND;
import static ninefold.Patience.eventually;
import static ninefold.Services.DYNAMO_DB;
import static ninefold.Services.KINESIS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** An application with two workers, of which one is killed. */
class KilledWorkerTest {
    private static final int SPLITS = 4;

    private final String stream = "kcl-" + UUID.randomUUID();
    private final Orders orders = new Orders(stream);
    private final Processed ofSurvivor = new Processed();
    private final Processed ofKilled = new Processed();

    @Test
    void anotherWorkerGoesOnFromTheCheckpoint() throws Exception {
        KINESIS.createStream(request -> request.streamName(stream).shardCount(1)).join();
        KINESIS.waiter()
                .waitUntilStreamExists(request -> request.streamName(stream))
                .join();
        orders.putRound();
        // Who leads gives leases to all, and is missed for two minutes when it is killed: so it is the one that survives.
        Worker survivor = new Worker(stream, stream, Worker.Retrieval.POLLING, ofSurvivor, 2 * ROUND);
        eventually("there is a leader", () -> entries("LEADER") == 1);
        try (WorkerProcess killed = new WorkerProcess(stream, 2 * ROUND, ofKilled)) {
            eventually("the leader knows both", () -> entries("WORKER_METRIC_STATS") == 2 && allIsProcessed());
            // Leases of new shards go to who has less to do, by what the leader knows of that when they come.
            for (int splits = 0; ofKilled.begunShards().isEmpty() && splits < SPLITS; splits += 1) {
                split(openShards().get(0));
                eventually("the new shards are begun", this::allAreBegun);
            }
            orders.putRound();
            eventually("records of the new shards", this::allIsProcessed);
            // What comes now is processed, and never checkpointed.
            orders.putRound();
            eventually("more records", this::allIsProcessed);
            killed.kill();
        }
        Set<String> ofBoth = keysFrom(2 * ROUND, ofKilled);
        assertFalse(ofBoth.isEmpty(), "the worker that was killed had no lease");
        for (String key : ofBoth) {
            assertEquals(orders.numbersFrom(ROUND), numbersFrom(ROUND, ofKilled, key), key);
        }
        orders.putRound();
        eventually("the survivor has all of the rest", () -> KEYS.stream()
                .allMatch(key -> numbersFrom(2 * ROUND, ofSurvivor, key).size() >= 2 * ROUND));
        survivor.stop();

        for (String key : KEYS) {
            // What was checkpointed doesn't come again; what was only processed does.
            int first = ofBoth.contains(key) ? 2 * ROUND : ROUND;
            assertEquals(orders.numbersFrom(first), numbersFrom(ROUND, ofSurvivor, key), key);
        }
        KINESIS.deleteStream(request -> request.streamName(stream).enforceConsumerDeletion(true))
                .join();
    }

    private List<Shard> openShards() {
        var shards = KINESIS.listShards(request -> request.streamName(stream)).join().shards();
        return shards.stream()
                .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
                .toList();
    }

    private void split(Shard shard) {
        BigInteger first = new BigInteger(shard.hashKeyRange().startingHashKey());
        BigInteger last = new BigInteger(shard.hashKeyRange().endingHashKey());
        BigInteger middle = first.add(last).shiftRight(1);
        KINESIS.splitShard(request -> request.streamName(stream)
                        .shardToSplit(shard.shardId())
                        .newStartingHashKey(middle.toString()))
                .join();
        KINESIS.waiter()
                .waitUntilStreamExists(request -> request.streamName(stream))
                .join();
    }

    private boolean allAreBegun() {
        Set<String> begun = new HashSet<>(ofSurvivor.begunShards());
        begun.addAll(ofKilled.begunShards());
        return openShards().stream().map(Shard::shardId).allMatch(begun::contains);
    }

    private boolean allIsProcessed() {
        return ofKilled.count() + ofSurvivor.count() >= orders.count();
    }

    private static Set<String> keysFrom(int first, Processed processed) {
        return KEYS.stream()
                .filter(key -> !numbersFrom(first, processed, key).isEmpty())
                .collect(Collectors.toSet());
    }

    private static List<Integer> numbersFrom(int first, Processed processed, String key) {
        List<Integer> all = processed.numbers().getOrDefault(key, List.of());
        return all.stream().filter(number -> number >= first).toList();
    }

    /** How many entries of a kind the application's table has, which may not be there yet. */
    private long entries(String kind) {
        try {
            var items = DYNAMO_DB.scan(request -> request.tableName(stream)).join().items();
            return items.stream()
                    .filter(item -> AttributeValue.fromS(kind).equals(item.get("entityType")))
                    .count();
        } catch (CompletionException error) {
            if (error.getCause() instanceof ResourceNotFoundException) {
                return 0;
            }
            throw error;
        }
    }
}
