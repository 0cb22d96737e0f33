package ninefold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** The API of MSK, by requests that are signed with an access key. */
final class ControlPlane {
  /** What the client says by itself. */
  private static final Set<String> OWN_HEADERS = Set.of("host", "content-length");
  private final HttpClient client = HttpClient.newHttpClient();
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final URI endpoint;
  private final AwsCredentialsIdentity identity;

  ControlPlane(URI endpoint, EnforcingServer.Key key) {
    this.endpoint = endpoint;
    identity = AwsCredentialsIdentity.create(key.id(), key.secret());
  }

  /** The answer to a request, which has to be a good one. */
  JsonNode call(String method, String path, String body) throws IOException, InterruptedException {
    URI uri = endpoint.resolve(path);
    SdkHttpRequest request = SdkHttpRequest.builder().uri(uri).method(SdkHttpMethod.fromValue(method)).build();
    SignedRequest signed =
        signer.sign(
            each ->
                each.identity(identity)
                    .request(request)
                    .payload(ContentStreamProvider.fromUtf8String(body))
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "kafka")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1"));
    HttpRequest.Builder sent = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.ofString(body));
    signed
        .request()
        .forEachHeader(
            (name, values) -> {
              if (!OWN_HEADERS.contains(name.toLowerCase())) {
                values.forEach(value -> sent.header(name, value));
              }
            });
    HttpResponse<String> answer = client.send(sent.build(), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    }
    return new ObjectMapper().readTree(answer.body());
  }
}
