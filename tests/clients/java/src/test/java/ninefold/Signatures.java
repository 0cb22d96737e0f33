package ninefold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Verifies signatures with what the JDK brings, as the Amazon SNS Developer Guide describes it in "Verifying the
 * signatures of Amazon SNS messages". The SDK's own SnsMessageManager takes certificates from AWS's own hosts only.
 */
final class Signatures {
    private static final Map<String, List<String>> SIGNED = Map.of(
            "Notification", List.of("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
            "SubscriptionConfirmation",
            List.of("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"));
    private static final Map<String, String> ALGORITHMS = Map.of("1", "SHA1withRSA", "2", "SHA256withRSA");

    private Signatures() {}

    /** Fails unless the post has a signature of this version, and it is right. */
    static void verify(WebEndpoint.Post post, String version)
            throws IOException, InterruptedException, GeneralSecurityException {
        assertEquals(version, post.text("SignatureVersion"));
        StringBuilder text = new StringBuilder();
        for (String name : SIGNED.get(post.text("Type"))) {
            String value = post.text(name);
            if (value != null) {
                text.append(name).append('\n').append(value).append('\n');
            }
        }
        byte[] pem = WebEndpoint.fetch(post.text("SigningCertURL"));
        var certificates = CertificateFactory.getInstance("X.509");
        var certificate = certificates.generateCertificate(new ByteArrayInputStream(pem));
        Signature verifier = Signature.getInstance(ALGORITHMS.get(version));
        verifier.initVerify(certificate);
        verifier.update(text.toString().getBytes(StandardCharsets.UTF_8));
        assertTrue(verifier.verify(Base64.getDecoder().decode(post.text("Signature"))));
    }
}
