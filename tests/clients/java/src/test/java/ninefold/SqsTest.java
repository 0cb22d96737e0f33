package ninefold;

import static ninefold.Queues.SQS;
import static ninefold.Queues.bodies;
import static ninefold.Queues.delete;
import static ninefold.Queues.receive;
import static ninefold.Queues.send;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.model.BatchEntryIdsNotDistinctException;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.EmptyBatchRequestException;
import software.amazon.awssdk.services.sqs.model.InvalidAttributeNameException;
import software.amazon.awssdk.services.sqs.model.InvalidMessageContentsException;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.PurgeQueueInProgressException;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.QueueNameExistsException;
import software.amazon.awssdk.services.sqs.model.ReceiptHandleIsInvalidException;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;
import software.amazon.awssdk.services.sqs.model.TooManyEntriesInBatchRequestException;

/** SQS through the blocking client, which checks the digests of bodies by itself. */
class SqsTest {
    @RegisterExtension
    final Queues queues = new Queues();

    @Test
    void sendReceiveDelete() {
        String url = queues.create();
        SendMessageResponse sent = SQS.sendMessage(request -> request.queueUrl(url).messageBody("hello, wörld"));
        List<Message> messages = receive(url, 10, 0);
        assertEquals(List.of("hello, wörld"), bodies(messages));
        assertEquals(sent.messageId(), messages.get(0).messageId());
        assertEquals(sent.md5OfMessageBody(), messages.get(0).md5OfBody());
        assertEquals("1", messages.get(0).attributes().get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT));
        delete(url, messages.get(0));
        assertEquals(List.of(), receive(url, 10, 0));
    }

    @Test
    void messageAttributes() {
        String url = queues.create();
        byte[] octets = {0, 127, -1};
        Map<String, MessageAttributeValue> attributes = Map.of(
                "text", MessageAttributeValue.builder().dataType("String").stringValue("value").build(),
                "octets",
                MessageAttributeValue.builder()
                        .dataType("Binary")
                        .binaryValue(SdkBytes.fromByteArray(octets))
                        .build());
        SQS.sendMessage(request -> request.queueUrl(url).messageBody("x").messageAttributes(attributes));
        Map<String, MessageAttributeValue> found = receive(url, 1, 0).get(0).messageAttributes();
        assertEquals("value", found.get("text").stringValue());
        assertArrayEquals(octets, found.get("octets").binaryValue().asByteArray());
    }

    @Test
    void batches() {
        String url = queues.create();
        List<SendMessageBatchRequestEntry> entries = numbered(10);
        var sent = SQS.sendMessageBatch(request -> request.queueUrl(url).entries(entries));
        assertEquals(10, sent.successful().size());
        assertTrue(sent.failed().isEmpty());
        List<Message> messages = receive(url, 10, 0);
        List<DeleteMessageBatchRequestEntry> handles = IntStream.range(0, messages.size())
                .mapToObj(number -> DeleteMessageBatchRequestEntry.builder()
                        .id(Integer.toString(number))
                        .receiptHandle(messages.get(number).receiptHandle())
                        .build())
                .toList();
        var deleted = SQS.deleteMessageBatch(request -> request.queueUrl(url).entries(handles));
        assertEquals(10, deleted.successful().size());
        Map<QueueAttributeName, String> found =
                SQS.getQueueAttributes(request -> request.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                        .attributes();
        assertEquals("0", found.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES));
        assertEquals("0", found.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE));
    }

    @Test
    void fifo() {
        String url = queues.createFifo();
        SendMessageResponse first = sendFifo(url, "a1", "a", "1");
        SendMessageResponse again = sendFifo(url, "copy", "a", "1");
        assertEquals(first.sequenceNumber(), again.sequenceNumber());
        sendFifo(url, "a2", "a", "2");
        sendFifo(url, "b1", "b", "3");
        List<Message> messages = receive(url, 1, 0);
        assertEquals(List.of("a1"), bodies(messages));
        assertEquals(List.of("b1"), bodies(receive(url, 10, 0)));
        delete(url, messages.get(0));
        assertEquals(List.of("a2"), bodies(receive(url, 10, 0)));
    }

    @Test
    void longPoll() {
        String url = queues.create();
        long began = System.nanoTime();
        assertEquals(List.of(), receive(url, 10, 1));
        assertTrue(System.nanoTime() - began >= Duration.ofMillis(900).toNanos());
        CompletableFuture<Void> sender = CompletableFuture.runAsync(
                () -> send(url, "wake up"), CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
        began = System.nanoTime();
        assertEquals(List.of("wake up"), bodies(receive(url, 10, 20)));
        assertTrue(System.nanoTime() - began < Duration.ofSeconds(5).toNanos());
        sender.join();
    }

    @Test
    void visibility() {
        String url = queues.create();
        send(url, "x");
        String handle = receive(url, 1, 0).get(0).receiptHandle();
        assertEquals(List.of(), receive(url, 10, 0));
        SQS.changeMessageVisibility(
                request -> request.queueUrl(url).receiptHandle(handle).visibilityTimeout(0));
        assertEquals(List.of("x"), bodies(receive(url, 10, 0)));
    }

    @Test
    void pages() {
        List<String> created = List.of(queues.create(), queues.create(), queues.create());
        List<String> found = SQS.listQueuesPaginator(request -> request.queueNamePrefix("java-").maxResults(1))
                .queueUrls()
                .stream()
                .toList();
        assertTrue(found.containsAll(created));
    }

    @Test
    void noSuchQueue() {
        QueueDoesNotExistException error = assertThrows(
                QueueDoesNotExistException.class, () -> SQS.getQueueUrl(request -> request.queueName("no-such-queue")));
        assertEquals(400, error.statusCode());
        assertEquals(
                "The specified queue does not exist.", error.awsErrorDetails().errorMessage());
        assertEquals(
                "AWS.SimpleQueueService.NonExistentQueue",
                error.awsErrorDetails().errorCode());
    }

    @Test
    void otherAttributes() {
        String url = queues.create();
        String name = url.substring(url.lastIndexOf('/') + 1);
        assertThrows(
                QueueNameExistsException.class,
                () -> SQS.createQueue(request ->
                        request.queueName(name).attributes(Map.of(QueueAttributeName.DELAY_SECONDS, "7"))));
    }

    @Test
    void typedErrors() {
        String url = queues.create();
        assertThrows(
                ReceiptHandleIsInvalidException.class,
                () -> SQS.deleteMessage(request -> request.queueUrl(url).receiptHandle("nonsense")));
        assertThrows(InvalidMessageContentsException.class, () -> send(url, "\u0000"));
        assertThrows(
                InvalidAttributeNameException.class,
                () -> SQS.setQueueAttributes(
                        request -> request.queueUrl(url).attributesWithStrings(Map.of("NoSuchAttribute", "1"))));
        SQS.purgeQueue(request -> request.queueUrl(url));
        assertThrows(
                PurgeQueueInProgressException.class, () -> SQS.purgeQueue(request -> request.queueUrl(url)));
        SqsException invalid = assertThrows(
                SqsException.class,
                () -> SQS.receiveMessage(request -> request.queueUrl(url).maxNumberOfMessages(11)));
        assertTrue(invalid.awsErrorDetails().errorCode().startsWith("InvalidParameterValue"));
    }

    @Test
    void typedErrorsOfBatches() {
        String url = queues.create();
        assertThrows(EmptyBatchRequestException.class, () -> sendAll(url, List.of()));
        assertThrows(TooManyEntriesInBatchRequestException.class, () -> sendAll(url, numbered(11)));
        SendMessageBatchRequestEntry entry = numbered(1).get(0);
        assertThrows(BatchEntryIdsNotDistinctException.class, () -> sendAll(url, List.of(entry, entry)));
    }

    private static void sendAll(String url, List<SendMessageBatchRequestEntry> entries) {
        SQS.sendMessageBatch(request -> request.queueUrl(url).entries(entries));
    }

    private static SendMessageResponse sendFifo(String url, String body, String group, String deduplication) {
        return SQS.sendMessage(request -> request.queueUrl(url)
                .messageBody(body)
                .messageGroupId(group)
                .messageDeduplicationId(deduplication));
    }

    private static List<SendMessageBatchRequestEntry> numbered(int count) {
        return IntStream.range(0, count)
                .mapToObj(Integer::toString)
                .map(number -> SendMessageBatchRequestEntry.builder()
                        .id(number)
                        .messageBody(number)
                        .build())
                .toList();
    }
}
