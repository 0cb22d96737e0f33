package ninefold;

import static ninefold.Buses.EVENTS;
import static ninefold.Buses.EVERYTHING;
import static ninefold.EventsTest.assertCode;
import static ninefold.Topics.receiveAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.services.eventbridge.model.CreateEndpointResponse;
import software.amazon.awssdk.services.eventbridge.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.eventbridge.model.DescribeEventBusResponse;
import software.amazon.awssdk.services.eventbridge.model.DescribeRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.EndpointEventBus;
import software.amazon.awssdk.services.eventbridge.model.EndpointState;
import software.amazon.awssdk.services.eventbridge.model.EventBus;
import software.amazon.awssdk.services.eventbridge.model.IncludeDetail;
import software.amazon.awssdk.services.eventbridge.model.InvalidEventPatternException;
import software.amazon.awssdk.services.eventbridge.model.Level;
import software.amazon.awssdk.services.eventbridge.model.LimitExceededException;
import software.amazon.awssdk.services.eventbridge.model.ListRulesResponse;
import software.amazon.awssdk.services.eventbridge.model.ListTargetsByRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.PolicyLengthExceededException;
import software.amazon.awssdk.services.eventbridge.model.ReplicationState;
import software.amazon.awssdk.services.eventbridge.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.RuleState;
import software.amazon.awssdk.services.eventbridge.model.Tag;
import software.amazon.awssdk.services.eventbridge.model.Target;

/** Buses and rules as they are described, listed, tagged and refused. */
class EventRulesTest {
    // EventBridge doesn't ask whether a queue exists.
    private static final String NEVER = "arn:aws:sqs:us-east-1:123456789012:never";

    @RegisterExtension
    final Queues queues = new Queues();

    @RegisterExtension
    final Buses buses = new Buses();

    @Test
    void settingsOfABus() {
        String letters = Queues.arn(queues.create());
        String bus = buses.create(Buses.name(), request -> request.description("Orders")
                .deadLetterConfig(config -> config.arn(letters))
                .logConfig(config -> config.level(Level.ERROR).includeDetail(IncludeDetail.FULL)));
        EVENTS.updateEventBus(request -> request.name(bus).description("Orders and more"));
        DescribeEventBusResponse found = EVENTS.describeEventBus(request -> request.name(bus));
        assertEquals(Buses.arn(bus), found.arn());
        assertEquals("Orders and more", found.description());
        assertEquals(letters, found.deadLetterConfig().arn());
        assertEquals(Level.ERROR, found.logConfig().level());
        assertEquals(IncludeDetail.FULL, found.logConfig().includeDetail());
        List<EventBus> listed =
                EVENTS.listEventBuses(request -> request.namePrefix(bus)).eventBuses();
        assertEquals(List.of(Buses.arn(bus)), listed.stream().map(EventBus::arn).toList());
    }

    @Test
    void aRuleIsDisabledAndEnabled() {
        String bus = buses.create();
        String url = queues.create();
        Target queue = Buses.queue(url);
        String rule = buses.rule(bus, EVERYTHING, queue);
        EVENTS.disableRule(request -> request.name(rule).eventBusName(bus));
        assertEquals(RuleState.DISABLED, describe(bus, rule).state());
        buses.put(Buses.order(bus, "{\"id\": 1}"));
        EVENTS.enableRule(request -> request.name(rule).eventBusName(bus));
        assertEquals(RuleState.ENABLED, describe(bus, rule).state());
        assertEquals(EVERYTHING, describe(bus, rule).eventPattern());
        List<String> ids = buses.put(Buses.order(bus, "{\"id\": 2}"));
        assertEquals(ids, List.of(Buses.Event.read(receiveAll(url, 1).get(0).body()).id()));
        assertEquals(
                List.of(rule),
                EVENTS.listRuleNamesByTarget(
                                request -> request.targetArn(queue.arn()).eventBusName(bus))
                        .ruleNames());
    }

    private static DescribeRuleResponse describe(String bus, String rule) {
        return EVENTS.describeRule(request -> request.name(rule).eventBusName(bus));
    }

