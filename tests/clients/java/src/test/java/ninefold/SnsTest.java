package ninefold;

import static ninefold.Queues.bodies;
import static ninefold.Topics.RAW;
import static ninefold.Topics.SNS;
import static ninefold.Topics.receiveAll;
import static ninefold.Topics.subscribe;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.BatchEntryIdsNotDistinctException;
import software.amazon.awssdk.services.sns.model.EmptyBatchRequestException;
import software.amazon.awssdk.services.sns.model.InvalidBatchEntryIdException;
import software.amazon.awssdk.services.sns.model.InvalidParameterException;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.NotFoundException;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;
import software.amazon.awssdk.services.sns.model.PublishBatchResponse;
import software.amazon.awssdk.services.sns.model.PublishResponse;
import software.amazon.awssdk.services.sns.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sns.model.Subscription;
import software.amazon.awssdk.services.sns.model.Tag;
import software.amazon.awssdk.services.sns.model.TooManyEntriesInBatchRequestException;
import software.amazon.awssdk.services.sns.model.Topic;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** SNS through the blocking client: from topics to queues and to a web endpoint. */
class SnsTest {
    /** What a page of a list holds. */
    private static final int PAGE = 100;

    private static final String UNKNOWN = "arn:aws:sns:us-east-1:123456789012:no-such-topic";
    private static final byte[] OCTETS = {0, 127, -1};
    private static final Map<String, MessageAttributeValue> ATTRIBUTES = Map.of(
            "colour",
            text("red"),
            "octets",
            MessageAttributeValue.builder()
                    .dataType("Binary")
                    .binaryValue(SdkBytes.fromByteArray(OCTETS))
                    .build());

    @RegisterExtension
    final Queues queues = new Queues();

    @RegisterExtension
    final Topics topics = new Topics(queues);

    @Test
    void toAQueueInAnEnvelope() {
        String topic = topics.create();
        String url = topics.subscribeQueue(topic, Map.of());
        PublishResponse sent = SNS.publish(request -> request.topicArn(topic)
                .subject("greeting")
                .message("hello, wörld")
                .messageAttributes(ATTRIBUTES));
        Message message = receiveAll(url, 1).get(0);
        Map<String, JsonNode> envelope = JsonNode.parser().parse(message.body()).asObject();
        assertEquals("Notification", envelope.get("Type").text());
        assertEquals(sent.messageId(), envelope.get("MessageId").text());
        assertEquals(topic, envelope.get("TopicArn").text());
        assertEquals("greeting", envelope.get("Subject").text());
        assertEquals("hello, wörld", envelope.get("Message").text());
        String attributes =
                """
                {"colour": {"Type": "String", "Value": "red"}, "octets": {"Type": "Binary", "Value": "AH//"}}
                """;
        assertEquals(JsonNode.parser().parse(attributes), envelope.get("MessageAttributes"));
        assertEquals(Map.of(), message.messageAttributes());
    }

    @Test
    void toAQueueRaw() {
        String topic = topics.create();
        String url = topics.subscribeQueue(topic, RAW);
        SNS.publish(request -> request.topicArn(topic).message("hello, wörld").messageAttributes(ATTRIBUTES));
        Message message = receiveAll(url, 1).get(0);
        assertEquals("hello, wörld", message.body());
        assertEquals("red", message.messageAttributes().get("colour").stringValue());
        assertArrayEquals(
                OCTETS, message.messageAttributes().get("octets").binaryValue().asByteArray());
    }

    @Test
    void aBatchWithAnEntryThatFails() {
        String topic = topics.create();
        String url = topics.subscribeQueue(topic, RAW);
        PublishBatchResponse published =
                publishAll(topic, entry("first", "1"), entry("empty", ""), entry("third", "3"));
        assertEquals(
                List.of("first", "third"),
                published.successful().stream().map(each -> each.id()).toList());
        assertNotEquals(
                published.successful().get(0).messageId(),
                published.successful().get(1).messageId());
        assertEquals(1, published.failed().size());
        var failed = published.failed().get(0);
        assertEquals("empty", failed.id());
        assertEquals("InvalidParameter", failed.code());
        assertTrue(failed.senderFault());
        assertEquals(Set.of("1", "3"), new TreeSet<>(bodies(receiveAll(url, 2))));
    }

    @Test
    void throughAFilterPolicy() {
        String topic = topics.create();
        String policy = "{\"colour\": [\"red\", {\"prefix\": \"dark\"}]}";
        String filtered =
                topics.subscribeQueue(topic, Map.of("RawMessageDelivery", "true", "FilterPolicy", policy));
        String everything = topics.subscribeQueue(topic, RAW);
        Set<String> colours = Set.of("blue", "red", "dark blue");
        for (String colour : colours) {
            SNS.publish(request ->
                    request.topicArn(topic).message(colour).messageAttributes(Map.of("colour", text(colour))));
        }
        assertEquals(colours, new TreeSet<>(bodies(receiveAll(everything, 3))));
        assertEquals(Set.of("red", "dark blue"), new TreeSet<>(bodies(receiveAll(filtered, 2))));
    }

