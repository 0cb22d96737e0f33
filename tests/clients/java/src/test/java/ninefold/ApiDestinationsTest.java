package ninefold;

import static ninefold.Buses.EVERYTHING;
import static ninefold.Buses.eventually;
import static ninefold.EventsTest.assertCode;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationState;
import software.amazon.awssdk.services.eventbridge.model.ConnectionAuthorizationType;
import software.amazon.awssdk.services.eventbridge.model.ConnectionBodyParameter;
import software.amazon.awssdk.services.eventbridge.model.ConnectionHeaderParameter;
import software.amazon.awssdk.services.eventbridge.model.ConnectionHttpParameters;
import software.amazon.awssdk.services.eventbridge.model.ConnectionOAuthHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.ConnectionQueryStringParameter;
import software.amazon.awssdk.services.eventbridge.model.ConnectionState;
import software.amazon.awssdk.services.eventbridge.model.CreateApiDestinationResponse;
import software.amazon.awssdk.services.eventbridge.model.CreateConnectionAuthRequestParameters;
import software.amazon.awssdk.services.eventbridge.model.DescribeApiDestinationResponse;
import software.amazon.awssdk.services.eventbridge.model.DescribeConnectionResponse;
import software.amazon.awssdk.services.eventbridge.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;
import software.amazon.awssdk.services.eventbridge.model.Target;

/** Connections, and API destinations that deliver to a web server with TLS, which the server has to trust. */
class ApiDestinationsTest {
    private static final Consumer<CreateConnectionAuthRequestParameters.Builder> BASIC = parameters ->
            parameters.basicAuthParameters(basic -> basic.username("Aladdin").password("open sesame"));

    private static TlsEndpoint web;
    private static OwnServer server;
    private static EventBridgeClient events;

