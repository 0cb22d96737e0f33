package ninefold;

import static ninefold.Tool.contains;
import static ninefold.Tool.run;
import static ninefold.Tool.runCommand;
import static ninefold.Tool.runWithInput;
import static ninefold.Tool.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Apache Kafka's command-line tools, by the main classes that its scripts start. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ToolsTest {
  private static final int PROCESS_SECONDS = 25;
  private static final String TOOLS = "org.apache.kafka.tools.";
  private static final String TOPICS = TOOLS + "TopicCommand";
  private static final String GROUPS = TOOLS + "consumer.group.ConsumerGroupCommand";
  private static final String CONFIGS = "kafka.admin.ConfigCommand";
  private static Admin admin;
  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    admin = Broker.admin();
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  /** What a tool prints that does its work as its process ends, and so has one of its own. */
  private String runProcess(String tool, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", System.getProperty("java.class.path"), tool));
    command.addAll(List.of("--bootstrap-server", Broker.ADDRESS));
    command.addAll(List.of(arguments));
    Path printed = folder.resolve("printed");
    Process process =
        new ProcessBuilder(command).redirectOutput(printed.toFile()).redirectErrorStream(true).start();
    try {
      assertTrue(process.waitFor(PROCESS_SECONDS, TimeUnit.SECONDS), tool + " did not end");
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(printed);
    assertEquals(0, process.exitValue(), text);
    return text;
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
  }

  @Test
  void topics() throws Exception {
    String topic = Broker.uniqueName("tools");
    run(TOPICS, "--create", "--topic", topic, "--partitions", "2", "--config", "retention.ms=3600000");
    contains(run(TOPICS, "--list"), topic);
    run(TOPICS, "--alter", "--topic", topic, "--partitions", "3");
    contains(
        run(TOPICS, "--describe", "--topic", topic), "PartitionCount: 3", "retention.ms=3600000", "Partition: 2");
    run(TOPICS, "--delete", "--topic", topic);
    assertTrue(!run(TOPICS, "--list").contains(topic));
  }

  @Test
  void configs() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    String[] entity = {"--entity-type", "topics", "--entity-name", topic};
    run(CONFIGS, with(entity, "--alter", "--add-config", "retention.ms=7200000,cleanup.policy=[compact,delete]"));
    contains(run(CONFIGS, with(entity, "--describe")), "retention.ms=7200000", "cleanup.policy=compact,delete");
    run(CONFIGS, with(entity, "--alter", "--delete-config", "retention.ms"));
    assertTrue(!run(CONFIGS, with(entity, "--describe")).contains("retention.ms"));
    contains(
        run(CONFIGS, "--entity-type", "brokers", "--entity-name", "1", "--describe", "--all"),
        "message.max.bytes=1048588");
  }

  @Test
  void users() throws Exception {
    String user = Broker.uniqueName("user");
    String[] entity = {"--entity-type", "users", "--entity-name", user};
    run(CONFIGS, with(entity, "--alter", "--add-config", "SCRAM-SHA-256=[iterations=4096,password=secret]"));
    run(CONFIGS, with(entity, "--alter", "--add-config", "consumer_byte_rate=1000000"));
    contains(
        run(CONFIGS, with(entity, "--describe")), "SCRAM-SHA-256=iterations=4096", "consumer_byte_rate=1000000");
  }

  @Test
  void theConsoleProducerAndConsumerWithAGroup() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    String group = Broker.uniqueName("group");
    runWithInput(TOOLS + "ConsoleProducer", "first\nsecond\nthird\n", "--topic", topic, "--compression-codec", "zstd");
    String[] reads = {"--topic", topic, "--group", group, "--from-beginning", "--max-messages", "2"};
    contains(run(TOOLS + "consumer.ConsoleConsumer", reads), "first\nsecond\n");
    contains(run(GROUPS, "--list"), group);
    contains(run(GROUPS, "--describe", "--group", group), topic);
    contains(run(GROUPS, "--describe", "--group", group, "--state"), "Empty");
    run(GROUPS, "--group", group, "--topic", topic, "--reset-offsets", "--to-earliest", "--execute");
    contains(run(TOOLS + "consumer.ConsoleConsumer", reads), "first\nsecond\n");
    contains(run(GROUPS, "--delete", "--group", group), "successful");
  }

  @Test
  void theVerifiableProducerAndConsumer() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    String produced = runProcess(TOOLS + "VerifiableProducer", "--topic", topic, "--max-messages", "500");
    contains(produced, "\"sent\":500", "\"acked\":500");
    String group = Broker.uniqueName("group");
    String consumed =
        runProcess(
            TOOLS + "VerifiableConsumer",
            with(new String[] {"--topic", topic, "--group-id", group}, "--max-messages", "500", "--reset-policy", "earliest"));
    contains(consumed, "\"name\":\"offsets_committed\"", "\"offset\":500");
  }

  @Test
  void theMeasurementsOfProducersAndConsumers() throws Exception {
    String topic = Broker.createTopic(admin, 2, Map.of());
    String sent =
        run(
            TOOLS + "ProducerPerformance",
            with(new String[] {"--topic", topic, "--num-records", "5000"}, "--record-size", "100", "--throughput", "-1"));
    contains(sent, "5000 records sent");
    String read =
        run(TOOLS + "ConsumerPerformance", "--topic", topic, "--num-records", "5000", "--timeout", "30000");
    contains(read, ", 5000, ");
  }

  @Test
  void offsetsAndRecords() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    Broker.produce(topic, IntStream.range(0, 5).mapToObj(Integer::toString).toArray(String[]::new));
    contains(run(TOOLS + "GetOffsetShell", "--topic", topic), topic + ":0:5");
    String wanted = "{\"partitions\":[{\"topic\":\"" + topic + "\",\"partition\":0,\"offset\":3}],\"version\":1}";
    Path offsets = file("offsets.json", wanted);
    contains(run(TOOLS + "DeleteRecordsCommand", "--offset-json-file", offsets.toString()), "low_watermark: 3");
    contains(run(TOOLS + "GetOffsetShell", "--topic", topic, "--time", "earliest"), topic + ":0:3");
  }

  @Test
  void theBroker() throws Exception {
    contains(run(TOOLS + "BrokerApiVersionsCommand"), "Produce(0)", "Fetch(1)");
    contains(runCommand(TOOLS + "ClusterTool", "", "cluster-id", "--bootstrap-server", Broker.ADDRESS), "Cluster ID");
    contains(run(TOOLS + "LogDirsCommand", "--describe"), "logDirs");
    contains(run(TOOLS + "FeatureCommand", "describe"), "transaction.version", "group.version", "share.version");
    contains(run(TOOLS + "MetadataQuorumCommand", "describe", "--status"), "LeaderId");
    contains(run(TOOLS + "TransactionsCommand", "list"), "TransactionalId");
    contains(run(TOOLS + "GroupsCommand", "--list"), "PROTOCOL");
  }

  @Test
  void accessControlLists() throws Exception {
    String topic = Broker.uniqueName("tools");
    String acls = TOOLS + "AclCommand";
    String[] rule = {"--topic", topic, "--allow-principal", "User:alice", "--operation", "Read"};
    contains(run(acls, with(rule, "--add")), "User:alice");
    contains(run(acls, "--list", "--topic", topic), "operation=READ, permissionType=ALLOW");
    run(acls, with(rule, "--remove", "--force"));
    assertTrue(!run(acls, "--list", "--topic", topic).contains("User:alice"));
  }
}
