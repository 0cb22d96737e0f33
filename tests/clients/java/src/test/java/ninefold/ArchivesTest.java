package ninefold;

import static ninefold.Buses.EVENTS;
import static ninefold.Buses.EVERYTHING;
import static ninefold.Buses.Event;
import static ninefold.Buses.eventually;
import static ninefold.Buses.order;
import static ninefold.EventsTest.assertCode;
import static ninefold.Topics.receiveAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.eventbridge.model.Archive;
import software.amazon.awssdk.services.eventbridge.model.ArchiveState;
import software.amazon.awssdk.services.eventbridge.model.DescribeArchiveResponse;
import software.amazon.awssdk.services.eventbridge.model.IllegalStatusException;
import software.amazon.awssdk.services.eventbridge.model.InvalidEventPatternException;
import software.amazon.awssdk.services.eventbridge.model.ManagedRuleException;
import software.amazon.awssdk.services.eventbridge.model.ReplayState;
import software.amazon.awssdk.services.eventbridge.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;

/** Archives of buses, and their replays. */
class ArchivesTest {
    @RegisterExtension
    final Queues queues = new Queues();

    @RegisterExtension
    final Buses buses = new Buses();

    private final Deque<String> created = new ArrayDeque<>();

    @AfterEach
    void deleteArchives() {
        created.forEach(name -> EVENTS.deleteArchive(request -> request.archiveName(name)));
    }

    @Test
    void aReplayBringsEventsAgain() throws Exception {
        String bus = buses.create();
        String url = queues.create();
        String other = queues.create();
        String rule = buses.rule(bus, EVERYTHING, Buses.queue(url));
        buses.rule(bus, EVERYTHING, Buses.queue(other));
        String archive = archive(bus, "{\"detail\": {\"colour\": [\"red\"]}}");
        List<String> ids = buses.put(
                order(bus, "{\"colour\": \"red\"}"),
                order(bus, "{\"colour\": \"blue\"}"),
                order(bus, "{\"colour\": \"red\"}"));
        for (String each : List.of(url, other)) {
            Event.readAll(receiveAll(each, 3)).forEach(event -> assertNull(event.text("replay-name")));
        }
        String replay = replay(bus, archive, Buses.ruleArn(bus, rule));
        Set<String> again = new TreeSet<>();
        for (Event event : Event.readAll(receiveAll(url, 2))) {
            assertEquals(replay, event.text("replay-name"));
            again.add(event.id());
        }
        assertEquals(Set.of(ids.get(0), ids.get(2)), again);
        // What is replayed isn't archived once more, and the other rule was not meant.
        replay(bus, archive);
        receiveAll(url, 2);
        receiveAll(other, 2);
    }

    @Test
    void describedAndUpdated() throws Exception {
        String bus = buses.create();
        String archive = archive(bus, EVERYTHING);
        buses.put(order(bus, "{}"), order(bus, "{}"));
        EVENTS.updateArchive(
                request -> request.archiveName(archive).description("Orders").retentionDays(7));
        DescribeArchiveResponse found = describe(archive);
        assertEquals(arn(archive), found.archiveArn());
        assertEquals(Buses.arn(bus), found.eventSourceArn());
        assertEquals(ArchiveState.ENABLED, found.state());
        assertEquals("Orders", found.description());
        assertEquals(7, found.retentionDays());
        assertEquals(EVERYTHING, found.eventPattern());
        eventually("the archive counts two events", () -> describe(archive).eventCount() == 2);
        List<Archive> listed = EVENTS.listArchives(request -> request.eventSourceArn(Buses.arn(bus)))
                .archives();
        assertEquals(List.of(archive), listed.stream().map(Archive::archiveName).toList());
    }

    @Test
    void theRuleOfAnArchiveIsManaged() {
        String bus = buses.create();
        String rule = "Events-Archive-" + archive(bus, EVERYTHING);
        assertEquals(
                "prod.vhs.events.aws.internal",
                EVENTS.describeRule(request -> request.name(rule).eventBusName(bus))
                        .managedBy());
        assertThrows(
                ManagedRuleException.class,
                () -> EVENTS.putRule(
                        request -> request.name(rule).eventBusName(bus).eventPattern(EVERYTHING)));
        assertThrows(
                ManagedRuleException.class,
                () -> buses.putTargets(bus, rule, Buses.target("arn:aws:sqs:us-east-1:123456789012:never")));
        assertThrows(
                ManagedRuleException.class,
                () -> EVENTS.removeTargets(
                        request -> request.rule(rule).eventBusName(bus).ids(rule)));
        assertThrows(
                ManagedRuleException.class,
                () -> EVENTS.deleteRule(request -> request.name(rule).eventBusName(bus)));
    }

    @Test
    void errorsOfArchives() {
        String bus = buses.create();
        String archive = archive(bus, EVERYTHING);
        assertThrows(ResourceAlreadyExistsException.class, () -> create(archive, bus, EVERYTHING));
        assertThrows(
                ResourceNotFoundException.class, () -> create(Buses.name(), bus + "-not", EVERYTHING));
        assertThrows(
                InvalidEventPatternException.class, () -> create(Buses.name(), bus, "{\"source\": \"shop\"}"));
        assertThrows(ResourceNotFoundException.class, () -> describe("no-such-archive"));
    }

    @Test
    void errorsOfReplays() throws Exception {
        String bus = buses.create();
        String archive = archive(bus, EVERYTHING);
        String completed = replay(bus, archive);
        assertThrows(
                IllegalStatusException.class,
                () -> EVENTS.cancelReplay(request -> request.replayName(completed)));
        Instant now = Instant.now();
        Instant earlier = now.minus(Duration.ofHours(1));
        assertThrows(
                ResourceAlreadyExistsException.class, () -> start(completed, bus, archive, earlier, now));
        assertCode("ValidationException", () -> start(Buses.name(), bus, archive, now, earlier));
        String other = buses.create();
        assertCode("ValidationException", () -> start(Buses.name(), other, archive, earlier, now));
    }

    /** The name of a new archive. */
    private String archive(String bus, String pattern) {
        String name = Buses.name();
        create(name, bus, pattern);
        created.push(name);
        return name;
    }

    private static void create(String name, String bus, String pattern) {
        EVENTS.createArchive(request -> request.archiveName(name)
                .eventSourceArn(Buses.arn(bus))
                .eventPattern(pattern)
                .retentionDays(1));
    }

    private static DescribeArchiveResponse describe(String archive) {
        return EVENTS.describeArchive(request -> request.archiveName(archive));
    }

    private static String arn(String archive) {
        return "arn:aws:events:us-east-1:123456789012:archive/" + archive;
    }

    /** Replays the last minutes, and waits until that is completed; the name of the replay. */
    private static String replay(String bus, String archive, String... rules) throws InterruptedException {
        String name = Buses.name();
        Instant now = Instant.now();
        start(name, bus, archive, now.minus(Duration.ofMinutes(5)), now.plus(Duration.ofMinutes(1)), rules);
        eventually("the replay is completed", () -> {
            ReplayState state =
                    EVENTS.describeReplay(request -> request.replayName(name)).state();
            return state == ReplayState.COMPLETED;
        });
        return name;
    }

    private static void start(
            String name, String bus, String archive, Instant from, Instant to, String... rules) {
        EVENTS.startReplay(request -> request.replayName(name)
                .eventSourceArn(arn(archive))
                .eventStartTime(from)
                .eventEndTime(to)
                .destination(destination -> destination.arn(Buses.arn(bus)).filterArns(rules)));
    }
}
