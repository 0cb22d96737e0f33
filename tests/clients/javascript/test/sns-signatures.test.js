// What topics send, verified by AWS's own validator. It fetches certificates by HTTPS only, hence a server with TLS.

import assert from "node:assert/strict";
import { globalAgent } from "node:https";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import * as sns from "@aws-sdk/client-sns";
import MessageValidator from "sns-validator";
import { makeCertificate } from "../certificate.js";
import { OwnServer } from "../own-server.js";
import { settings } from "../settings.js";
import { WebEndpoint } from "../web-endpoint.js";

const server = new OwnServer();
const web = new WebEndpoint();
const validator = new MessageValidator(/^127\.0\.0\.1:\d+$/);
const validate = promisify(validator.validate.bind(validator));
let client;

before(async () => {
  const { certificate: ca, key } = makeCertificate();
  await Promise.all([server.start({ "--tls-certificate": ca, "--tls-key": key }), web.start()]);
  client = new sns.SNSClient({ ...settings, endpoint: server.endpoint, requestHandler: { httpsAgent: { ca } } });
  globalAgent.options.ca = ca; // It is the validator's agent, which has no option for it.
});

after(async () => {
  client?.destroy();
  globalAgent.destroy();
  await Promise.all([server.stop(), web.stop()]);
});

for (const SignatureVersion of ["1", "2"]) {
  describe(`signature version ${SignatureVersion}`, () => {
    let TopicArn;

    before(async () => {
      const Name = `signed-${SignatureVersion}`;
      ({ TopicArn } = await client.send(new sns.CreateTopicCommand({ Name, Attributes: { SignatureVersion } })));
    });

    test("confirmations and notifications", async () => {
      await client.send(new sns.SubscribeCommand({ TopicArn, Protocol: "http", Endpoint: web.url }));
      const confirmation = await validate((await web.next("SubscriptionConfirmation")).body);
      assert.equal(confirmation.SignatureVersion, SignatureVersion);
      assert.ok(confirmation.SigningCertURL.startsWith(`${server.endpoint}/`));
      const { Token } = confirmation;
      const { SubscriptionArn } = await client.send(new sns.ConfirmSubscriptionCommand({ TopicArn, Token }));
      for (const more of [{ Message: "hello, wörld\n", Subject: "greeting" }, { Message: '"1" & 2' }]) {
        await client.send(new sns.PublishCommand({ TopicArn, ...more }));
        const notification = await validate((await web.next("Notification")).body);
        assert.equal(notification.SignatureVersion, SignatureVersion);
        assert.equal(notification.Message, more.Message);
        assert.equal(notification.Subject, more.Subject);
        const forged = { ...notification, Message: "something else" };
        await assert.rejects(validate(forged), { message: "The message signature is invalid." });
      }
      await client.send(new sns.UnsubscribeCommand({ SubscriptionArn }));
    });

    test("calls of functions", async () => {
      await client.send(new sns.SubscribeCommand({ TopicArn, Protocol: "lambda", Endpoint: web.url }));
      await client.send(new sns.PublishCommand({ TopicArn, Message: "hello, wörld" }));
      const [{ Sns }] = (await web.next()).json().Records;
      assert.equal((await validate(Sns)).SignatureVersion, SignatureVersion);
    });
  });
}
