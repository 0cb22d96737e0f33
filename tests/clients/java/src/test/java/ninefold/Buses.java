package ninefold;

import static ninefold.Queues.CREDENTIALS;
import static ninefold.Queues.ENDPOINT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.CreateEventBusRequest;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;
import software.amazon.awssdk.services.eventbridge.model.PutTargetsResponse;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.model.Message;

/** A client, and event buses that are deleted after the test with their rules. */
final class Buses implements AfterEachCallback {
    static final EventBridgeClient EVENTS = client(ENDPOINT);

    /** A pattern that every event matches. */
    static final String EVERYTHING = "{\"source\": [{\"prefix\": \"\"}]}";

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final EventBridgeClient client;
    private final Deque<String> created = new ArrayDeque<>();

    Buses() {
        this(EVENTS);
    }

    Buses(EventBridgeClient client) {
        this.client = client;
    }

    static EventBridgeClient client(URI endpoint) {
        return EventBridgeClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(CREDENTIALS)
                .httpClient(UrlConnectionHttpClient.create())
                .overrideConfiguration(settings -> settings.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
    }

    /** What a target gets that asks for nothing else. */
    record Event(JsonNode json) {
        static Event read(String text) {
            return new Event(JsonNode.parser().parse(text));
        }

        static List<Event> readAll(List<Message> messages) {
            return messages.stream().map(message -> read(message.body())).toList();
        }

        String text(String name) {
            return json.field(name).map(JsonNode::text).orElse(null);
        }

        String id() {
            return text("id");
        }

        JsonNode detail() {
            return json.field("detail").orElseThrow();
        }
    }

    static String name() {
        return "java-" + UUID.randomUUID();
    }

    /** The name of a new bus. */
    String create() {
        return create(name(), request -> {});
    }

    String create(String name, Consumer<CreateEventBusRequest.Builder> settings) {
        client.createEventBus(request -> settings.accept(request.name(name)));
        created.push(name);
        return name;
    }

    static String arn(String bus) {
        return "arn:aws:events:us-east-1:123456789012:event-bus/" + bus;
    }

    static String ruleArn(String bus, String rule) {
        return "arn:aws:events:us-east-1:123456789012:rule/" + bus + "/" + rule;
    }

    /** The name of a new rule of a bus. */
    String rule(String bus, String pattern, Target... targets) {
        String name = name();
        client.putRule(request -> request.name(name).eventBusName(bus).eventPattern(pattern));
        if (targets.length > 0) {
            putTargets(bus, name, targets);
        }
        return name;
    }

    void putTargets(String bus, String rule, Target... targets) {
        PutTargetsResponse put = client.putTargets(
                request -> request.rule(rule).eventBusName(bus).targets(targets));
        assertEquals(0, put.failedEntryCount());
        assertEquals(List.of(), put.failedEntries());
    }

    static Target target(String arn) {
        return Target.builder().id("target").arn(arn).build();
    }

    static Target queue(String url) {
        return target(Queues.arn(url));
    }

    /** An order of a shop. */
    static PutEventsRequestEntry order(String bus, String detail) {
        return PutEventsRequestEntry.builder()
                .eventBusName(bus)
                .source("shop")
                .detailType("order")
                .detail(detail)
                .build();
    }

    /** Puts events that must all be taken; returns their ids. */
    List<String> put(PutEventsRequestEntry... entries) {
        PutEventsResponse put = client.putEvents(request -> request.entries(entries));
        assertEquals(0, put.failedEntryCount(), put::toString);
        return put.entries().stream().map(PutEventsResultEntry::eventId).toList();
    }

    /** Waits until something holds. */
    static void eventually(String what, BooleanSupplier holds) throws InterruptedException {
        for (Instant deadline = Instant.now().plus(PATIENCE); !holds.getAsBoolean(); Thread.sleep(PAUSE.toMillis())) {
            assertTrue(Instant.now().isBefore(deadline), () -> "it did not happen in time: " + what);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        while (!created.isEmpty()) {
            String name = created.pop();
            client.deleteEventBus(request -> request.name(name));
        }
    }
}
