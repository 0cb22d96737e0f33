package ninefold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server of its own that wants its clients to authenticate, and access keys that it knows. */
final class EnforcingServer {
  static final String ACCOUNT = "111111111111";
  private static final String BINARY = System.getenv("NINEFOLD_BINARY");
  private static final int SECONDS = 30;
  private final Path data;
  private final Process process;
  private final Map<String, String> printed;

  /** An access key. */
  record Key(String id, String secret) {}

  EnforcingServer(Path folder) throws Exception {
    data = folder.resolve("data");
    List<String> serve = command("serve", "--port", "0", "--kafka-listen", "127.0.0.1:0", "--auth", "enforce");
    process = new ProcessBuilder(serve).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    printed = readPrinted(process);
  }

  /** Where Kafka's clients connect to the default cluster. */
  String address() {
    return printed.get("kafka");
  }

  /** Where the APIs of AWS are. */
  URI endpoint() {
    return URI.create(printed.get("endpoint"));
  }

  /** The file with the authority that vouches for the brokers of clusters of MSK. */
  String authority() {
    return data.resolve("kafka-ca.pem").toString();
  }

  /** A key of a new user, who may do what a policy says. */
  Key key(String user, String policy) throws Exception {
    Path file = Files.writeString(data.resolveSibling(user + ".json"), policy, StandardCharsets.UTF_8);
    List<String> create = command("keys", "create", "--user", user, "--policy", file.toString());
    Process creating = new ProcessBuilder(create).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    JsonNode key = new ObjectMapper().readTree(creating.getInputStream());
    if (creating.waitFor() != 0) {
      throw new IOException("no key was made");
    }
    return new Key(key.get("AccessKeyId").asText(), key.get("SecretAccessKey").asText());
  }

  private List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(BINARY));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--data", data.toString(), "--account", ACCOUNT));
    return command;
  }

  /** What a server says of itself, by the first word of each line, up to where its data is. */
  private static Map<String, String> readPrinted(Process process) throws IOException {
    BufferedReader reader = process.inputReader();
    Map<String, String> printed = new HashMap<>();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      String[] words = line.trim().split("\\s+");
      if (words.length > 1) {
        printed.put(words[0], words[1]);
      }
      if (words[0].equals("data")) {
        return printed;
      }
    }
    throw new IOException("the server did not say where it listens");
  }

  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
