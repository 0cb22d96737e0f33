// A Ninefold server of its own that speaks TLS, with a certificate made for it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { generate } from "selfsigned";

const HOST = "127.0.0.1";
const START_MILLISECONDS = 30_000;
const STOP_MILLISECONDS = 20_000;

export class TlsServer {
  #process;
  #exited;
  #folder;

  /** Starts the server; `endpoint` is its URL and `certificate` what a client has to trust, in PEM. */
  async start() {
    this.#folder = await mkdtemp(join(tmpdir(), "ninefold-"));
    const made = generate([{ name: "commonName", value: HOST }], {
      algorithm: "sha256",
      extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: HOST }] }],
    });
    this.certificate = made.cert;
    const [certificate, key] = [join(this.#folder, "certificate.pem"), join(this.#folder, "key.pem")];
    await writeFile(certificate, made.cert);
    await writeFile(key, made.private, { mode: 0o600 });
    const options = ["--data", join(this.#folder, "data"), "--port", "0", "--log-level", "warn"];
    const tls = ["--tls-certificate", certificate, "--tls-key", key];
    this.#process = spawn(process.env.NINEFOLD_BINARY, ["serve", ...options, ...tls], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#exited = once(this.#process, "exit");
    const late = setTimeout(() => this.#process.kill("SIGKILL"), START_MILLISECONDS);
    for await (const line of createInterface({ input: this.#process.stdout })) {
      const [word, url] = line.split(/\s+/);
      if (word === "endpoint") {
        this.endpoint = url;
        break;
      }
    }
    clearTimeout(late);
    if (!this.endpoint) throw new Error("the server printed no endpoint");
    return this;
  }

  async stop() {
    const late = setTimeout(() => this.#process.kill("SIGKILL"), STOP_MILLISECONDS);
    this.#process.kill("SIGTERM");
    const [status] = await this.#exited;
    clearTimeout(late);
    await rm(this.#folder, { recursive: true });
    if (status !== 0) throw new Error(`the server ended with status ${status}`);
  }
}
