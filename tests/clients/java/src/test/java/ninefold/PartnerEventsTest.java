package ninefold;

import static ninefold.Buses.EVENTS;
import static ninefold.Buses.EVERYTHING;
import static ninefold.Buses.Event;
import static ninefold.Topics.receiveAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.eventbridge.model.DescribeEventSourceResponse;
import software.amazon.awssdk.services.eventbridge.model.EventSourceState;
import software.amazon.awssdk.services.eventbridge.model.InvalidStateException;
import software.amazon.awssdk.services.eventbridge.model.PutPartnerEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutPartnerEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;

/** Event sources of partners: offered, accepted and deactivated. */
class PartnerEventsTest {
    private static final String ACCOUNT = "123456789012";

    @RegisterExtension
    final Queues queues = new Queues();

    @RegisterExtension
    final Buses buses = new Buses();

    @Test
    void acceptedByABusOfItsName() {
        String source = offer();
        assertState(EventSourceState.PENDING, source);
        String url = accept(source, "{\"detail-type\": [\"order\"]}");
        assertState(EventSourceState.ACTIVE, source);
        PutPartnerEventsResponse put = EVENTS.putPartnerEvents(request -> request.entries(
                entry(source, "order", "{\"id\": 7}"),
                entry(source, "order", "{\"id\":"),
                entry(source, "invoice", "{\"id\": 8}")));
        assertEquals(1, put.failedEntryCount());
        assertEquals("MalformedDetail", put.entries().get(1).errorCode());
        Event event = Event.read(receiveAll(url, 1).get(0).body());
        assertEquals(put.entries().get(0).eventId(), event.id());
        assertEquals(source, event.text("source"));
        var accounts = EVENTS.listPartnerEventSourceAccounts(request -> request.eventSourceName(source))
                .partnerEventSourceAccounts();
        assertEquals(List.of(ACCOUNT), accounts.stream().map(each -> each.account()).toList());
        withdraw(source);
    }

    @Test
    void deactivatedAndActivated() {
        String source = offer();
        String url = accept(source, EVERYTHING);
        EVENTS.deactivateEventSource(request -> request.name(source));
        assertState(EventSourceState.PENDING, source);
        put(source);
        EVENTS.activateEventSource(request -> request.name(source));
        String id = put(source);
        assertEquals(id, Event.read(receiveAll(url, 1).get(0).body()).id());
        assertThrows(
                InvalidStateException.class, () -> EVENTS.activateEventSource(request -> request.name(source)));
        withdraw(source);
    }

    @Test
    void noSuchSource() {
        String source = "aws.partner/example.com/no-such-source";
        assertThrows(
                ResourceNotFoundException.class,
                () -> EVENTS.describeEventSource(request -> request.name(source)));
    }

    private static String offer() {
        String source = "aws.partner/example.com/" + Buses.name();
        EVENTS.createPartnerEventSource(request -> request.name(source).account(ACCOUNT));
        return source;
    }

    private static void withdraw(String source) {
        EVENTS.deletePartnerEventSource(request -> request.name(source).account(ACCOUNT));
        assertState(EventSourceState.DELETED, source);
    }

    /** The URL of a new queue that gets what comes from a source. */
    private String accept(String source, String pattern) {
        String bus = buses.create(source, request -> request.eventSourceName(source));
        String url = queues.create();
        buses.rule(bus, pattern, Buses.queue(url));
        return url;
    }

    private static String put(String source) {
        return EVENTS.putPartnerEvents(request -> request.entries(entry(source, "order", "{}")))
                .entries()
                .get(0)
                .eventId();
    }

    private static PutPartnerEventsRequestEntry entry(String source, String detailType, String detail) {
        return PutPartnerEventsRequestEntry.builder()
                .source(source)
                .detailType(detailType)
                .detail(detail)
                .build();
    }

    private static void assertState(EventSourceState state, String source) {
        DescribeEventSourceResponse found = EVENTS.describeEventSource(request -> request.name(source));
        assertEquals(state, found.state());
        assertEquals("example.com", found.createdBy());
    }
}
