package ninefold;

import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;

/** Notes what comes of a shard. It checkpoints at the end, and at once what has numbers below a limit. */
final class Processor implements ShardRecordProcessor {
    private final Processed processed;
    private final int checkpointedBelow;
    private String shard;

    Processor(Processed processed, int checkpointedBelow) {
        this.processed = processed;
        this.checkpointedBelow = checkpointedBelow;
    }

    @Override
    public void initialize(InitializationInput input) {
        shard = input.shardId();
        processed.began(shard);
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
        var orders = input.records().stream()
                .map(record -> Order.read(record.partitionKey(), record.data()))
                .toList();
        orders.forEach(processed::add);
        if (!orders.isEmpty() && orders.stream().allMatch(order -> order.number() < checkpointedBelow)) {
            checkpoint(input.checkpointer());
        }
    }

    @Override
    public void leaseLost(LeaseLostInput input) {
        // Whoever has it now goes on at the last checkpoint.
    }

    @Override
    public void shardEnded(ShardEndedInput input) {
        processed.ended(shard);
        checkpoint(input.checkpointer());
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
        checkpoint(input.checkpointer());
    }

    private static void checkpoint(RecordProcessorCheckpointer checkpointer) {
        try {
            checkpointer.checkpoint();
        } catch (InvalidStateException | ShutdownException error) {
            throw new IllegalStateException(error);
        }
    }
}
