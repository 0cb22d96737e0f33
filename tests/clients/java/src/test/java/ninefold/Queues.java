package ninefold;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** A client, and queues that are deleted after the test. */
final class Queues implements AfterEachCallback {
    static final URI ENDPOINT = URI.create(System.getenv("NINEFOLD_ENDPOINT"));
    static final StaticCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("123456789012", "secret"));

    static final SqsClient SQS = SqsClient.builder()
            .endpointOverride(ENDPOINT)
            .region(Region.US_EAST_1)
            .credentialsProvider(CREDENTIALS)
            .httpClient(UrlConnectionHttpClient.create())
            .overrideConfiguration(settings -> settings.retryStrategy(DefaultRetryStrategy.doNotRetry()))
            .build();

    private final Deque<String> created = new ArrayDeque<>();

    String create() {
        return create("", Map.of());
    }

    String createFifo() {
        return create(".fifo", Map.of(QueueAttributeName.FIFO_QUEUE, "true"));
    }

    String create(String suffix, Map<QueueAttributeName, String> attributes) {
        String name = "java-" + UUID.randomUUID() + suffix;
        String url = SQS.createQueue(request -> request.queueName(name).attributes(attributes)).queueUrl();
        created.push(url);
        return url;
    }

    static String arn(String url) {
        return SQS.getQueueAttributes(request -> request.queueUrl(url).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .get(QueueAttributeName.QUEUE_ARN);
    }

    static void send(String url, String body) {
        SQS.sendMessage(request -> request.queueUrl(url).messageBody(body));
    }

    static List<Message> receive(String url, int count, int waitSeconds) {
        return SQS.receiveMessage(request -> request.queueUrl(url)
                        .maxNumberOfMessages(count)
                        .waitTimeSeconds(waitSeconds)
                        .messageAttributeNames("All")
                        .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
                .messages();
    }

    static void delete(String url, Message message) {
        SQS.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()));
    }

    static List<String> bodies(List<Message> messages) {
        return messages.stream().map(Message::body).toList();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        while (!created.isEmpty()) {
            String url = created.pop();
            SQS.deleteQueue(request -> request.queueUrl(url));
        }
    }
}
