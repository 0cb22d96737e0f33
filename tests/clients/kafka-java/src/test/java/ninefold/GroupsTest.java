package ninefold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups of the Java client's consumers, and its administration client. */
class GroupsTest {
  private static final String ASSIGNORS = "org.apache.kafka.clients.consumer.";
  private static Admin admin;

  @BeforeAll
  static void open() {
    admin = Broker.admin();
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  private static Map<String, String> settings(String assignor) {
    Map<String, String> settings = new HashMap<>(Map.of("enable.auto.commit", "false"));
    if (assignor.equals("consumer")) {
      settings.put("group.protocol", "consumer");
    } else {
      settings.put("partition.assignment.strategy", ASSIGNORS + assignor);
      settings.putAll(Map.of("session.timeout.ms", "6000", "heartbeat.interval.ms", "500"));
    }
    return settings;
  }

  /** Polls until the consumers have so many partitions each. */
  private static void waitForShares(List<Integer> shares, List<KafkaConsumer<String, String>> consumers)
      throws Exception {
    Broker.eventually(
        () -> {
          consumers.forEach(consumer -> consumer.poll(Broker.POLL));
          return shares.equals(consumers.stream().map(each -> each.assignment().size()).toList());
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"RangeAssignor", "CooperativeStickyAssignor", "consumer"})
  void membersShareThePartitions(String assignor) throws Exception {
    String topic = Broker.createTopic(admin, 4, Map.of());
    String group = Broker.uniqueName("group");
    try (KafkaConsumer<String, String> first = Broker.consumer(group, settings(assignor))) {
      first.subscribe(List.of(topic));
      waitForShares(List.of(4), List.of(first));
      try (KafkaConsumer<String, String> second = Broker.consumer(group, settings(assignor))) {
        second.subscribe(List.of(topic));
        waitForShares(List.of(2, 2), List.of(first, second));
        Broker.produce(topic, "1", "2", "3", "4", "5", "6");
        List<String> found = Broker.values(Broker.consume(6, List.of(first, second)));
        assertEquals(Set.of("1", "2", "3", "4", "5", "6"), Set.copyOf(found));
      }
      waitForShares(List.of(4), List.of(first));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RangeAssignor", "consumer"})
  void groupsGoOnWhereTheyWereAndAreDescribedAndDeleted(String assignor) throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    String group = Broker.uniqueName("group");
    TopicPartition partition = new TopicPartition(topic, 0);
    Broker.produce(topic, "1", "2", "3");
    try (KafkaConsumer<String, String> first = Broker.consumer(group, settings(assignor))) {
      first.subscribe(List.of(topic));
      Broker.consume(3, List.of(first));
      first.commitSync(Map.of(partition, new OffsetAndMetadata(2, "where I was")));
      ConsumerGroupDescription described =
          admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get();
      assertEquals(GroupState.STABLE, described.groupState());
      assertEquals(Set.of(partition), described.members().iterator().next().assignment().topicPartitions());
      ExecutionException refused =
          assertThrows(
              ExecutionException.class, () -> admin.deleteConsumerGroups(List.of(group)).all().get());
      assertInstanceOf(GroupNotEmptyException.class, refused.getCause());
    }
    try (KafkaConsumer<String, String> second = Broker.consumer(group, settings(assignor))) {
      second.subscribe(List.of(topic));
      assertEquals(List.of("3"), Broker.values(Broker.consume(1, List.of(second))));
      assertEquals("where I was", second.committed(Set.of(partition)).get(partition).metadata());
    }
    Set<String> listed =
        admin.listGroups().all().get().stream().map(GroupListing::groupId).collect(Collectors.toSet());
    assertTrue(listed.contains(group));
    admin.deleteConsumerGroups(List.of(group)).all().get();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RangeAssignor", "consumer"})
  void aPatternTakesTopicsThatComeLater(String assignor) throws Exception {
    String group = Broker.uniqueName("group");
    Map<String, String> settings = settings(assignor);
    settings.put("metadata.max.age.ms", "500");
    try (KafkaConsumer<String, String> consumer = Broker.consumer(group, settings)) {
      String prefix = Broker.uniqueName("pattern");
      consumer.subscribe(Pattern.compile(prefix + "-.*"));
      consumer.poll(Broker.POLL);
      Broker.produce(prefix + "-one", "1");
      assertEquals(List.of("1"), Broker.values(Broker.consume(1, List.of(consumer))));
    }
  }

  @Test
  void topicsTheirSettingsAndTheirRecords() throws Exception {
    String topic = Broker.createTopic(admin, 2, Map.of("retention.ms", "3600000"));
    TopicPartition partition = new TopicPartition(topic, 0);
    ExecutionException refused =
        assertThrows(
            ExecutionException.class,
            () -> admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get());
    assertInstanceOf(TopicExistsException.class, refused.getCause());
    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
    assertEquals(3, admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size());
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    assertEquals(
        "3600000", admin.describeConfigs(List.of(resource)).all().get().get(resource).get("retention.ms").value());
    for (int number = 0; number < 3; number++) {
      Broker.produce(topic, "a", "b", "c", "d");
    }
    long end = admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition).get().offset();
    admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(end))).all().get();
    assertEquals(
        end, admin.listOffsets(Map.of(partition, OffsetSpec.earliest())).partitionResult(partition).get().offset());
    admin.deleteTopics(List.of(topic)).all().get();
    assertTrue(!admin.listTopics().names().get().contains(topic));
  }
}
