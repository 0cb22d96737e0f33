package ninefold;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Clients of the broker, and what is done with them time and again. */
final class Broker {
  static final String ADDRESS = System.getenv("NINEFOLD_KAFKA");
  static final Duration WAIT = Duration.ofSeconds(40);
  static final Duration POLL = Duration.ofMillis(100);

  private Broker() {}

  static String uniqueName(String prefix) {
    return prefix + "-" + UUID.randomUUID();
  }

  private static Properties settings(Map<String, ?> more) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", ADDRESS);
    settings.putAll(more);
    return settings;
  }

  static Admin admin() {
    return admin(Map.of());
  }

  static Admin admin(Map<String, ?> more) {
    return Admin.create(settings(more));
  }

  static KafkaProducer<String, String> producer(Map<String, ?> more) {
    return new KafkaProducer<>(settings(more), new StringSerializer(), new StringSerializer());
  }

  static KafkaConsumer<String, String> consumer(String group, Map<String, ?> more) {
    Properties settings = settings(more);
    settings.put("group.id", group);
    settings.put("auto.offset.reset", "earliest");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  static KafkaShareConsumer<String, String> shareConsumer(String group, Map<String, ?> more) {
    Properties settings = settings(more);
    settings.put("group.id", group);
    return new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  static void configureGroup(Admin admin, String group, Map<String, String> configs) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    List<AlterConfigOp> changes =
        configs.entrySet().stream()
            .map(each -> new ConfigEntry(each.getKey(), each.getValue()))
            .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
            .toList();
    admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get();
  }

  static String createTopic(Admin admin, int partitions, Map<String, String> configs) throws Exception {
    NewTopic topic = new NewTopic(uniqueName("java"), partitions, (short) 1).configs(configs);
    admin.createTopics(List.of(topic)).all().get();
    return topic.name();
  }

  static void produce(String topic, String... values) throws Exception {
    try (KafkaProducer<String, String> producer = producer(Map.of())) {
      for (String value : values) {
        producer.send(new ProducerRecord<>(topic, value)).get();
      }
    }
  }

  /** Polls the consumers in turn until they have so many records together. */
  static List<ConsumerRecord<String, String>> consume(int count, List<KafkaConsumer<String, String>> consumers)
      throws Exception {
    List<ConsumerRecord<String, String>> found = new ArrayList<>();
    eventually(
        () -> {
          for (KafkaConsumer<String, String> consumer : consumers) {
            consumer.poll(POLL).forEach(found::add);
          }
          return found.size() >= count;
        });
    return found;
  }

  static List<String> values(List<ConsumerRecord<String, String>> records) {
    return records.stream().map(ConsumerRecord::value).toList();
  }

  /** So many records of a topic from its beginning, without a group that would have to find together first. */
  static List<ConsumerRecord<String, String>> readAll(String topic, int count, Map<String, ?> more) throws Exception {
    try (KafkaConsumer<String, String> consumer = consumer(uniqueName("group"), more)) {
      consumer.assign(
          consumer.partitionsFor(topic).stream()
              .map(each -> new TopicPartition(topic, each.partition()))
              .toList());
      return consume(count, List.of(consumer));
    }
  }

  static void eventually(Callable<Boolean> happened) throws Exception {
    long deadline = System.nanoTime() + WAIT.toNanos();
    while (!happened.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it did not happen in time");
      }
    }
  }
}
