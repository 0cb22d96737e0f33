import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import software.amazon.event.ruler.Machine;

/**
 * event-ruler's part: {@code Matcher RULES EVENTS...}. Says of each file of events how many matches there are in all of them
 * together. Then each line of its input has the number of a file and for how many seconds to match its events, and is answered
 * with how many events that were.
 */
public final class Matcher {
    /** Kept so that the work can't be left out. */
    private static long kept;

    public static void main(String[] arguments) throws Exception {
        Machine machine = new Machine();
        int number = 0;
        for (String rule : Files.readAllLines(Path.of(arguments[0]))) {
            machine.addRule(Integer.toString(number++), rule);
        }
        List<List<String>> files = new ArrayList<>();
        for (int index = 1; index < arguments.length; index++) {
            List<String> events = Files.readAllLines(Path.of(arguments[index]));
            long matches = 0;
            for (String event : events) {
                matches += machine.rulesForJSONEvent(event).size();
            }
            System.out.println(matches);
            files.add(events);
        }
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split(" ");
            List<String> events = files.get(Integer.parseInt(words[0]));
            System.out.println(run(machine, events, Double.parseDouble(words[1])));
        }
    }

    private static long run(Machine machine, List<String> events, double seconds) throws Exception {
        long begin = System.nanoTime();
        long done = 0;
        while (System.nanoTime() - begin < seconds * 1e9) {
            for (String event : events) {
                kept += machine.rulesForJSONEvent(event).size();
            }
            done += events.size();
        }
        return done;
    }
}
