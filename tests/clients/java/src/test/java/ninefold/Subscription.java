package ninefold;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

/** A consumer's subscription to a shard. */
final class Subscription {
    private static final int WAIT_SECONDS = 15;

    private final BlockingQueue<SubscribeToShardEvent> events = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private final CompletableFuture<Void> ended;

    Subscription(KinesisAsyncClient client, String consumer, int shard, StartingPosition position) {
        SubscribeToShardResponseHandler handler = SubscribeToShardResponseHandler.builder()
                .onResponse(response -> answered.complete(null))
                .subscriber(SubscribeToShardResponseHandler.Visitor.builder()
                        .onSubscribeToShardEvent(events::add)
                        .build())
                .build();
        ended = client.subscribeToShard(
                request -> request.consumerARN(consumer)
                        .shardId(Streams.shard(shard))
                        .startingPosition(position),
                handler);
        ended.whenComplete((nothing, error) -> {
            if (error != null) {
                answered.completeExceptionally(error);
            }
        });
    }

    /** Waits until the server has taken it. */
    Subscription begun() throws Exception {
        answered.get(WAIT_SECONDS, TimeUnit.SECONDS);
        return this;
    }

    SubscribeToShardEvent next() throws InterruptedException {
        SubscribeToShardEvent event = events.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        assertNotNull(event, () -> "no event came; ended: " + ended);
        return event;
    }

    /** So many records, from as many events as it takes. */
    List<Record> records(int count) throws InterruptedException {
        List<Record> found = new ArrayList<>();
        while (found.size() < count) {
            found.addAll(next().records());
        }
        return found;
    }

    /** Waits until it is over in good order. */
    void end() throws Exception {
        ended.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits until it fails, and says why. */
    Throwable failure() throws Exception {
        try {
            ended.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException error) {
            return error.getCause();
        }
        throw new AssertionError("the subscription ended in good order");
    }
}