    @Test
    void inOrderAndOnce() {
        String topic = topics.createFifo();
        String url = topics.subscribeQueue(topic, RAW);
        List<String> sequence = IntStream.range(0, 10)
                .mapToObj(number -> publishNumber(topic, number).sequenceNumber())
                .toList();
        assertEquals(sequence, List.copyOf(new TreeSet<>(sequence)));
        assertEquals(sequence.get(0), publishNumber(topic, 0).sequenceNumber());
        Map<String, String> found = new TreeMap<>();
        for (Message message : receiveAll(url, 10)) {
            String group = message.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID);
            found.merge(group, message.body(), String::concat);
        }
        assertEquals(Map.of("group-0", "02468", "group-1", "13579"), found);
    }

    @Test
    void aWebEndpointConfirmsAndVerifies() throws Exception {
        String topic = topics.create();
        try (WebEndpoint web = new WebEndpoint()) {
            assertEquals("pending confirmation", subscribe(topic, "http", web.url(), Map.of()));
            Signatures.verify(web.confirm(), "1");
            for (String version : List.of("1", "2")) {
                SNS.setTopicAttributes(request -> request.topicArn(topic)
                        .attributeName("SignatureVersion")
                        .attributeValue(version));
                PublishResponse sent = SNS.publish(
                        request -> request.topicArn(topic).subject("greeting").message("hello, wörld"));
                WebEndpoint.Post post = web.next("Notification");
                assertEquals(sent.messageId(), post.headers().getFirst("x-amz-sns-message-id"));
                assertEquals("hello, wörld", post.text("Message"));
                Signatures.verify(post, version);
            }
        }
    }

    @Test
    void attributesAndTags() {
        String topic = topics.create("", Map.of("DisplayName", "Orders"));
        Map<String, String> found =
                SNS.getTopicAttributes(request -> request.topicArn(topic)).attributes();
        assertEquals("Orders", found.get("DisplayName"));
        assertEquals("123456789012", found.get("Owner"));
        List<Tag> tags = List.of(Tag.builder().key("stage").value("test").build());
        SNS.tagResource(request -> request.resourceArn(topic).tags(tags));
        assertEquals(
                tags, SNS.listTagsForResource(request -> request.resourceArn(topic)).tags());
    }

    @Test
    void noSuchTopic() {
        NotFoundException error = assertThrows(
                NotFoundException.class,
                () -> SNS.publish(request -> request.topicArn(UNKNOWN).message("x")));
        assertEquals(404, error.statusCode());
        assertEquals("NotFound", error.awsErrorDetails().errorCode());
        assertEquals("Topic does not exist", error.awsErrorDetails().errorMessage());
    }

    @Test
    void invalidParameter() {
        String topic = topics.create();
        InvalidParameterException error = assertThrows(
                InvalidParameterException.class,
                () -> SNS.publish(request -> request.topicArn(topic).message("")));
        assertEquals(400, error.statusCode());
        assertEquals("InvalidParameter", error.awsErrorDetails().errorCode());
        assertEquals("Invalid parameter: Empty message", error.awsErrorDetails().errorMessage());
    }

    @Test
    void typedErrors() {
        String topic = topics.create();
        assertThrows(
                NotFoundException.class,
                () -> SNS.getSubscriptionAttributes(
                        request -> request.subscriptionArn(topic + ":" + UUID.randomUUID())));
        assertThrows(
                ResourceNotFoundException.class,
                () -> SNS.listTagsForResource(request -> request.resourceArn(UNKNOWN)));
    }

    @Test
    void typedErrorsOfBatches() {
        String topic = topics.create();
        PublishBatchRequestEntry[] eleven = IntStream.range(0, 11)
                .mapToObj(number -> entry("id-" + number, "x"))
                .toArray(PublishBatchRequestEntry[]::new);
        assertThrows(TooManyEntriesInBatchRequestException.class, () -> publishAll(topic, eleven));
        assertThrows(
                BatchEntryIdsNotDistinctException.class,
                () -> publishAll(topic, entry("a", "x"), entry("a", "y")));
        assertThrows(InvalidBatchEntryIdException.class, () -> publishAll(topic, entry("a b", "x")));
        assertThrows(EmptyBatchRequestException.class, () -> publishAll(topic));
    }

    @Test
    void pagesOfTopics() {
        try (SnsClient own = Topics.clientOf("222222222203")) {
            Set<String> created = new HashSet<>();
            for (int number = 0; number <= PAGE; number++) {
                String name = "java-" + number;
                created.add(own.createTopic(request -> request.name(name)).topicArn());
            }
            var pages = own.listTopicsPaginator();
            assertEquals(
                    List.of(PAGE, 1),
                    pages.stream().map(page -> page.topics().size()).toList());
            assertEquals(created, Set.copyOf(pages.topics().stream().map(Topic::topicArn).toList()));
            created.forEach(topic -> own.deleteTopic(request -> request.topicArn(topic)));
        }
    }

    @Test
    void pagesOfSubscriptions() {
        String topic = topics.create();
        Set<String> created = new HashSet<>();
        for (int number = 0; number <= PAGE; number++) {
            // SNS doesn't ask whether a queue exists.
            String queue = "arn:aws:sqs:us-east-1:123456789012:never-" + number;
            created.add(subscribe(topic, "sqs", queue, Map.of()));
        }
        var pages = SNS.listSubscriptionsByTopicPaginator(request -> request.topicArn(topic));
        assertEquals(
                List.of(PAGE, 1),
                pages.stream().map(page -> page.subscriptions().size()).toList());
        assertEquals(
                created,
                Set.copyOf(pages.subscriptions().stream().map(Subscription::subscriptionArn).toList()));
    }

    private static PublishResponse publishNumber(String topic, int number) {
        return SNS.publish(request -> request.topicArn(topic)
                .message(Integer.toString(number))
                .messageGroupId("group-" + number % 2)
                .messageDeduplicationId(Integer.toString(number)));
    }

    private static PublishBatchResponse publishAll(String topic, PublishBatchRequestEntry... entries) {
        return SNS.publishBatch(request -> request.topicArn(topic).publishBatchRequestEntries(entries));
    }

    private static PublishBatchRequestEntry entry(String id, String message) {
        return PublishBatchRequestEntry.builder().id(id).message(message).build();
    }

    private static MessageAttributeValue text(String value) {
        return MessageAttributeValue.builder().dataType("String").stringValue(value).build();
    }
}
