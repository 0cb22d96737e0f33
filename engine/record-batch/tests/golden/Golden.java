import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.BufferSupplier;

/**
 * Writes batches as Kafka's own client makes them; what is in them stands in ../golden.rs. In this folder:
 *
 *   mvn -q dependency:copy-dependencies -DoutputDirectory=/tmp/golden && java -cp '/tmp/golden/*' Golden.java write .
 *
 * With "read" it reads the batches of a folder instead, whoever made them, and says what is in them.
 */
class Golden {
    static final long TIME = 1_700_000_000_000L;

    static SimpleRecord[] records() {
        Header[] headers = {
            new RecordHeader("trace", "00-ab".getBytes()), new RecordHeader("trace", null), new RecordHeader("", new byte[0]),
        };
        return new SimpleRecord[] {
            new SimpleRecord(TIME, "alpha".getBytes(), "one".getBytes()),
            new SimpleRecord(TIME + 5, null, "two".getBytes()),
            new SimpleRecord(TIME - 3, "gamma".getBytes(), null),
            new SimpleRecord(TIME + 1000, new byte[0], new byte[0], headers),
            new SimpleRecord(TIME + 7, "long".getBytes(), "ninefold ".repeat(40).getBytes()),
        };
    }

    /** More than one block of Snappy and LZ4. */
    static SimpleRecord large() {
        byte[] value = new byte[70_000];
        for (int index = 0; index < value.length; index++) value[index] = (byte) (index % 251);
        return new SimpleRecord(TIME, "large".getBytes(), value);
    }

    static void write(Path folder, String name, MemoryRecords records) throws Exception {
        ByteBuffer buffer = records.buffer().duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        Files.write(folder.resolve(name + ".batch"), bytes);
    }

    static MemoryRecords filtered(MemoryRecords records, RecordFilter filter) {
        ByteBuffer output = ByteBuffer.allocate(4096);
        records.filterTo(filter, output, BufferSupplier.NO_CACHING);
        output.flip();
        return MemoryRecords.readableRecords(output);
    }

    /** Keeps what has a key and a value, or nothing. */
    static RecordFilter filter(boolean some, long horizon) {
        return new RecordFilter(horizon - 1, 1) {
            protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
                return new BatchRetentionResult(BatchRetention.RETAIN_EMPTY, false);
            }

            protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
                return some && record.hasKey() && (record.hasValue() || record.offset() == 44);
            }
        };
    }

    static void writeAll(Path folder) throws Exception {
        Compression[] compressions = {
            Compression.NONE, Compression.gzip().build(), Compression.snappy().build(), Compression.lz4().build(),
            Compression.zstd().build(),
        };
        for (Compression compression : compressions) {
            String name = compression.type().name;
            write(folder, name, MemoryRecords.withRecords(compression, records()));
            if (compression != Compression.NONE)
                write(folder, name + "-large", MemoryRecords.withRecords(compression, large()));
        }
        Compression none = Compression.NONE;
        write(folder, "idempotent",
            MemoryRecords.withIdempotentRecords(7L, none, 4711L, (short) 3, Integer.MAX_VALUE - 1, 12, records()));
        write(folder, "transactional",
            MemoryRecords.withTransactionalRecords(7L, none, 4711L, (short) 3, 100, 12, records()));
        write(folder, "commit", MemoryRecords.withEndTransactionMarker(42L, TIME, 12, 4711L, (short) 3,
            new EndTransactionMarker(ControlRecordType.COMMIT, 9)));
        write(folder, "abort", MemoryRecords.withEndTransactionMarker(43L, TIME, 12, 4711L, (short) 3,
            new EndTransactionMarker(ControlRecordType.ABORT, 10)));

        MemoryRecordsBuilder stamped = new MemoryRecordsBuilder(ByteBuffer.allocate(4096), RecordBatch.MAGIC_VALUE_V2, none,
            TimestampType.LOG_APPEND_TIME, 0L, TIME + 60_000, RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH,
            RecordBatch.NO_SEQUENCE, false, false, RecordBatch.NO_PARTITION_LEADER_EPOCH, 4096);
        for (SimpleRecord record : records()) stamped.append(record);
        write(folder, "log-append-time", stamped.build());

        MemoryRecords whole =
            MemoryRecords.withTransactionalRecords(42L, none, 4711L, (short) 3, 100, 12, records());
        write(folder, "whole", whole);
        write(folder, "compacted", filtered(whole, filter(true, TIME + 90_000)));
        write(folder, "emptied", filtered(whole, filter(false, TIME + 90_000)));
    }

    static void readAll(Path folder) throws Exception {
        for (Path file : Files.list(folder).filter(path -> path.toString().endsWith(".batch")).sorted().toList()) {
            for (RecordBatch batch : MemoryRecords.readableRecords(ByteBuffer.wrap(Files.readAllBytes(file))).batches()) {
                batch.ensureValid();
                System.out.println(file.getFileName() + " " + batch + " " + batch.compressionType());
                for (Record record : batch)
                    System.out.println("  " + record.offset() + " " + record.timestamp() + " " + record.keySize() + " "
                        + record.valueSize() + " " + (record.hasValue() ? record.value().hashCode() : 0) + " "
                        + java.util.Arrays.toString(record.headers()));
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("write")) writeAll(Path.of(arguments[1]));
        else readAll(Path.of(arguments[1]));
    }
}
