// A certificate for loopback that is its own authority.

import { generate } from "selfsigned";

export const HOST = "127.0.0.1";

/** The certificate and its key, in PEM. */
export function makeCertificate() {
  const made = generate([{ name: "commonName", value: HOST }], {
    algorithm: "sha256",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: HOST }] }],
  });
  return { certificate: made.cert, key: made.private };
}
