package ninefold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Share groups (KIP-932): members acquire records for a time, and decide about each. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShareGroupsTest {
  private static final long LOCK_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final Map<String, String> EXPLICIT = Map.of("share.acknowledgement.mode", "explicit");
  private static Admin admin;

  @BeforeAll
  static void open() {
    admin = Broker.admin();
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  /** A group that begins at the first record. */
  private static String group(Map<String, String> configs) throws Exception {
    String group = Broker.uniqueName("share");
    Map<String, String> all = new HashMap<>(configs);
    all.put("share.auto.offset.reset", "earliest");
    Broker.configureGroup(admin, group, all);
    return group;
  }

  private static KafkaShareConsumer<String, String> member(String group, String topic, Map<String, ?> more) {
    KafkaShareConsumer<String, String> member = Broker.shareConsumer(group, more);
    member.subscribe(List.of(topic));
    return member;
  }

  /** Polls until there are records. */
  private static List<ConsumerRecord<String, String>> next(KafkaShareConsumer<String, String> member) throws Exception {
    List<ConsumerRecord<String, String>> found = new ArrayList<>();
    Broker.eventually(
        () -> {
          member.poll(Broker.POLL).forEach(found::add);
          return !found.isEmpty();
        });
    return found;
  }

  /** The records with how often they were delivered: "value 1". */
  private static List<String> deliveries(List<ConsumerRecord<String, String>> records) {
    return records.stream().map(each -> each.value() + " " + each.deliveryCount().orElse((short) 0)).toList();
  }

  private static SharePartitionOffsetInfo progress(String group, String topic) throws Exception {
    return admin
        .listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
        .partitionsToOffsetInfo(group)
        .get()
        .get(new TopicPartition(topic, 0));
  }

  @Test
  void membersShareTheRecordsOfAPartition() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    String group = group(Map.of());
    Map<String, ?> few = Map.of("max.poll.records", 2, "share.acquire.mode", "record_limit");
    String[] values = IntStream.range(0, 20).mapToObj(Integer::toString).toArray(String[]::new);
    Broker.produce(topic, values);
    List<Set<String>> shares = List.of(new HashSet<>(), new HashSet<>());
    try (KafkaShareConsumer<String, String> one = member(group, topic, few);
        KafkaShareConsumer<String, String> other = member(group, topic, few)) {
      List<KafkaShareConsumer<String, String>> members = List.of(one, other);
      Broker.eventually(
          () -> {
            for (int number = 0; number < members.size(); number++) {
              Set<String> share = shares.get(number);
              members.get(number).poll(Broker.POLL).forEach(record -> share.add(record.value()));
            }
            return shares.get(0).size() + shares.get(1).size() >= values.length;
          });
      // What was polled last.
      members.forEach(KafkaShareConsumer::commitSync);
    }
    assertTrue(shares.stream().noneMatch(Set::isEmpty), shares.toString());
    Set<String> all = new HashSet<>(shares.get(0));
    all.addAll(shares.get(1));
    assertEquals(Set.of(values), all);
    assertEquals(0L, progress(group, topic).lag().orElseThrow());
  }

  @Test
  void recordsAreAcceptedReleasedAndRejected() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    String group = group(Map.of("share.delivery.count.limit", "2"));
    Broker.produce(topic, "accepted", "released", "rejected");
    try (KafkaShareConsumer<String, String> member = member(group, topic, EXPLICIT)) {
      List<ConsumerRecord<String, String>> records = new ArrayList<>();
      while (records.size() < 3) {
        List<ConsumerRecord<String, String>> more = next(member);
        for (ConsumerRecord<String, String> record : more) {
          member.acknowledge(
              record,
              switch (record.value()) {
                case "accepted" -> AcknowledgeType.ACCEPT;
                case "released" -> AcknowledgeType.RELEASE;
                default -> AcknowledgeType.REJECT;
              });
        }
        records.addAll(more);
        // Before the released record could come a second time.
        if (records.size() == 3) {
          member.commitSync().values().forEach(failure -> assertTrue(failure.isEmpty()));
        }
      }
      assertEquals(List.of("accepted 1", "released 1", "rejected 1"), deliveries(records));
      records = next(member);
      assertEquals(List.of("released 2"), deliveries(records));
      member.acknowledge(records.get(0), AcknowledgeType.RELEASE);
      member.commitSync();
      // It was delivered as often as the group says.
      Broker.produce(topic, "later");
      records = next(member);
      assertEquals(List.of("later 1"), deliveries(records));
      member.acknowledge(records.get(0));
      member.commitSync();
      assertEquals(0L, progress(group, topic).lag().orElseThrow());
    }
  }

  @Test
  void recordsComeBackWhenTheirLockEndsUnlessItIsRenewed() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    String group = group(Map.of("share.record.lock.duration.ms", "15000"));
    Broker.produce(topic, "left");
    Broker.produce(topic, "kept");
    try (KafkaShareConsumer<String, String> holder = member(group, topic, EXPLICIT)) {
      List<ConsumerRecord<String, String>> held = next(holder);
      long acquiredAt = System.nanoTime();
      assertEquals(List.of("left 1", "kept 1"), deliveries(held));
      assertEquals(15_000, holder.acquisitionLockTimeoutMs().orElseThrow());
      try (KafkaShareConsumer<String, String> other = member(group, topic, Map.of())) {
        List<ConsumerRecord<String, String>> taken = new ArrayList<>();
        List<Boolean> renewed = new ArrayList<>();
        Broker.eventually(
            () -> {
              if (renewed.isEmpty() && System.nanoTime() - acquiredAt > LOCK_NANOS * 2 / 3) {
                holder.acknowledge(held.get(1), AcknowledgeType.RENEW);
                renewed.add(holder.commitSync().values().stream().allMatch(failure -> failure.isEmpty()));
              }
              other.poll(Broker.POLL).forEach(taken::add);
              return !taken.isEmpty();
            });
        assertTrue(System.nanoTime() - acquiredAt > LOCK_NANOS * 9 / 10);
        assertEquals(List.of(true), renewed);
        assertEquals(List.of("left 2"), deliveries(taken));
        holder.acknowledge(held.get(0));
        holder
            .commitSync()
            .values()
            .forEach(failure -> assertInstanceOf(InvalidRecordStateException.class, failure.orElseThrow()));
        other.commitSync();
      }
      // What is renewed is polled again.
      held.clear();
      held.addAll(next(holder));
      assertEquals(List.of("kept"), Broker.values(held));
      holder.acknowledge(held.get(0));
      holder.commitSync().values().forEach(failure -> assertTrue(failure.isEmpty()));
      assertEquals(0L, progress(group, topic).lag().orElseThrow());
    }
  }

  @Test
  void aGroupSeesOfTransactionsWhatItSays() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    String committed = group(Map.of("share.isolation.level", "read_committed"));
    String uncommitted = group(Map.of());
    try (KafkaProducer<String, String> producer =
        Broker.producer(Map.of("transactional.id", Broker.uniqueName("transaction")))) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, "aborted")).get();
      producer.abortTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, "committed")).get();
      producer.commitTransaction();
    }
    for (String group : List.of(committed, uncommitted)) {
      Set<String> expected = group.equals(committed) ? Set.of("committed") : Set.of("aborted", "committed");
      Set<String> found = new HashSet<>();
      try (KafkaShareConsumer<String, String> member = member(group, topic, Map.of())) {
        while (!found.contains("committed")) {
          next(member).forEach(record -> found.add(record.value()));
        }
      }
      assertEquals(expected, found);
    }
  }

  @Test
  void aGroupBeginsAtTheEndUnlessItSaysOtherwise() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    String group = Broker.uniqueName("share");
    Broker.produce(topic, "before");
    try (KafkaShareConsumer<String, String> member = member(group, topic, Map.of())) {
      List<ConsumerRecord<String, String>> found = new ArrayList<>();
      Broker.eventually(
          () -> {
            member.poll(Broker.POLL).forEach(found::add);
            return hasBegun(group, topic);
          });
      Broker.produce(topic, "after");
      found.addAll(next(member));
      assertEquals(List.of("after"), Broker.values(found));
    }
  }

  private static boolean hasBegun(String group, String topic) {
    try {
      SharePartitionOffsetInfo progress = progress(group, topic);
      return progress != null && progress.startOffset() == 1;
    } catch (Exception notYet) {
      return false;
    }
  }
}
