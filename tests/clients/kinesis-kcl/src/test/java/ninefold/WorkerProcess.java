package ninefold;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A worker in a process of its own, so that it can be killed. It says on its standard output what it does. */
final class WorkerProcess implements AutoCloseable {
    private static final int KILL_SECONDS = 10;

    private final Process process;

    /** Starts it; what it says that it does is noted in {@code processed}. */
    WorkerProcess(String stream, int checkpointedBelow, Processed processed) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerProcess.class.getName(),
                        stream,
                        Integer.toString(checkpointedBelow))
                .redirectError(Redirect.INHERIT)
                .start();
        Thread reader = new Thread(() -> follow(process.inputReader(), processed), "what the worker says");
        reader.setDaemon(true);
        reader.start();
    }

    private static void follow(BufferedReader reader, Processed processed) {
        try (reader) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "began" -> processed.began(words[1]);
                    case "processed" -> processed.add(new Order(words[1], Integer.parseInt(words[2])));
                    case "ended" -> processed.ended(words[1]);
                    default -> throw new IllegalStateException("it says: " + line);
                }
            }
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    /** Ends it at once, as a power failure would. */
    void kill() throws InterruptedException {
        close();
        if (!process.waitFor(KILL_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the worker's process did not end in time");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** What runs in the process: it ends with the process that has started it. */
    public static void main(String[] arguments) throws InterruptedException {
        String stream = arguments[0];
        new Worker(stream, stream, Worker.Retrieval.POLLING, new Told(), Integer.parseInt(arguments[1]));
        ProcessHandle.current().parent().orElseThrow().onExit().join();
    }

    /** Tells whoever reads the standard output. */
    private static final class Told extends Processed {
        @Override
        synchronized void began(String shard) {
            tell("began " + shard);
        }

        @Override
        synchronized void add(Order order) {
            tell("processed " + order.key() + " " + order.number());
        }

        @Override
        synchronized void ended(String shard) {
            tell("ended " + shard);
        }

        private static void tell(String what) {
            System.out.println(what);
        }
    }
}
