package ninefold;

import static ninefold.Buses.EVENTS;
import static ninefold.Buses.EVERYTHING;
import static ninefold.Buses.Event;
import static ninefold.Buses.order;
import static ninefold.Queues.ENDPOINT;
import static ninefold.Queues.SQS;
import static ninefold.Topics.RAW;
import static ninefold.Topics.receiveAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.ConnectionAuthorizationType;
import software.amazon.awssdk.services.eventbridge.model.EventBridgeException;
import software.amazon.awssdk.services.eventbridge.model.InvalidEventPatternException;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** EventBridge through the blocking client: events from buses to queues and topics. */
class EventsTest {
    @RegisterExtension
    final Queues queues = new Queues();

    @RegisterExtension
    final Topics topics = new Topics(queues);

    @RegisterExtension
    final Buses buses = new Buses();

    @Test
    void toAQueue() {
        String bus = buses.create();
        String url = queues.create();
        buses.rule(bus, EVERYTHING, Buses.queue(url));
        String id = buses.put(order(bus, "{\"id\": 7, \"colour\": \"red\"}").toBuilder()
                        .resources("arn:aws:s3:::orders")
                        .time(Instant.parse("2026-03-01T12:00:00Z"))
                        .build())
                .get(0);
        String expected =
                """
                {
                    "version": "0", "id": "%s", "detail-type": "order", "source": "shop", "account": "123456789012",
                    "time": "2026-03-01T12:00:00Z", "region": "us-east-1", "resources": ["arn:aws:s3:::orders"],
                    "detail": {"id": 7, "colour": "red"}
                }
                """
                        .formatted(id);
        assertEquals(
                JsonNode.parser().parse(expected),
                Event.read(receiveAll(url, 1).get(0).body()).json());
    }

    @Test
    void throughAPattern() {
        String bus = buses.create();
        String url = queues.create();
        String pattern =
                """
                {
                    "source": ["shop"],
                    "detail": {"colour": [{"prefix": "dark"}], "id": [{"numeric": [">", 1, "<=", 3]}]}
                }
                """;
        buses.rule(bus, pattern, Buses.queue(url));
        List<PutEventsRequestEntry> entries = new ArrayList<>();
        for (String colour : List.of("dark blue", "blue")) {
            for (int id = 0; id < 5; id++) {
                entries.add(order(bus, "{\"id\": %d, \"colour\": \"%s\"}".formatted(id, colour)));
            }
        }
        List<String> ids = buses.put(entries.toArray(PutEventsRequestEntry[]::new));
        assertEquals(Set.copyOf(ids.subList(2, 4)), idsOf(receiveAll(url, 2)));
    }

    @Test
    void whatTargetsGet() {
        String bus = buses.create();
        String rule = buses.rule(bus, EVERYTHING);
        String constant = inputOf(bus, rule, "constant", target -> target.input("{\"constant\": true}"));
        String detail = inputOf(bus, rule, "detail", target -> target.inputPath("$.detail"));
        String template = "{\"order\": <id>, \"text\": \"<colour>, as wished\", \"rule\": <aws.events.rule-name>}";
        String transformed = inputOf(
                bus, rule, "transformed", target -> target.inputTransformer(transformer -> transformer
                        .inputPathsMap(Map.of("id", "$.detail.id", "colour", "$.detail.colour"))
                        .inputTemplate(template)));
        buses.put(order(bus, "{\"id\": 7, \"colour\": \"red\"}"));
        assertReceived("{\"constant\": true}", constant);
        assertReceived("{\"id\": 7, \"colour\": \"red\"}", detail);
        assertReceived("{\"order\": 7, \"text\": \"red, as wished\", \"rule\": \"%s\"}".formatted(rule), transformed);
    }

    /** The URL of a new queue that is a target with an input of its own. */
    private String inputOf(String bus, String rule, String id, Consumer<Target.Builder> input) {
        String url = queues.create();
        buses.putTargets(bus, rule, Buses.queue(url).copy(target -> input.accept(target.id(id))));
        return url;
    }

