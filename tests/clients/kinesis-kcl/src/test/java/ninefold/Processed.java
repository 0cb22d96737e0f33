package ninefold;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an application has done so far, whichever of its workers it was. */
class Processed {
    private final Map<String, List<Integer>> numbers = new HashMap<>();
    private final Set<String> begunShards = new HashSet<>();
    private final Set<String> endedShards = new HashSet<>();
    private int count;

    synchronized void began(String shard) {
        begunShards.add(shard);
    }

    synchronized void add(Order order) {
        numbers.computeIfAbsent(order.key(), key -> new ArrayList<>()).add(order.number());
        count += 1;
    }

    synchronized void ended(String shard) {
        endedShards.add(shard);
    }

    synchronized int count() {
        return count;
    }

    /** Numbers of the records of each partition key, in the order in which they were processed. */
    synchronized Map<String, List<Integer>> numbers() {
        Map<String, List<Integer>> copy = new HashMap<>();
        numbers.forEach((key, each) -> copy.put(key, List.copyOf(each)));
        return copy;
    }

    synchronized Set<String> begunShards() {
        return Set.copyOf(begunShards);
    }

    synchronized Set<String> endedShards() {
        return Set.copyOf(endedShards);
    }
}
