package ninefold;

import static ninefold.Services.KINESIS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/** Puts numbered records of some partition keys into a stream. */
final class Orders {
    static final List<String> KEYS =
            IntStream.range(0, 16).mapToObj(number -> "key-" + number).toList();
    static final int ROUND = 20;

    private final String stream;
    private int put;

    Orders(String stream) {
        this.stream = stream;
    }

    /** Some more records of every key. */
    void putRound() {
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

    /** The numbers of each key's records so far, from one on. */
    List<Integer> numbersFrom(int first) {
        return IntStream.range(first, put).boxed().toList();
    }

    int count() {
        return put * KEYS.size();
    }
}
