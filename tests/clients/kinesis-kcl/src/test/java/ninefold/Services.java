package ninefold;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.KinesisClientUtil;

/** What an application of the library talks to: streams here, leases with Moto. */
final class Services {
    static final KinesisAsyncClient KINESIS =
            at("NINEFOLD_ENDPOINT", KinesisClientUtil.adjustKinesisClientBuilder(KinesisAsyncClient.builder()))
                    .build();
    static final DynamoDbAsyncClient DYNAMO_DB =
            at("MOTO_ENDPOINT", DynamoDbAsyncClient.builder()).build();
    /** Wanted by the library, used by nobody: Moto lacks the protocol that it speaks. */
    static final CloudWatchAsyncClient CLOUD_WATCH =
            at("MOTO_ENDPOINT", CloudWatchAsyncClient.builder()).build();

    private Services() {}

    private static <B extends AwsClientBuilder<B, C>, C> B at(String variable, B builder) {
        return builder.endpointOverride(URI.create(System.getenv(variable)))
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("123456789012", "secret")));
    }
}
