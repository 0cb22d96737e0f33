package ninefold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A web server on loopback that speaks TLS and keeps what comes. At /token it gives access tokens. */
final class TlsEndpoint {
    static final String ACCESS_TOKEN = "a-token";

    private static final String TOKEN_ANSWER =
            "{\"access_token\": \"%s\", \"token_type\": \"Bearer\", \"expires_in\": 3600}".formatted(ACCESS_TOKEN);
    private static final String PASSWORD = "password";

    /** What came. */
    record Request(String method, URI uri, Headers headers, String body) {}

    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final BlockingQueue<Request> tokenRequests = new LinkedBlockingQueue<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final HttpsServer server;
    private final Path certificate;

    /** Makes a certificate for itself in a folder. */
    TlsEndpoint(Path folder) throws Exception {
        KeyStore keys = makeKeys(folder.resolve("keys.p12"));
        certificate = folder.resolve("certificate.pem");
        Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
        String encoded = lines.encodeToString(keys.getCertificate("endpoint").getEncoded());
        Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", this::keep);
        server.createContext("/token", this::giveToken);
        server.start();
    }

    /** A key and a certificate that is its own authority, made by the tool that the JDK brings. */
    private static KeyStore makeKeys(Path file) throws Exception {
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = List.of(
                tool, "-genkeypair", "-alias", "endpoint", "-keyalg", "EC", "-dname", "CN=127.0.0.1",
                "-ext", "san=ip:127.0.0.1", "-keystore", file.toString(), "-storetype", "PKCS12",
                "-storepass", PASSWORD);
        Process made = new ProcessBuilder(command).inheritIO().start();
        assertEquals(0, made.waitFor());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream stored = Files.newInputStream(file)) {
            keys.load(stored, PASSWORD.toCharArray());
        }
        return keys;
    }

    private void keep(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(read(exchange));
            exchange.sendResponseHeaders(refusals.getAndDecrement() > 0 ? 503 : 200, -1);
        }
    }

    private void giveToken(HttpExchange exchange) throws IOException {
        try (exchange) {
            tokenRequests.add(read(exchange));
            byte[] answer = TOKEN_ANSWER.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private static Request read(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        return new Request(exchange.getRequestMethod(), exchange.getRequestURI(), exchange.getRequestHeaders(), body);
    }

    String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What its clients have to trust, a file in PEM. */
    Path certificate() {
        return certificate;
    }

    /** Answers the next requests with status 503. */
    void refuse(int count) {
        refusals.set(count);
    }

    Request next() throws InterruptedException {
        return next(requests);
    }

    Request nextForToken() throws InterruptedException {
        return next(tokenRequests);
    }

    private static Request next(BlockingQueue<Request> requests) throws InterruptedException {
        Request request = requests.poll(15, TimeUnit.SECONDS);
        assertNotNull(request, "no request came");
        return request;
    }

    void stop() {
        server.stop(0);
    }
}
