// A real provider of OpenID Connect for the tests: it prints its address when it listens, and ends with its standard input.
//
//   node oidc.mjs '{"back": ["https://push.example.org/sign-in/with/team/back"], "now": "2026-11-24T09:00:00Z"}'
//
// Whoever signs in as NAME has the verified address NAME@example.org; as unverified-NAME the same, not verified.

import { generateKeyPairSync } from "node:crypto";

const wanted = { alg: "RS256", port: 0, auth: "client_secret_basic", ...JSON.parse(process.argv[2] ?? "{}") };

if (wanted.now) {
  // The tests have a clock of their own: what is signed here is signed then.
  const apart = Date.parse(wanted.now) - Date.now();
  const Machines = Date;
  globalThis.Date = class extends Machines {
    constructor(...given) {
      super(...(given.length ? given : [Machines.now() + apart]));
    }
    static now() {
      return Machines.now() + apart;
    }
  };
}

const { Provider } = await import("oidc-provider");
const { createServer } = await import("node:http");

const kinds = {
  RS256: ["rsa", { modulusLength: 2048 }],
  ES256: ["ec", { namedCurve: "P-256" }],
  EdDSA: ["ed25519", {}],
};
// New ones each time: a provider that is started again has rotated its keys.
const key = ([kind, options], alg) => {
  const { privateKey } = generateKeyPairSync(kind, options);
  return { ...privateKey.export({ format: "jwk" }), alg, use: "sig" };
};
const jwks = { keys: Object.entries(kinds).map(([alg, kind]) => key(kind, alg)) };

const server = createServer();
await new Promise((listens) => server.listen(wanted.port, "127.0.0.1", listens));
const address = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(address, {
  jwks,
  cookies: { keys: ["for tests alone"] },
  clients: [
    {
      client_id: "pushduty",
      client_secret: "a secret: with signs & spaces",
      redirect_uris: wanted.back,
      response_types: ["code"],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: wanted.auth,
      id_token_signed_response_alg: wanted.alg,
    },
  ],
  clientAuthMethods: [wanted.auth],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, sub) => {
    const verified = !sub.startsWith("unverified-");
    const email = `${sub.replace("unverified-", "")}@example.org`;
    return { accountId: sub, claims: () => ({ sub, email, email_verified: verified }) };
  },
});

server.on("request", provider.callback());
process.stdin.on("end", () => process.exit(0)).resume();
process.stdout.write(`listening on ${address}\n`);
