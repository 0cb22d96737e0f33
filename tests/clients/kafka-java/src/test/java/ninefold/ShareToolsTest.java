package ninefold;

import static ninefold.Tool.contains;
import static ninefold.Tool.run;
import static ninefold.Tool.with;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Apache Kafka's command-line tools for share groups. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShareToolsTest {
  private static final String TOOLS = "org.apache.kafka.tools.";
  private static final String SHARE_GROUPS = TOOLS + "consumer.group.ShareGroupCommand";
  private static final String CONSOLE = TOOLS + "consumer.ConsoleShareConsumer";
  private static final String CONFIGS = "kafka.admin.ConfigCommand";
  private static Admin admin;

  @BeforeAll
  static void open() {
    admin = Broker.admin();
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  /** What is told of the members of a group while it has one. */
  private static String membersOf(String group, String topic) throws Exception {
    List<String> told = new ArrayList<>();
    try (KafkaShareConsumer<String, String> member = Broker.shareConsumer(group, Map.of())) {
      member.subscribe(List.of(topic));
      Broker.eventually(
          () -> {
            member.poll(Broker.POLL);
            told.add(run(SHARE_GROUPS, "--group", group, "--describe", "--members"));
            return told.get(told.size() - 1).contains(topic);
          });
    }
    return told.get(told.size() - 1);
  }

  @Test
  void aShareGroupFromItsConfigurationToItsEnd() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    String group = Broker.uniqueName("share");
    String[] configs = {"--entity-type", "groups", "--entity-name", group};
    run(CONFIGS, with(configs, "--alter", "--add-config", "share.auto.offset.reset=earliest"));
    contains(
        run(CONFIGS, with(configs, "--describe")),
        "share.auto.offset.reset=earliest",
        "DYNAMIC_GROUP_CONFIG:share.auto.offset.reset=earliest, DEFAULT_CONFIG:share.auto.offset.reset=latest");
    Broker.produce(topic, "first", "second", "third");
    String[] reads = {"--topic", topic, "--group", group, "--max-messages", "3", "--timeout-ms", "30000"};
    contains(run(CONSOLE, reads), "first\nsecond\nthird\n");
    String[] ofGroup = {"--group", group};
    contains(run(SHARE_GROUPS, "--list"), group);
    contains(run(SHARE_GROUPS, with(ofGroup, "--describe", "--state")), "Empty");
    contains(membersOf(group, topic), group, topic + ":0");
    contains(run(SHARE_GROUPS, with(ofGroup, "--describe")), topic, "START-OFFSET");
    String[] ofTopic = with(ofGroup, "--topic", topic);
    run(SHARE_GROUPS, with(ofTopic, "--reset-offsets", "--to-earliest", "--execute"));
    contains(run(CONSOLE, reads), "first\nsecond\nthird\n");
    contains(run(SHARE_GROUPS, with(ofTopic, "--delete-offsets")), topic, "Successful");
    contains(run(CONSOLE, reads), "first\nsecond\nthird\n");
    contains(run(SHARE_GROUPS, with(ofGroup, "--delete")), "successful");
    assertTrue(!run(SHARE_GROUPS, "--list").contains(group));
  }
}
