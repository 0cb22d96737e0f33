package ninefold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A Ninefold server with options of its own. */
final class OwnServer {
    private static final int START_SECONDS = 30;
    private static final int STOP_SECONDS = 20;

    private final Process process;
    private final URI endpoint;

    OwnServer(Path data, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(System.getenv("NINEFOLD_BINARY"), "serve"));
        command.addAll(List.of("--data", data.toString(), "--port", "0", "--log-level", "warn"));
        command.addAll(List.of(options));
        process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        try {
            endpoint = CompletableFuture.supplyAsync(this::printedEndpoint).get(START_SECONDS, TimeUnit.SECONDS);
        } catch (Exception error) {
            process.destroyForcibly();
            throw error;
        }
    }

    private URI printedEndpoint() {
        BufferedReader printed = process.inputReader();
        try {
            for (String line = printed.readLine(); line != null; line = printed.readLine()) {
                String[] words = line.split("\\s+");
                if (words[0].equals("endpoint")) {
                    return URI.create(words[1]);
                }
            }
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
        throw new IllegalStateException("the server printed no endpoint");
    }

    URI endpoint() {
        return endpoint;
    }

    void stop() throws InterruptedException {
        process.destroy();
        boolean ended = process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertTrue(ended, "the server did not end in time");
        assertEquals(0, process.exitValue());
    }
}