    @Test
    void schedules() {
        for (String schedule : List.of("rate(5 minutes)", "cron(0 12 ? * MON-FRI *)")) {
            String rule = putSchedule("default", schedule);
            DescribeRuleResponse found = describe("default", rule);
            assertEquals(schedule, found.scheduleExpression());
            assertEquals(RuleState.DISABLED, found.state());
            assertNull(found.eventPattern());
            EVENTS.deleteRule(request -> request.name(rule));
        }
        assertCode("ValidationException", () -> putSchedule("default", "rate(5 minute)"));
        assertCode("ValidationException", () -> putSchedule(buses.create(), "rate(5 minutes)"));
    }

    private static String putSchedule(String bus, String schedule) {
        String name = Buses.name();
        EVENTS.putRule(request -> request.name(name)
                .eventBusName(bus)
                .scheduleExpression(schedule)
                .state(RuleState.DISABLED));
        return name;
    }

    // The SDK has no paginators for EventBridge.
    @Test
    void pagesOfRules() {
        String bus = buses.create();
        Set<String> created = new HashSet<>();
        for (int number = 0; number < 7; number++) {
            created.add(buses.rule(bus, EVERYTHING));
        }
        Set<String> found = new HashSet<>();
        List<Integer> lengths = new ArrayList<>();
        String token = null;
        do {
            String from = token;
            ListRulesResponse page = EVENTS.listRules(
                    request -> request.eventBusName(bus).limit(3).nextToken(from));
            found.addAll(page.rules().stream().map(Rule::name).toList());
            lengths.add(page.rules().size());
            token = page.nextToken();
        } while (token != null);
        assertEquals(created, found);
        assertEquals(List.of(3, 3, 1), lengths);
    }

    @Test
    void pagesOfTargets() {
        String bus = buses.create();
        String rule = buses.rule(bus, EVERYTHING, targets(5));
        List<Target> found = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        String token = null;
        do {
            String from = token;
            ListTargetsByRuleResponse page = EVENTS.listTargetsByRule(request ->
                    request.rule(rule).eventBusName(bus).limit(2).nextToken(from));
            found.addAll(page.targets());
            lengths.add(page.targets().size());
            token = page.nextToken();
        } while (token != null);
        assertEquals(Set.of(targets(5)), Set.copyOf(found));
        assertEquals(List.of(2, 2, 1), lengths);
        EVENTS.removeTargets(request -> request.rule(rule).eventBusName(bus).ids("0", "1", "2", "3"));
        assertEquals(
                List.of(targets(5)[4]),
                EVENTS.listTargetsByRule(request -> request.rule(rule).eventBusName(bus))
                        .targets());
    }

