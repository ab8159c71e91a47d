/**
 * A real OpenID provider: PORT and REDIRECT are arguments; whoever logs in is who they say, with the
 * groups that stand behind their name (`anna:agents,board`).
 */

import { Provider } from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "panel",
      client_secret: "a secret of the tests",
      redirect_uris: [redirect],
    },
  ],
  conformIdTokenClaims: false,
  claims: { openid: ["sub"], profile: ["name", "groups"] },
  cookies: { keys: ["of the tests"] },
  ttl: { IdToken: 3600 },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => {
      const [name, groups = ""] = id.split(":");
      return { sub: id, name: `Name of ${name}`, groups: groups.split(",") };
    },
  }),
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
