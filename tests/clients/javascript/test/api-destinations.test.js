// Connections, and API destinations that deliver to a web server with TLS, which the server has to trust.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as events from "@aws-sdk/client-eventbridge";
import { Buses, EVERYTHING, eventually, order, target, uniqueName } from "../buses.js";
import { OwnServer } from "../own-server.js";
import { ACCESS_TOKEN, TlsEndpoint } from "../tls-endpoint.js";

const web = new TlsEndpoint();
const server = new OwnServer();
const BASIC = { BasicAuthParameters: { Username: "Aladdin", Password: "open sesame" } };
let buses;

const send = (command) => buses.client.send(command);
const describeConnection = (Name) => send(new events.DescribeConnectionCommand({ Name }));
const describeDestination = (Name) => send(new events.DescribeApiDestinationCommand({ Name }));

before(async () => {
  await web.start();
  await server.start({ "--trusted-certificates": web.certificate });
  buses = new Buses({ endpoint: server.endpoint });
});

after(async () => {
  await buses?.deleteAll();
  await server.stop();
  await web.stop();
});

function createConnection(Name, AuthorizationType, AuthParameters) {
  return send(new events.CreateConnectionCommand({ Name, AuthorizationType, AuthParameters }));
}

/** A new connection that is authorized, as it is described. */
async function connect(AuthorizationType, AuthParameters) {
  const Name = uniqueName();
  await createConnection(Name, AuthorizationType, AuthParameters);
  const found = await eventually("the connection is authorized", async () => {
    const described = await describeConnection(Name);
    return described.ConnectionState === "AUTHORIZED" && described;
  });
  assert.equal(found.AuthorizationType, AuthorizationType);
  assert.ok(found.SecretArn.includes(`:secret:events!connection/${Name}/`));
  return found;
}

/** The ARN of a new API destination at a path. */
async function createDestination({ ConnectionArn }, path, Name = uniqueName()) {
  const input = { Name, ConnectionArn, InvocationEndpoint: `${web.url}${path}`, HttpMethod: "POST" };
  const { ApiDestinationArn, ApiDestinationState } = await send(new events.CreateApiDestinationCommand(input));
  assert.equal(ApiDestinationState, "ACTIVE");
  return ApiDestinationArn;
}

/** Puts an order that goes to an API destination; the request that comes. */
async function deliver(destination, more = {}) {
  const bus = await buses.create();
  await buses.putRule(bus, EVERYTHING, target(destination, more));
  await buses.put(order(bus, { id: 7, colour: "dark red" }));
  return web.requests.next("request");
}

describe("an API destination is invoked", () => {
  test("with a password", async () => {
    const connection = await connect("BASIC", BASIC);
    assert.deepEqual(connection.AuthParameters.BasicAuthParameters, { Username: "Aladdin" });
    const { method, url, headers, body } = await deliver(await createDestination(connection, "/orders/*"), {
      HttpParameters: {
        PathParameterValues: ["$.detail.id"],
        HeaderParameters: { "x-colour": "$.detail.colour" },
        QueryStringParameters: { from: "bus" },
      },
      InputTransformer: {
        InputPathsMap: { colour: "$.detail.colour" },
        InputTemplate: '{"text": "painted <colour>"}',
      },
    });
    assert.deepEqual([method, url, JSON.parse(body)], ["POST", "/orders/7?from=bus", { text: "painted dark red" }]);
    assert.equal(headers.authorization, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert.equal(headers["content-type"], "application/json; charset=utf-8");
    assert.equal(headers["user-agent"], "Amazon/EventBridge/ApiDestinations");
    assert.equal(headers["x-colour"], "dark red");
  });

  test("with a key and parameters of the connection", async () => {
    const connection = await connect("API_KEY", {
      ApiKeyAuthParameters: { ApiKeyName: "x-api-key", ApiKeyValue: "a secret" },
      InvocationHttpParameters: {
        HeaderParameters: [{ Key: "x-shop", Value: "9" }],
        QueryStringParameters: [{ Key: "shop", Value: "9" }],
        BodyParameters: [{ Key: "password", Value: "hidden", IsValueSecret: true }],
      },
    });
    const shown = connection.AuthParameters.InvocationHttpParameters;
    assert.equal(shown.HeaderParameters[0].Value, "9");
    assert.equal(shown.BodyParameters[0].Value, undefined);
    const { url, headers, body } = await deliver(await createDestination(connection, "/orders"));
    const { password, detail } = JSON.parse(body);
    assert.deepEqual([url, password, detail], ["/orders?shop=9", "hidden", { id: 7, colour: "dark red" }]);
    assert.deepEqual([headers["x-api-key"], headers["x-shop"]], ["a secret", "9"]);
  });

  test("with a token", async () => {
    const connection = await connect("OAUTH_CLIENT_CREDENTIALS", {
      OAuthParameters: {
        AuthorizationEndpoint: `${web.url}/token`,
        HttpMethod: "POST",
        ClientParameters: { ClientID: "client", ClientSecret: "a secret" },
        OAuthHttpParameters: { BodyParameters: [{ Key: "scope", Value: "orders" }] },
      },
    });
    const asked = new URLSearchParams((await web.tokenRequests.next("request for a token")).body);
    assert.deepEqual(Object.fromEntries(asked), {
      grant_type: "client_credentials",
      client_id: "client",
      client_secret: "a secret",
      scope: "orders",
    });
    const { headers, body } = await deliver(await createDestination(connection, "/orders"));
    assert.equal(headers.authorization, `Bearer ${ACCESS_TOKEN}`);
    assert.deepEqual(JSON.parse(body).detail, { id: 7, colour: "dark red" });
  });

  test("once more after a refusal", async () => {
    const destination = await createDestination(await connect("BASIC", BASIC), "/orders");
    web.refuse(1);
    const refused = await deliver(destination);
    assert.equal((await web.requests.next("second request")).body, refused.body);
  });
});

test("an API destination without authorization is inactive", async () => {
  const connection = await connect("BASIC", BASIC);
  const name = uniqueName();
  await createDestination(connection, "/orders", name);
  await send(new events.DeauthorizeConnectionCommand({ Name: connection.Name }));
  await eventually("the connection is deauthorized", async () => {
    const { ConnectionState } = await describeConnection(connection.Name);
    return ConnectionState === "DEAUTHORIZED";
  });
  const { ApiDestinationState, ConnectionArn } = await describeDestination(name);
  assert.deepEqual([ApiDestinationState, ConnectionArn], ["INACTIVE", connection.ConnectionArn]);
});

test("errors of connections and API destinations", async () => {
  const connection = await connect("BASIC", BASIC);
  const { Name } = connection;
  const name = uniqueName();
  await createDestination(connection, "/orders", name);
  await assert.rejects(createConnection(Name, "BASIC", BASIC), events.ResourceAlreadyExistsException);
  await assert.rejects(createConnection(uniqueName(), "API_KEY", BASIC), { name: "ValidationException" });
  await assert.rejects(createDestination(connection, "/orders", name), events.ResourceAlreadyExistsException);
  await send(new events.DeleteApiDestinationCommand({ Name: name }));
  await send(new events.DeleteConnectionCommand({ Name }));
  await assert.rejects(createDestination(connection, "/orders"), events.ResourceNotFoundException);
  await assert.rejects(describeDestination(name), events.ResourceNotFoundException);
  await assert.rejects(describeConnection(Name), events.ResourceNotFoundException);
});