    private static Target[] targets(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> Target.builder()
                        .id(Integer.toString(number))
                        .arn(NEVER)
                        .build())
                .toArray(Target[]::new);
    }

    @Test
    void tagsOfBusesAndRules() {
        String bus = buses.create();
        String rule = buses.rule(bus, EVERYTHING);
        for (String arn : List.of(Buses.arn(bus), Buses.ruleArn(bus, rule))) {
            EVENTS.tagResource(request -> request.resourceARN(arn).tags(tag("stage", "test"), tag("owner", "nobody")));
            EVENTS.untagResource(request -> request.resourceARN(arn).tagKeys("owner"));
            assertEquals(
                    List.of(tag("stage", "test")),
                    EVENTS.listTagsForResource(request -> request.resourceARN(arn)).tags());
        }
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    @Test
    void permissions() {
        String bus = buses.create();
        EVENTS.putPermission(request -> request.eventBusName(bus)
                .action("events:PutEvents")
                .principal("111111111111")
                .statementId("friend"));
        String expected =
                """
                {"Version": "2012-10-17", "Statement": [{
                    "Sid": "friend", "Effect": "Allow", "Action": "events:PutEvents", "Resource": "%s",
                    "Principal": {"AWS": "arn:aws:iam::111111111111:root"}
                }]}
                """
                        .formatted(Buses.arn(bus));
        assertEquals(
                JsonNode.parser().parse(expected), JsonNode.parser().parse(policy(bus)));
        assertThrows(
                ResourceNotFoundException.class,
                () -> EVENTS.removePermission(
                        request -> request.eventBusName(bus).statementId("other")));
        EVENTS.removePermission(request -> request.eventBusName(bus).statementId("friend"));
        assertNull(policy(bus));
    }

    @Test
    void aPolicyIsTooLong() {
        String bus = buses.create();
        String statement =
                "{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"events:PutEvents\", \"Resource\": \"%s\"}"
                        .formatted(Buses.arn(bus));
        String statements = String.join(",", IntStream.range(0, 100).mapToObj(number -> statement).toList());
        String policy = "{\"Version\": \"2012-10-17\", \"Statement\": [%s]}".formatted(statements);
        assertThrows(
                PolicyLengthExceededException.class,
                () -> EVENTS.putPermission(request -> request.eventBusName(bus).policy(policy)));
    }

    private static String policy(String bus) {
        return EVENTS.describeEventBus(request -> request.name(bus)).policy();
    }

    @Test
    void endpoints() {
        String bus = buses.create();
        String name = Buses.name();
        CreateEndpointResponse created = createEndpoint(name, bus);
        assertThrows(ResourceAlreadyExistsException.class, () -> createEndpoint(name, bus));
        DescribeEndpointResponse found = EVENTS.describeEndpoint(request -> request.name(name));
        assertEquals(created.arn(), found.arn());
        assertEquals(EndpointState.ACTIVE, found.state());
        assertEquals("us-west-2", found.routingConfig().failoverConfig().secondary().route());
        assertEquals(2, found.eventBuses().size());
        var listed = EVENTS.listEndpoints(request -> request.namePrefix(name)).endpoints();
        assertEquals(1, listed.size());
        assertEquals(found.endpointId(), listed.get(0).endpointId());
        EVENTS.deleteEndpoint(request -> request.name(name));
        assertThrows(
                ResourceNotFoundException.class, () -> EVENTS.describeEndpoint(request -> request.name(name)));
    }

    private static CreateEndpointResponse createEndpoint(String name, String bus) {
        String twin = Buses.arn(bus).replace("us-east-1", "us-west-2");
        return EVENTS.createEndpoint(request -> request.name(name)
                .routingConfig(routing -> routing.failoverConfig(
                        failover -> failover.primary(primary -> primary.healthCheck("arn:aws:route53:::healthcheck/1"))
                                .secondary(secondary -> secondary.route("us-west-2"))))
                .replicationConfig(replication -> replication.state(ReplicationState.DISABLED))
                .eventBuses(List.of(Buses.arn(bus), twin).stream()
                        .map(arn -> EndpointEventBus.builder().eventBusArn(arn).build())
                        .toList()));
    }

    @Test
    void noSuchBus() {
        ResourceNotFoundException error =
                assertThrows(ResourceNotFoundException.class, () -> buses.rule("no-such-bus", EVERYTHING));
        assertEquals(400, error.statusCode());
        assertEquals(
                "Event bus no-such-bus does not exist.", error.awsErrorDetails().errorMessage());
        String bus = buses.create();
        assertThrows(ResourceNotFoundException.class, () -> describe(bus, "no-such-rule"));
    }

    @Test
    void aNameIsTaken() {
        String bus = buses.create();
        assertThrows(
                ResourceAlreadyExistsException.class, () -> EVENTS.createEventBus(request -> request.name(bus)));
    }

    @Test
    void anInvalidPattern() {
        String bus = buses.create();
        InvalidEventPatternException error = assertThrows(
                InvalidEventPatternException.class,
                () -> buses.rule(bus, "{\"source\": [{\"suffixes\": \"x\"}]}"));
        assertTrue(error.awsErrorDetails().errorMessage().startsWith("Event pattern is not valid. Reason: "));
    }

    @Test
    void invalidRules() {
        String bus = buses.create();
        assertCode("ValidationException", () -> buses.rule(bus, null));
        String rule = buses.rule(bus, EVERYTHING, targets(1));
        assertCode(
                "ValidationException",
                () -> EVENTS.deleteRule(request -> request.name(rule).eventBusName(bus)));
    }

    @Test
    void tooManyTargets() {
        String bus = buses.create();
        assertThrows(LimitExceededException.class, () -> buses.rule(bus, EVERYTHING, targets(6)));
    }
}