    private static void assertReceived(String expected, String url) {
        String body = receiveAll(url, 1).get(0).body();
        assertEquals(JsonNode.parser().parse(expected), JsonNode.parser().parse(body));
    }

    @Test
    void toATopic() {
        String bus = buses.create();
        String topic = topics.create();
        String url = topics.subscribeQueue(topic, RAW);
        buses.rule(bus, EVERYTHING, Buses.target(topic));
        List<String> ids = buses.put(order(bus, "{\"id\": 7}"));
        assertEquals(Set.copyOf(ids), idsOf(receiveAll(url, 1)));
    }

    @Test
    void toAFifoQueueInOrder() {
        String bus = buses.create();
        String url = queues.create(
                ".fifo",
                Map.of(QueueAttributeName.FIFO_QUEUE, "true", QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "true"));
        String rule = buses.rule(bus, EVERYTHING);
        Target queue = Buses.queue(url);
        assertCode("ValidationException", () -> buses.putTargets(bus, rule, queue));
        Target grouped =
                queue.copy(target -> target.sqsParameters(parameters -> parameters.messageGroupId("orders")));
        buses.putTargets(bus, rule, grouped);
        List<String> ids = buses.put(IntStream.range(0, 5)
                .mapToObj(number -> order(bus, "{\"id\": %d}".formatted(number)))
                .toArray(PutEventsRequestEntry[]::new));
        List<Message> messages = receiveAll(url, 5);
        assertEquals(ids, Event.readAll(messages).stream().map(Event::id).toList());
        for (Message message : messages) {
            assertEquals("orders", message.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID));
        }
    }

    @Test
    void someEntriesAreRefused() {
        String bus = buses.create();
        String url = queues.create();
        buses.rule(bus, EVERYTHING, Buses.queue(url));
        PutEventsResponse put = EVENTS.putEvents(request -> request.entries(
                order(bus, "{\"id\": 1}"),
                order(bus, "{\"id\":"),
                order(bus, "{}").copy(entry -> entry.source(null)),
                order(bus, "{}").copy(entry -> entry.source("aws.shop")),
                order(bus, "{\"id\": 5}")));
        List<PutEventsResultEntry> entries = put.entries();
        assertEquals(3, put.failedEntryCount());
        assertEquals(
                List.of("MalformedDetail", "InvalidArgument", "NotAuthorizedForSourceException"),
                entries.subList(1, 4).stream().map(PutEventsResultEntry::errorCode).toList());
        assertEquals("Detail is malformed.", entries.get(1).errorMessage());
        Set<String> ids = new HashSet<>(entries.stream().map(PutEventsResultEntry::eventId).toList());
        ids.removeIf(Objects::isNull);
        assertEquals(ids, idsOf(receiveAll(url, 2)));
    }

    @Test
    void toADeadLetterQueue() {
        String bus = buses.create();
        String letters = queues.create();
        String gone = SQS.createQueue(request -> request.queueName(Buses.name())).queueUrl();
        Target queue = Buses.queue(gone)
                .copy(target -> target.deadLetterConfig(config -> config.arn(Queues.arn(letters))));
        String rule = buses.rule(bus, EVERYTHING, queue);
        SQS.deleteQueue(request -> request.queueUrl(gone));
        List<String> ids = buses.put(order(bus, "{\"id\": 7}"));
        Message letter = receiveAll(letters, 1).get(0);
        assertEquals(ids.get(0), Event.read(letter.body()).id());
        assertAttributes(
                letter,
                Map.of("RULE_ARN", Buses.ruleArn(bus, rule), "TARGET_ARN", queue.arn(), "ERROR_CODE", "NO_RESOURCE"));
        assertFalse(letter.messageAttributes().containsKey("EXHAUSTED_RETRY_CONDITION"));
    }

    @Test
    void toADeadLetterQueueAfterRetries() {
        String bus = buses.create();
        String letters = queues.create();
        String name = Buses.name();
        String connection = EVENTS.createConnection(request -> request.name(name)
                        .authorizationType(ConnectionAuthorizationType.BASIC)
                        .authParameters(parameters -> parameters.basicAuthParameters(
                                basic -> basic.username("a").password("b"))))
                .connectionArn();
        // The server that is under test doesn't speak TLS.
        String endpoint = ENDPOINT.toString().replace("http://", "https://");
        String destination = EVENTS.createApiDestination(request -> request.name(name)
                        .connectionArn(connection)
                        .invocationEndpoint(endpoint)
                        .httpMethod(ApiDestinationHttpMethod.POST))
                .apiDestinationArn();
        Target target = Buses.target(destination)
                .copy(settings -> settings.deadLetterConfig(config -> config.arn(Queues.arn(letters)))
                        .retryPolicy(policy -> policy.maximumRetryAttempts(1)));
        String rule = buses.rule(bus, EVERYTHING, target);
        List<String> ids = buses.put(order(bus, "{\"id\": 7}"));
        Message letter = receiveAll(letters, 1).get(0);
        assertEquals(ids.get(0), Event.read(letter.body()).id());
        assertAttributes(
                letter,
                Map.of(
                        "RULE_ARN", Buses.ruleArn(bus, rule),
                        "TARGET_ARN", destination,
                        "EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts",
                        "RETRY_ATTEMPTS", "1"));
        EVENTS.deleteApiDestination(request -> request.name(name));
        EVENTS.deleteConnection(request -> request.name(name));
    }

    /** Attributes of a dead letter, and an error of some kind. */
    private static void assertAttributes(Message letter, Map<String, String> expected) {
        expected.forEach((name, value) -> assertEquals(value, attribute(letter, name), name));
        assertFalse(attribute(letter, "ERROR_CODE").isEmpty());
        assertFalse(attribute(letter, "ERROR_MESSAGE").isEmpty());
    }

    private static String attribute(Message message, String name) {
        return message.messageAttributes().get(name).stringValue();
    }

    @Test
    void aPatternIsTested() {
        Map<String, Boolean> expected = Map.of(
                "{\"source\": [\"shop\"]}", true,
                "{\"detail\": {\"colour\": [{\"anything-but\": [\"red\"]}]}}", false,
                "{\"detail\": {\"address\": [{\"cidr\": \"10.0.0.0/8\"}]}}", true,
                "{\"detail\": {\"size\": [{\"exists\": false}]}}", true,
                "{\"$or\": [{\"source\": [\"a\"]}, {\"source\": [\"b\"]}]}", false,
                "{\"detail\": {\"colour\": [{\"wildcard\": \"r*d\"}]}}", true);
        expected.forEach((pattern, matches) -> assertEquals(matches, matches(pattern), pattern));
        assertThrows(InvalidEventPatternException.class, () -> matches("{\"source\": \"shop\"}"));
    }

    private static boolean matches(String pattern) {
        String event =
                """
                {
                    "id": "1", "source": "shop", "detail-type": "order", "account": "123456789012",
                    "region": "us-east-1", "time": "2026-03-01T12:00:00Z", "resources": [],
                    "detail": {"colour": "red", "address": "10.1.2.3"}
                }
                """;
        return EVENTS.testEventPattern(request -> request.eventPattern(pattern).event(event)).result();
    }

    private static Set<String> idsOf(List<Message> messages) {
        return Set.copyOf(Event.readAll(messages).stream().map(Event::id).toList());
    }

    /** An error that the SDK has no class for. */
    static void assertCode(String code, Runnable call) {
        EventBridgeException error = assertThrows(EventBridgeException.class, call::run);
        assertEquals(code, error.awsErrorDetails().errorCode());
    }
}
