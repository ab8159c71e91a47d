/**
 * A real OpenID provider: PORT and REDIRECT are arguments; whoever logs in is who they say, with the
 * groups that stand behind their name (`anna:agents,board`), and with a second factor where that
 * is said behind them (`anna:agents:mfa`).
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
  claims: { openid: ["sub", "amr"], profile: ["name", "groups"] },
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

const { interactionFinished } = provider;
provider.interactionFinished = (request, response, result, options) => {
  const { login } = result;
  if (login?.accountId.endsWith(":mfa")) login.amr = ["pwd", "mfa"];
  return interactionFinished.call(provider, request, response, result, options);
};

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
