package ninefold;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Waits for what happens by itself. */
final class Patience {
    private static final Duration LONGEST = Duration.ofSeconds(75);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Patience() {}

    static void eventually(String what, BooleanSupplier holds) throws InterruptedException {
        for (Instant deadline = Instant.now().plus(LONGEST); !holds.getAsBoolean(); Thread.sleep(PAUSE.toMillis())) {
            assertTrue(Instant.now().isBefore(deadline), () -> "it did not happen in time: " + what);
        }
    }
}
