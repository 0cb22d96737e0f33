"""Verifies notifications as the documentation says."""

import base64
from urllib.request import urlopen

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

SIGNED = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
SIGNED_OF_CONFIRMATIONS = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]


def verify(document):
    """As the documentation says: the string to sign, the certificate behind the URL, RSA with SHA-1 or SHA-256."""
    names = SIGNED if document["Type"] == "Notification" else SIGNED_OF_CONFIRMATIONS
    text = "".join(f"{name}\n{document[name]}\n" for name in names if name in document)
    with urlopen(document["SigningCertURL"], timeout=10) as answer:
        certificate = x509.load_pem_x509_certificate(answer.read())
    algorithm = {"1": hashes.SHA1(), "2": hashes.SHA256()}[document["SignatureVersion"]]
    signature = base64.b64decode(document["Signature"])
    certificate.public_key().verify(signature, text.encode(), padding.PKCS1v15(), algorithm)
