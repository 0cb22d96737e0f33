package ninefold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Exit;

/** Runs Apache Kafka's command-line tools in this process. */
final class Tool {
  private Tool() {}

  static String runWithInput(String tool, String input, String... arguments) throws Exception {
    return runCommand(tool, input, with(new String[] {"--bootstrap-server", Broker.ADDRESS}, arguments));
  }

  static String run(String tool, String... arguments) throws Exception {
    return runWithInput(tool, "", arguments);
  }

  /** What a tool prints; it has to end well. */
  static String runCommand(String tool, String input, String... arguments) throws Exception {
    InputStream ownInput = System.in;
    PrintStream ownOutput = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    // Some tools catch what ends them, and then end another time: the first status is the one that counts.
    List<Integer> statuses = new ArrayList<>();
    List<Runnable> hooks = new ArrayList<>();
    Exit.setExitProcedure(
        (status, message) -> {
          statuses.add(status);
          throw new Exited();
        });
    Exit.setShutdownHookAdder((name, hook) -> hooks.add(hook));
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      Class.forName(tool).getMethod("main", String[].class).invoke(null, (Object) arguments);
      hooks.forEach(Runnable::run);
    } catch (InvocationTargetException thrown) {
      if (!(thrown.getCause() instanceof Exited)) {
        throw thrown;
      }
      hooks.forEach(Runnable::run);
    } finally {
      System.setIn(ownInput);
      System.setOut(ownOutput);
      Exit.resetExitProcedure();
      Exit.resetShutdownHookAdder();
    }
    String text = printed.toString(StandardCharsets.UTF_8);
    assertEquals(0, statuses.isEmpty() ? 0 : statuses.get(0), text);
    return text;
  }

  static String[] with(String[] some, String... more) {
    List<String> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  static void contains(String text, String... parts) {
    for (String part : parts) {
      assertTrue(text.contains(part), () -> part + " is not in: " + text);
    }
  }

  /** What a tool's end is turned into, as this process goes on. */
  private static final class Exited extends Error {
    private static final long serialVersionUID = 1;

    Exited() {
      super("the tool has ended", null, false, false);
    }
  }
}
