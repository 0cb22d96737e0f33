package ninefold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the Java client sends and reads, in transactions and without. */
class RecordsTest {
  private static final Map<String, String> COMMITTED = Map.of("isolation.level", "read_committed");
  private static Admin admin;

  @BeforeAll
  static void open() {
    admin = Broker.admin();
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
  void batchesComeBackAsTheyWereSent(String compression) throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    List<String> sent = IntStream.range(0, 500).mapToObj(number -> "message " + number).toList();
    List<Future<RecordMetadata>> places = new ArrayList<>();
    try (KafkaProducer<String, String> producer = Broker.producer(Map.of("compression.type", compression))) {
      for (String value : sent) {
        places.add(producer.send(new ProducerRecord<>(topic, value)));
      }
    }
    for (int offset = 0; offset < places.size(); offset++) {
      assertEquals(offset, places.get(offset).get().offset());
    }
    assertEquals(sent, Broker.values(Broker.readAll(topic, sent.size(), Map.of())));
  }

  @Test
  void keysHeadersAndTimes() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    ProducerRecord<String, String> sent = new ProducerRecord<>(topic, 0, 1_790_000_000_123L, "key", "value");
    sent.headers().add("trace", "1".getBytes(StandardCharsets.UTF_8)).add("none", null);
    try (KafkaProducer<String, String> producer = Broker.producer(Map.of())) {
      producer.send(sent).get();
    }
    ConsumerRecord<String, String> found = Broker.readAll(topic, 1, Map.of()).get(0);
    assertEquals("key", found.key());
    assertEquals(1_790_000_000_123L, found.timestamp());
    assertEquals(sent.headers(), found.headers());
  }

  @Test
  void whatIsTooLargeIsRefused() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of("max.message.bytes", "2000"));
    try (KafkaProducer<String, String> producer = Broker.producer(Map.of())) {
      Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(topic, "x".repeat(5000)));
      ExecutionException refused = assertThrows(ExecutionException.class, sent::get);
      assertInstanceOf(RecordTooLargeException.class, refused.getCause());
    }
  }

  @Test
  void whatIsAbortedIsNotRead() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    try (KafkaProducer<String, String> producer = transactional(Broker.uniqueName("transactional"))) {
      for (int number = 0; number < 6; number++) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, "number " + number));
        if (number % 2 == 0) {
          producer.commitTransaction();
        } else {
          producer.flush();
          producer.abortTransaction();
        }
      }
    }
    List<String> committed = List.of("number 0", "number 2", "number 4");
    assertEquals(committed, Broker.values(Broker.readAll(topic, 3, COMMITTED)));
    assertEquals(6, Broker.readAll(topic, 6, Map.of()).size());
  }

  @Test
  void aNewerProducerFencesTheOlder() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    String name = Broker.uniqueName("transactional");
    try (KafkaProducer<String, String> older = transactional(name)) {
      older.beginTransaction();
      older.send(new ProducerRecord<>(topic, "lost")).get();
      try (KafkaProducer<String, String> newer = transactional(name)) {
        newer.beginTransaction();
        newer.send(new ProducerRecord<>(topic, "kept"));
        newer.commitTransaction();
      }
      Exception refused = assertThrows(Exception.class, older::commitTransaction);
      boolean isFenced = refused instanceof ProducerFencedException || refused instanceof InvalidProducerEpochException;
      assertEquals(true, isFenced, refused.toString());
    }
    assertEquals(List.of("kept"), Broker.values(Broker.readAll(topic, 1, COMMITTED)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void offsetsAreCommittedWithTheRecords(String protocol) throws Exception {
    String source = Broker.createTopic(admin, 1, Map.of());
    String sink = Broker.createTopic(admin, 1, Map.of());
    String group = Broker.uniqueName("group");
    Broker.produce(source, "1", "2", "3");
    Map<String, ?> settings = Map.of("group.protocol", protocol, "enable.auto.commit", "false");
    try (KafkaProducer<String, String> producer = transactional(Broker.uniqueName("transactional"));
        KafkaConsumer<String, String> consumer = Broker.consumer(group, settings)) {
      consumer.subscribe(List.of(source));
      for (ConsumerRecord<String, String> record : Broker.consume(3, List.of(consumer))) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(sink, record.value()));
        OffsetAndMetadata next = new OffsetAndMetadata(record.offset() + 1);
        producer.sendOffsetsToTransaction(Map.of(new TopicPartition(source, 0), next), consumer.groupMetadata());
        if (record.offset() < 2) {
          producer.commitTransaction();
        } else {
          producer.abortTransaction();
        }
      }
    }
    Map<TopicPartition, OffsetAndMetadata> offsets =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    assertEquals(2, offsets.get(new TopicPartition(source, 0)).offset());
    assertEquals(List.of("1", "2"), Broker.values(Broker.readAll(sink, 2, COMMITTED)));
  }

  private static KafkaProducer<String, String> transactional(String name) {
    KafkaProducer<String, String> producer = Broker.producer(Map.of("transactional.id", name));
    producer.initTransactions();
    return producer;
  }
}
