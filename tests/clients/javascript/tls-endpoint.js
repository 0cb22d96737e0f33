// A web server on loopback that speaks TLS and keeps what comes. At /token it gives access tokens.

import { once } from "node:events";
import { createServer } from "node:https";
import { text } from "node:stream/consumers";
import { Arrivals } from "./arrivals.js";
import { HOST, makeCertificate } from "./certificate.js";

export const ACCESS_TOKEN = "a-token";
const TOKEN_ANSWER = JSON.stringify({ access_token: ACCESS_TOKEN, token_type: "Bearer", expires_in: 3600 });

export class TlsEndpoint {
  requests = new Arrivals();
  tokenRequests = new Arrivals();
  #refusals = 0;
  #server;

  /** Starts the endpoint; `url` is where it is and `certificate` what its clients have to trust, in PEM. */
  async start() {
    const { certificate: cert, key } = makeCertificate();
    this.certificate = cert;
    this.#server = createServer({ cert, key }, async (request, response) => {
      const { method, url, headers } = request;
      const came = { method, url, headers, body: await text(request) };
      if (url === "/token") {
        this.tokenRequests.add(came);
        response.setHeader("content-type", "application/json");
        response.end(TOKEN_ANSWER);
        return;
      }
      this.requests.add(came);
      response.statusCode = this.#isRefused() ? 503 : 200;
      response.end();
    });
    this.#server.listen(0, HOST);
    await once(this.#server, "listening");
    this.url = `https://${HOST}:${this.#server.address().port}`;
    return this;
  }

  /** Answers the next requests with status 503. */
  refuse(count) {
    this.#refusals = count;
  }

  #isRefused() {
    if (this.#refusals === 0) return false;
    this.#refusals -= 1;
    return true;
  }

  async stop() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}
