"""Services that send webhooks, as their documentation says they sign them."""

import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request


def post(url, body, headers):
    """Posts a body; returns the status and the text of the answer."""
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json", **headers}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def _signature(secret, text, digest=hashlib.sha256):
    return hmac.new(secret.encode(), text.encode(), digest)


def github(secret, body, event="push", delivery="72d3162e-cc78-11e3-81ab-4c9367dc0958"):
    return {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": f"sha256={_signature(secret, body).hexdigest()}",
    }


def stripe(secret, body, at=None):
    at = int(time.time()) if at is None else at
    return {"Stripe-Signature": f"t={at},v1={_signature(secret, f'{at}.{body}').hexdigest()},v0=00"}


def slack(secret, body, at=None):
    at = int(time.time()) if at is None else at
    return {
        "X-Slack-Request-Timestamp": str(at),
        "X-Slack-Signature": f"v0={_signature(secret, f'v0:{at}:{body}').hexdigest()}",
    }


def shop(secret, body, kind="order"):
    """A service of which nobody has heard: SHA-512 in base64, and the kind in the body."""
    body = json.dumps({**json.loads(body), "kind": kind})
    signature = base64.b64encode(_signature(secret, body, hashlib.sha512).digest()).decode()
    return body, {"X-Shop-Signature": f"hmac {signature}"}
