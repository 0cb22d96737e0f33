package ninefold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkSystemSetting;

/** Access keys of IAM by the mechanism `AWS_MSK_IAM`, with the library that AWS gives to clients of MSK. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IamTest {
  private static final String ARN = "arn:aws:kafka:us-east-1:" + EnforcingServer.ACCOUNT + ":";
  private static final String POLICY =
      """
      {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow",
         "Action": [
           "kafka-cluster:Connect", "kafka-cluster:DescribeCluster", "kafka-cluster:WriteDataIdempotently"
         ],
         "Resource": "%1$scluster/default/default"},
        {"Effect": "Allow", "Action": "kafka-cluster:*Topic*", "Resource": "%1$stopic/default/default/*"},
        {"Effect": "Allow", "Action": ["kafka-cluster:WriteData", "kafka-cluster:ReadData"],
         "Resource": "%1$stopic/default/default/orders"}
      ]}
      """
          .formatted(ARN);
  @TempDir private static Path folder;
  private static EnforcingServer server;
  private static EnforcingServer.Key alice;

  @BeforeAll
  static void open() throws Exception {
    server = new EnforcingServer(folder);
    alice = server.key("alice", POLICY);
    Broker.eventually(() -> isKnown(alice));
  }

  @AfterAll
  static void close() throws Exception {
    server.stop();
  }

  /** What clients connect with; they look for an access key where the SDK does. */
  private static Properties settings(EnforcingServer.Key key) {
    System.setProperty(SdkSystemSetting.AWS_ACCESS_KEY_ID.property(), key.id());
    System.setProperty(SdkSystemSetting.AWS_SECRET_ACCESS_KEY.property(), key.secret());
    System.setProperty(SdkSystemSetting.AWS_REGION.property(), "us-east-1");
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "bootstrap.servers", server.address(),
            "security.protocol", "SASL_PLAINTEXT",
            "sasl.mechanism", "AWS_MSK_IAM",
            "sasl.jaas.config", "software.amazon.msk.auth.iam.IAMLoginModule required;",
            "sasl.client.callback.handler.class", "software.amazon.msk.auth.iam.IAMClientCallbackHandler"));
    return settings;
  }

  /** A running server learns of new keys within a second. */
  private static boolean isKnown(EnforcingServer.Key key) throws Exception {
    try (Admin admin = Admin.create(settings(key))) {
      admin.describeCluster().clusterId().get();
      return true;
    } catch (ExecutionException refused) {
      assertInstanceOf(SaslAuthenticationException.class, refused.getCause());
      return false;
    }
  }

  @Test
  void anAccessKeyMayDoWhatItsPolicySays() throws Exception {
    Properties settings = settings(alice);
    try (Admin admin = Admin.create(settings)) {
      for (String topic : List.of("orders", "bills")) {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
      }
    }
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("orders", "allowed")).get();
      ExecutionException refused =
          assertThrows(
              ExecutionException.class, () -> producer.send(new ProducerRecord<>("bills", "not allowed")).get());
      assertInstanceOf(TopicAuthorizationException.class, refused.getCause());
    }
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      TopicPartition partition = new TopicPartition("orders", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      assertEquals(List.of("allowed"), Broker.values(Broker.consume(1, List.of(consumer))));
    }
  }

  @Test
  void whoDoesNotKnowTheSecretIsNotLetIn() throws Exception {
    assertEquals(false, isKnown(new EnforcingServer.Key(alice.id(), "x".repeat(alice.secret().length()))));
    assertEquals(false, isKnown(new EnforcingServer.Key("AKIAIOSFODNN7EXAMPLE", alice.secret())));
  }
}
