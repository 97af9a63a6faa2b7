// An issuer that does what a test says, for what no real one does: it signs anything, with keys that are not its own too. What
// it is to do stands in the code that the test makes up. It also answers as GitHub does.
//
// It prints its address when it listens, and ends with its standard input.

import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";

const text = (bytes) => Buffer.from(bytes).toString("base64url");
const pair = (kind, options) => generateKeyPairSync(kind, options);
const keys = {
  own: pair("rsa", { modulusLength: 2048 }),
  foreign: pair("rsa", { modulusLength: 2048 }),
  weak: pair("rsa", { modulusLength: 1024 }),
};
const published = [
  { ...keys.own.publicKey.export({ format: "jwk" }), kid: "own", use: "sig", alg: "RS256" },
  { ...keys.weak.publicKey.export({ format: "jwk" }), kid: "weak", use: "sig" },
];

/** A token with these claims, signed as asked. */
function token({ claims, key = "own", alg = "RS256", kid = key }) {
  const message = `${text(JSON.stringify({ alg, kid, typ: "JWT" }))}.${text(JSON.stringify(claims))}`;
  if (alg === "none") return `${message}.`;
  return `${message}.${text(sign("sha256", Buffer.from(message), keys[key].privateKey))}`;
}

const used = new Set();

/** What the token endpoint answers to a form. */
function tokens(form, headers) {
  const code = form.get("code");
  const told = JSON.parse(Buffer.from(code, "base64url"));
  const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
  const [, basic] = (headers.authorization ?? "").split("Basic ");
  const secret = basic
    ? decodeURIComponent(Buffer.from(basic, "base64").toString().split(":")[1])
    : form.get("client_secret");
  if (secret !== "hunter2") return { error: "invalid_client" };
  if (challenge !== told.challenge || used.has(code)) {
    return { error: told.login ? "bad_verification_code" : "invalid_grant" };
  }
  used.add(code);
  const access_token = text(JSON.stringify(told));
  return told.login
    ? { access_token, token_type: "bearer", scope: "" }
    : { access_token, token_type: "Bearer", expires_in: 60, id_token: token(told) };
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const { pathname } = new URL(request.url, address);
  const told = () => JSON.parse(Buffer.from(request.headers.authorization.split(" ")[1], "base64url"));
  const answers = {
    "/.well-known/openid-configuration": () => ({
      issuer: address,
      authorization_endpoint: `${address}/authorize`,
      token_endpoint: `${address}/token`,
      jwks_uri: `${address}/jwks`,
      userinfo_endpoint: `${address}/userinfo`,
    }),
    "/jwks": () => ({ keys: published }),
    "/token": () => tokens(new URLSearchParams(body), request.headers),
    "/userinfo": () => told().userinfo ?? {},
    "/login/oauth/access_token": () => tokens(new URLSearchParams(body), request.headers),
    "/api/v3/user": () => ({ id: told().id, login: told().login, email: "not@asked.for" }),
  };
  const answer = answers[pathname];
  const json = answer ? answer() : {};
  // GitHub says that a code is bad with a good status; others don't.
  const status = !answer ? 404 : json.error && json.error !== "bad_verification_code" ? 400 : 200;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
});
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const address = `http://127.0.0.1:${server.address().port}`;
process.stdin.on("end", () => process.exit(0)).resume();
process.stdout.write(`listening on ${address}\n`);
