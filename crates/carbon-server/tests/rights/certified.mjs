// A certified OpenID provider on loopback, whose one person says yes to everything. It tells its port
// and, later, which tokens were revoked, one line of JSON each.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const library = `${process.argv[2]}/node_modules/oidc-provider/lib/index.js`;
const { Provider } = await import(pathToFileURL(library));

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const person = { sub: "ada", email: "ada@example.org", email_verified: true, name: "Ada" };

const isCommandLine = (client) => client.clientId === "codecarbon-cli";

const server = createServer((request, response) => answer(request, response));
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const { port } = server.address();

const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig" }] },
  cookies: { keys: ["of a test"] },
  clients: [
    {
      client_id: "web",
      client_secret: "the secret: +%&",
      redirect_uris: ["http://localhost:1/auth/login"],
      grant_types: ["authorization_code", "refresh_token"],
    },
    {
      client_id: "codecarbon-cli",
      application_type: "native",
      token_endpoint_auth_method: "none",
      redirect_uris: ["http://localhost/callback"],
      grant_types: ["authorization_code", "refresh_token"],
    },
  ],
  claims: { email: ["email", "email_verified"], profile: ["name"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => person }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      // Tokens for the command line are for the API; others are for the provider's own endpoints.
      defaultResource: (_, client) => (isCommandLine(client) ? "https://carbon.example.org" : undefined),
      useGrantedResource: (context) => isCommandLine(context.oidc.client),
      getResourceServerInfo: () => ({
        audience: "codecarbon",
        scope: "",
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
});
provider.on("access_token.destroyed", () => tell({ revoked: "access token" }));
provider.on("refresh_token.destroyed", () => tell({ revoked: "refresh token" }));
provider.on("grant.revoked", () => tell({ revoked: "grant" }));
const callback = provider.callback();

async function answer(request, response) {
  if (!request.url.startsWith("/interaction/")) return callback(request, response);
  const { params, prompt, session } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    const login = { accountId: person.sub };
    return provider.interactionFinished(request, response, { login });
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope("openid email profile offline_access");
  grant.addOIDCClaims(["email", "email_verified", "name"]);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent });
}

tell({ port, now_s: Math.floor(Date.now() / 1000) });
