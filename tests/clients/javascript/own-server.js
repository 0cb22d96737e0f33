// A Ninefold server with options of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const START_MILLISECONDS = 30_000;
const STOP_MILLISECONDS = 20_000;

export class OwnServer {
  #process;
  #exited;
  #folder;

  /** Starts the server; `endpoint` is its URL. Each option names a file that is made for it, with this text. */
  async start(files) {
    this.#folder = await mkdtemp(join(tmpdir(), "ninefold-"));
    const options = ["--data", join(this.#folder, "data"), "--port", "0", "--log-level", "warn"];
    for (const [option, text] of Object.entries(files)) {
      const file = join(this.#folder, `${option.slice(2)}.pem`);
      await writeFile(file, text, { mode: 0o600 });
      options.push(option, file);
    }
    this.#process = spawn(process.env.NINEFOLD_BINARY, ["serve", ...options], {
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
