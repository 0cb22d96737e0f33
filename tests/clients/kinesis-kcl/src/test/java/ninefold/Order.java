package ninefold;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/** What a record says: the how-manieth it is of its partition key. */
record Order(String key, int number) {
    PutRecordsRequestEntry entry() {
        return PutRecordsRequestEntry.builder()
                .partitionKey(key)
                .data(SdkBytes.fromUtf8String(Integer.toString(number)))
                .build();
    }

    static Order read(String key, ByteBuffer data) {
        return new Order(key, Integer.parseInt(StandardCharsets.UTF_8.decode(data).toString()));
    }
}
