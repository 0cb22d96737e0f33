package ninefold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** A web server on loopback that keeps what is posted to it. */
final class WebEndpoint implements AutoCloseable {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /** What a topic sent. */
    record Post(Headers headers, String body) {
        JsonNode json() {
            return JsonNode.parser().parse(body);
        }

        String text(String name) {
            return json().field(name).map(JsonNode::text).orElse(null);
        }
    }

    private final BlockingQueue<Post> posts = new LinkedBlockingQueue<>();
    private final HttpServer server;

    WebEndpoint() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::keep);
        server.start();
    }

    private void keep(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            posts.add(new Post(exchange.getRequestHeaders(), body));
            exchange.sendResponseHeaders(200, -1);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    /** The next post; fails if none comes in time, or one of another type. */
    Post next(String type) throws InterruptedException {
        Post post = posts.poll(15, TimeUnit.SECONDS);
        assertNotNull(post, () -> "no " + type + " came");
        assertEquals(type, post.headers().getFirst("x-amz-sns-message-type"));
        return post;
    }

    /** Follows the link in the confirmation that comes next; returns the confirmation. */
    Post confirm() throws IOException, InterruptedException {
        Post confirmation = next("SubscriptionConfirmation");
        fetch(confirmation.text("SubscribeURL"));
        return confirmation;
    }

    static byte[] fetch(String url) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build();
        HttpResponse<byte[]> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(200, answer.statusCode());
        return answer.body();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
