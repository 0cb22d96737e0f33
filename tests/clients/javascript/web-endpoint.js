// A web server on loopback that keeps what is posted to it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Arrivals } from "./arrivals.js";

class Post {
  constructor(headers, body) {
    this.headers = headers;
    this.body = body;
    this.kind = headers["x-amz-sns-message-type"];
  }

  json() {
    return JSON.parse(this.body);
  }
}

export class WebEndpoint {
  #posts = new Arrivals();
  #server = createServer(async (request, response) => {
    this.#posts.add(new Post(request.headers, await text(request)));
    response.end();
  });

  async start() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.url = `http://127.0.0.1:${this.#server.address().port}/hook`;
    return this;
  }

  async stop() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  /** The next post; fails if none comes in time, or one of another kind. (Calls of functions have none.) */
  async next(kind) {
    const post = await this.#posts.next(kind ?? "post");
    assert.equal(post.kind, kind);
    return post;
  }
}
