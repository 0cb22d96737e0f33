package ninefold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
  /** For whom makes a cluster and uses it. */
  private static final String OWNER_POLICY =
      """
      {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["kafka:*", "kafka-cluster:*"], "Resource": "*"}
      ]}
      """;
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

  /** What clients connect with to the default cluster. */
  private static Properties settings(EnforcingServer.Key key) {
    return settings(key, server.address(), Map.of("security.protocol", "SASL_PLAINTEXT"));
  }

  /** What clients connect with; they look for an access key where the SDK does. */
  private static Properties settings(EnforcingServer.Key key, String servers, Map<String, ?> security) {
    System.setProperty(SdkSystemSetting.AWS_ACCESS_KEY_ID.property(), key.id());
    System.setProperty(SdkSystemSetting.AWS_SECRET_ACCESS_KEY.property(), key.secret());
    System.setProperty(SdkSystemSetting.AWS_REGION.property(), "us-east-1");
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "bootstrap.servers", servers,
            "sasl.mechanism", "AWS_MSK_IAM",
            "sasl.jaas.config", "software.amazon.msk.auth.iam.IAMLoginModule required;",
            "sasl.client.callback.handler.class", "software.amazon.msk.auth.iam.IAMClientCallbackHandler"));
    settings.putAll(security);
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
    assertEquals(List.of("allowed"), Broker.values(read(settings, "orders")));
  }

  /** Where a new cluster of MSK listens for clients with access keys. */
  private static String newCluster(EnforcingServer.Key owner) throws Exception {
    ControlPlane controlPlane = new ControlPlane(server.endpoint(), owner);
    String wanted =
        """
        {"clusterName": "encrypted", "provisioned": {
          "kafkaVersion": "3.8.x.kraft", "numberOfBrokerNodes": 2,
          "brokerNodeGroupInfo": {"instanceType": "kafka.m7g.large", "clientSubnets": ["subnet-1", "subnet-2"]},
          "clientAuthentication": {"sasl": {"iam": {"enabled": true}}}
        }}
        """;
    String arn = controlPlane.call("POST", "/api/v2/clusters", wanted).get("clusterArn").asText();
    String named = URLEncoder.encode(arn, StandardCharsets.UTF_8);
    Broker.eventually(
        () -> {
          JsonNode described = controlPlane.call("GET", "/api/v2/clusters/" + named, "");
          return described.at("/clusterInfo/state").asText().equals("ACTIVE");
        });
    JsonNode brokers = controlPlane.call("GET", "/v1/clusters/" + named + "/bootstrap-brokers", "");
    return brokers.get("bootstrapBrokerStringSaslIam").asText();
  }

  @Test
  void anAccessKeyConnectsToAClusterThatIsEncrypted() throws Exception {
    EnforcingServer.Key owner = server.key("owner", OWNER_POLICY);
    Broker.eventually(() -> isKnown(owner));
    Map<String, ?> trusted =
        Map.of(
            "security.protocol", "SASL_SSL",
            "ssl.truststore.type", "PEM",
            "ssl.truststore.location", server.authority());
    Properties settings = settings(owner, newCluster(owner), trusted);
    try (Admin admin = Admin.create(settings)) {
      admin.createTopics(List.of(new NewTopic("orders", 1, (short) 2))).all().get();
    }
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("orders", "encrypted")).get();
    }
    assertEquals(List.of("encrypted"), Broker.values(read(settings, "orders")));
  }

  /** The first record of a topic. */
  private static List<ConsumerRecord<String, String>> read(Properties settings, String topic) throws Exception {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      return Broker.consume(1, List.of(consumer));
    }
  }

  @Test
  void whoDoesNotKnowTheSecretIsNotLetIn() throws Exception {
    assertEquals(false, isKnown(new EnforcingServer.Key(alice.id(), "x".repeat(alice.secret().length()))));
    assertEquals(false, isKnown(new EnforcingServer.Key("AKIAIOSFODNN7EXAMPLE", alice.secret())));
  }
}
