package ninefold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that use too much wait as they are told to. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QuotasTest {
  private static Admin admin;

  @BeforeAll
  static void open() {
    admin = Broker.admin();
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  /** A name for clients that may use so much. */
  private static String limitedClient(String quota, double value) throws Exception {
    String client = Broker.uniqueName("client");
    ClientQuotaEntity entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, client));
    ClientQuotaAlteration.Op change = new ClientQuotaAlteration.Op(quota, value);
    admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, List.of(change)))).all().get();
    return client;
  }

  private static double longestThrottle(KafkaProducer<String, String> producer) {
    return producer.metrics().entrySet().stream()
        .filter(each -> each.getKey().name().equals("produce-throttle-time-max"))
        .mapToDouble(each -> (double) each.getValue().metricValue())
        .filter(Double::isFinite)
        .sum();
  }

  @Test
  void aProducerKnowsThatItTakesTooMuchTime() throws Exception {
    String topic = Broker.createTopic(admin, 1, Map.of());
    // A thread's time for ten milliseconds at once, and one in each second after that.
    String client = limitedClient("request_percentage", 0.1);
    Map<String, ?> settings = Map.of("client.id", client, "enable.idempotence", "false");
    try (KafkaProducer<String, String> producer = Broker.producer(settings)) {
      Broker.eventually(
          () -> {
            producer.send(new ProducerRecord<>(topic, "value")).get();
            return longestThrottle(producer) > 0;
          });
      double throttle = longestThrottle(producer);
      assertTrue(throttle <= 1_000, () -> "told to wait for " + throttle + " ms");
    }
    assertEquals("value", Broker.readAll(topic, 1, Map.of()).get(0).value());
  }

  @Test
  void anAdministratorThatChangesTooMuchIsRefusedOrTriesAgain() throws Exception {
    String client = limitedClient("controller_mutation_rate", 1);
    try (Admin limited = Broker.admin(Map.of("client.id", client))) {
      // Eleven may be made at once, and one in each second after that.
      Broker.createTopic(limited, 13, Map.of());
      List<NewTopic> further = List.of(new NewTopic(Broker.uniqueName("java"), 1, (short) 1));
      CreateTopicsOptions once = new CreateTopicsOptions().retryOnQuotaViolation(false);
      ExecutionException refused =
          assertThrows(ExecutionException.class, () -> limited.createTopics(further, once).all().get());
      int throttle =
          assertInstanceOf(ThrottlingQuotaExceededException.class, refused.getCause()).throttleTimeMs();
      assertTrue(throttle > 0 && throttle <= 2_000, () -> "told to wait for " + throttle + " ms");
      limited.createTopics(further).all().get();
    }
  }
}
