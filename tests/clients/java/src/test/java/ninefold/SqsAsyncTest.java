package ninefold;

import static ninefold.Queues.CREDENTIALS;
import static ninefold.Queues.ENDPOINT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.batchmanager.SqsAsyncBatchManager;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/** SQS through the asynchronous client (Netty), and through the batches that it gathers by itself. */
class SqsAsyncTest {
    private static final SqsAsyncClient SQS = SqsAsyncClient.builder()
            .endpointOverride(ENDPOINT)
            .region(Region.US_EAST_1)
            .credentialsProvider(CREDENTIALS)
            .overrideConfiguration(settings -> settings.retryStrategy(DefaultRetryStrategy.doNotRetry()))
            .build();

    @RegisterExtension
    final Queues queues = new Queues();

    @AfterAll
    static void close() {
        SQS.close();
    }

    @Test
    void manyAtOnce() {
        String url = queues.create();
        List<String> numbers = numbers(50);
        CompletableFuture.allOf(numbers.stream()
                        .map(number -> SQS.sendMessage(request -> request.queueUrl(url).messageBody(number)))
                        .toArray(CompletableFuture[]::new))
                .join();
        assertEquals(new TreeSet<>(numbers), receiveAndDelete(url, numbers.size()));
    }

    @Test
    void aLongPollWakesUp() {
        String url = queues.create();
        var waiting = SQS.receiveMessage(request -> request.queueUrl(url).waitTimeSeconds(20));
        SQS.sendMessage(request -> request.queueUrl(url).messageBody("wake up")).join();
        assertEquals(List.of("wake up"), Queues.bodies(waiting.join().messages()));
    }

    @Test
    void typedErrors() {
        CompletionException error = assertThrows(
                CompletionException.class,
                () -> SQS.getQueueUrl(request -> request.queueName("no-such-queue")).join());
        assertInstanceOf(QueueDoesNotExistException.class, error.getCause());
    }

    @Test
    void gatheredBatches() {
        String url = queues.create();
        List<String> numbers = numbers(25);
        try (SqsAsyncBatchManager batches = SQS.batchManager()) {
            CompletableFuture.allOf(numbers.stream()
                            .map(number -> batches.sendMessage(request -> request.queueUrl(url).messageBody(number)))
                            .toArray(CompletableFuture[]::new))
                    .join();
        }
        assertEquals(new TreeSet<>(numbers), receiveAndDelete(url, numbers.size()));
    }

    private static Set<String> receiveAndDelete(String url, int expected) {
        List<String> found = new ArrayList<>();
        for (int calls = 0; calls < 50 && found.size() < expected; calls++) {
            List<Message> messages = SQS.receiveMessage(
                            request -> request.queueUrl(url).maxNumberOfMessages(10).waitTimeSeconds(1))
                    .join()
                    .messages();
            for (Message message : messages) {
                found.add(message.body());
                SQS.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()))
                        .join();
            }
        }
        assertEquals(expected, found.size());
        return new TreeSet<>(found);
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }
}