    @RegisterExtension
    final Buses buses = new Buses(events);

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        web = new TlsEndpoint(folder);
        server = new OwnServer(
                folder.resolve("data"), "--trusted-certificates", web.certificate().toString());
        events = Buses.client(server.endpoint());
    }

    @AfterAll
    static void stop() throws Exception {
        events.close();
        server.stop();
        web.stop();
    }

    @Test
    void withAPassword() throws Exception {
        DescribeConnectionResponse connection = connect(ConnectionAuthorizationType.BASIC, BASIC);
        assertEquals(
                "Aladdin", connection.authParameters().basicAuthParameters().username());
        String destination = createDestination(Buses.name(), connection, "/orders/*").apiDestinationArn();
        TlsEndpoint.Request request = deliver(Buses.target(destination).copy(target -> target.httpParameters(
                        parameters -> parameters
                                .pathParameterValues("$.detail.id")
                                .headerParameters(Map.of("x-colour", "$.detail.colour"))
                                .queryStringParameters(Map.of("from", "bus")))
                .inputTransformer(transformer -> transformer
                        .inputPathsMap(Map.of("colour", "$.detail.colour"))
                        .inputTemplate("{\"text\": \"painted <colour>\"}"))));
        assertEquals("POST", request.method());
        assertEquals("/orders/7?from=bus", request.uri().toString());
        assertEquals(
                JsonNode.parser().parse("{\"text\": \"painted dark red\"}"),
                JsonNode.parser().parse(request.body()));
        assertHeaders(
                request,
                Map.of(
                        "authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
                        "content-type", "application/json; charset=utf-8",
                        "user-agent", "Amazon/EventBridge/ApiDestinations",
                        "x-colour", "dark red"));
    }

    @Test
    void withAKeyAndParametersOfTheConnection() throws Exception {
        DescribeConnectionResponse connection =
                connect(ConnectionAuthorizationType.API_KEY, parameters -> parameters
                        .apiKeyAuthParameters(key -> key.apiKeyName("x-api-key").apiKeyValue("a secret"))
                        .invocationHttpParameters(ApiDestinationsTest::addParameters));
        ConnectionHttpParameters shown = connection.authParameters().invocationHttpParameters();
        assertEquals("9", shown.headerParameters().get(0).value());
        assertNull(shown.bodyParameters().get(0).value());
        String destination = createDestination(Buses.name(), connection, "/orders").apiDestinationArn();
        TlsEndpoint.Request request = deliver(Buses.target(destination));
        assertEquals("/orders?shop=9", request.uri().toString());
        JsonNode body = JsonNode.parser().parse(request.body());
        assertEquals("order", body.field("detail-type").orElseThrow().text());
        assertEquals("hidden", body.field("password").orElseThrow().text());
        assertHeaders(request, Map.of("x-api-key", "a secret", "x-shop", "9"));
    }

    private static void addParameters(ConnectionHttpParameters.Builder parameters) {
        parameters
                .headerParameters(ConnectionHeaderParameter.builder().key("x-shop").value("9").build())
                .queryStringParameters(
                        ConnectionQueryStringParameter.builder().key("shop").value("9").build())
                .bodyParameters(ConnectionBodyParameter.builder()
                        .key("password")
                        .value("hidden")
                        .isValueSecret(true)
                        .build());
    }

    @Test
    void withAToken() throws Exception {
        DescribeConnectionResponse connection =
                connect(ConnectionAuthorizationType.OAUTH_CLIENT_CREDENTIALS, parameters ->
                        parameters.oAuthParameters(oAuth -> oAuth.authorizationEndpoint(web.url() + "/token")
                                .httpMethod(ConnectionOAuthHttpMethod.POST)
                                .clientParameters(client -> client.clientID("client").clientSecret("secret"))
                                .oAuthHttpParameters(more -> more.bodyParameters(ConnectionBodyParameter.builder()
                                        .key("scope")
                                        .value("orders")
                                        .build()))));
        assertEquals(
                Set.of("grant_type=client_credentials", "client_id=client", "client_secret=secret", "scope=orders"),
                Set.of(web.nextForToken().body().split("&")));
        String destination = createDestination(Buses.name(), connection, "/orders").apiDestinationArn();
        TlsEndpoint.Request request = deliver(Buses.target(destination));
        assertEquals("order", Buses.Event.read(request.body()).text("detail-type"));
        assertHeaders(request, Map.of("authorization", "Bearer " + TlsEndpoint.ACCESS_TOKEN));
    }

    @Test
    void onceMoreAfterARefusal() throws Exception {
        DescribeConnectionResponse connection = connect(ConnectionAuthorizationType.BASIC, BASIC);
        String destination = createDestination(Buses.name(), connection, "/orders").apiDestinationArn();
        web.refuse(1);
        TlsEndpoint.Request refused = deliver(Buses.target(destination));
        assertEquals(refused.body(), web.next().body());
    }

    @Test
    void notWithoutAuthorization() throws Exception {
        DescribeConnectionResponse connection = connect(ConnectionAuthorizationType.BASIC, BASIC);
        String name = Buses.name();
        createDestination(name, connection, "/orders");
        events.deauthorizeConnection(request -> request.name(connection.name()));
        eventually("the connection is deauthorized", () -> {
            ConnectionState state = describe(connection.name()).connectionState();
            return state == ConnectionState.DEAUTHORIZED;
        });
        DescribeApiDestinationResponse found = events.describeApiDestination(request -> request.name(name));
        assertEquals(ApiDestinationState.INACTIVE, found.apiDestinationState());
        assertEquals(connection.connectionArn(), found.connectionArn());
    }

    @Test
    void typedErrors() throws Exception {
        DescribeConnectionResponse connection = connect(ConnectionAuthorizationType.BASIC, BASIC);
        String name = Buses.name();
        createDestination(name, connection, "/orders");
        assertThrows(
                ResourceAlreadyExistsException.class,
                () -> createConnection(connection.name(), ConnectionAuthorizationType.BASIC, BASIC));
        assertCode(
                "ValidationException",
                () -> createConnection(Buses.name(), ConnectionAuthorizationType.API_KEY, BASIC));
        assertThrows(
                ResourceAlreadyExistsException.class, () -> createDestination(name, connection, "/orders"));
        events.deleteApiDestination(request -> request.name(name));
        events.deleteConnection(request -> request.name(connection.name()));
        assertThrows(
                ResourceNotFoundException.class, () -> createDestination(name, connection, "/orders"));
        assertThrows(
                ResourceNotFoundException.class,
                () -> events.describeApiDestination(request -> request.name(name)));
        assertThrows(ResourceNotFoundException.class, () -> describe(connection.name()));
    }

    private void createConnection(
            String name,
            ConnectionAuthorizationType type,
            Consumer<CreateConnectionAuthRequestParameters.Builder> parameters) {
        events.createConnection(
                request -> request.name(name).authorizationType(type).authParameters(parameters));
    }

    /** A new connection that is authorized. */
    private DescribeConnectionResponse connect(
            ConnectionAuthorizationType type, Consumer<CreateConnectionAuthRequestParameters.Builder> parameters)
            throws InterruptedException {
        String name = Buses.name();
        createConnection(name, type, parameters);
        eventually("the connection is authorized", () -> {
            ConnectionState state = describe(name).connectionState();
            return state == ConnectionState.AUTHORIZED;
        });
        DescribeConnectionResponse found = describe(name);
        assertEquals(type, found.authorizationType());
        assertTrue(found.secretArn().contains(":secret:events!connection/" + name + "/"));
        return found;
    }

    private DescribeConnectionResponse describe(String connection) {
        return events.describeConnection(request -> request.name(connection));
    }

    private CreateApiDestinationResponse createDestination(
            String name, DescribeConnectionResponse connection, String path) {
        CreateApiDestinationResponse created = events.createApiDestination(request -> request.name(name)
                .connectionArn(connection.connectionArn())
                .invocationEndpoint(web.url() + path)
                .httpMethod(ApiDestinationHttpMethod.POST));
        assertEquals(ApiDestinationState.ACTIVE, created.apiDestinationState());
        return created;
    }

    /** Puts an order that goes to a target; the request that comes. */
    private TlsEndpoint.Request deliver(Target target) throws InterruptedException {
        String bus = buses.create();
        buses.rule(bus, EVERYTHING, target);
        buses.put(Buses.order(bus, "{\"id\": 7, \"colour\": \"dark red\"}"));
        return web.next();
    }

    private static void assertHeaders(TlsEndpoint.Request request, Map<String, String> expected) {
        expected.forEach((name, value) -> assertEquals(value, request.headers().getFirst(name), name));
    }
}
