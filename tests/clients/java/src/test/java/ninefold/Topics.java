package ninefold;

import static ninefold.Queues.CREDENTIALS;
import static ninefold.Queues.ENDPOINT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** A client, topics that are deleted after the test, and queues that are subscribed to them. */
final class Topics implements AfterEachCallback {
    static final SnsClient SNS = client(CREDENTIALS);
    static final Map<String, String> RAW = Map.of("RawMessageDelivery", "true");

    private final Queues queues;
    private final Deque<String> created = new ArrayDeque<>();

    Topics(Queues queues) {
        this.queues = queues;
    }

    /** A client for an account that nothing else is in, so that its lists are known. */
    static SnsClient clientOf(String account) {
        return client(StaticCredentialsProvider.create(AwsBasicCredentials.create(account, "secret")));
    }

    private static SnsClient client(AwsCredentialsProvider credentials) {
        return SnsClient.builder()
                .endpointOverride(ENDPOINT)
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials)
                .httpClient(UrlConnectionHttpClient.create())
                .overrideConfiguration(settings -> settings.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
    }

    String create() {
        return create("", Map.of());
    }

    String createFifo() {
        return create(".fifo", Map.of("FifoTopic", "true"));
    }

    String create(String suffix, Map<String, String> attributes) {
        String name = "java-" + UUID.randomUUID() + suffix;
        String arn = SNS.createTopic(request -> request.name(name).attributes(attributes)).topicArn();
        created.push(arn);
        return arn;
    }

    /** The URL of a new queue that is subscribed to a topic. */
    String subscribeQueue(String topic, Map<String, String> attributes) {
        String url = topic.endsWith(".fifo") ? queues.createFifo() : queues.create();
        subscribe(topic, "sqs", Queues.arn(url), attributes);
        return url;
    }

    static String subscribe(String topic, String protocol, String endpoint, Map<String, String> attributes) {
        return SNS.subscribe(request -> request.topicArn(topic)
                        .protocol(protocol)
                        .endpoint(endpoint)
                        .attributes(attributes))
                .subscriptionArn();
    }

    /** Receives and deletes messages until there are so many; none is left then. */
    static List<Message> receiveAll(String url, int count) {
        List<Message> found = new ArrayList<>();
        for (int calls = 0; calls < 20 && found.size() < count; calls++) {
            for (Message message : Queues.receive(url, 10, 1)) {
                found.add(message);
                Queues.delete(url, message);
            }
        }
        assertEquals(count, found.size());
        assertEquals(List.of(), Queues.receive(url, 10, 0));
        return found;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        while (!created.isEmpty()) {
            String arn = created.pop();
            SNS.deleteTopic(request -> request.topicArn(arn));
        }
    }
}
