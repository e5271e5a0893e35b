// An OpenID provider for tests: oidc-provider with the pages it has for development. It prints its address.
//
//   CONSOLE   address of the console, whose sign-in it knows
//   NAME      what the console calls it
//   /control  {groups: {person: [...]}, lies: {claim: value}} changes what it says from now on; a lie is signed as the truth is
import { createServer } from 'node:http';
import { once } from 'node:events';
import * as jose from 'jose';
import Provider from 'oidc-provider';

const { CONSOLE: home, NAME: name } = process.env;
const { privateKey } = await jose.generateKeyPair('RS256', { extractable: true });
const jwk = { ...(await jose.exportJWK(privateKey)), kid: 'one', alg: 'RS256', use: 'sig' };
let groups = {};
let lies = {};

const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
	clients: [{
		client_id: 'tenuto', client_secret: 'a-secret-of-the-test', grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
		redirect_uris: [`${home}/signin/${name}/return`], post_logout_redirect_uris: [`${home}/signin?out`],
		backchannel_logout_uri: `${home}/signin/${name}/logout`, backchannel_logout_session_required: true,
	}],
	claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email'] },
	conformIdTokenClaims: false,
	cookies: { keys: ['of-the-test'], names: Object.fromEntries(['session', 'interaction', 'resume', 'state'].map((each) => [each, `_${each}_${name}`])) }, // one host, two ports
	jwks: { keys: [jwk] },
	pkce: { required: () => true },
	fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined }), // it keeps itself from machines like this one otherwise
	features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true }, revocation: { enabled: true }, rpInitiatedLogout: { enabled: true } },
	findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, name: `Dr. ${id}`, email: `${id}@example.com`, groups: groups[id] ?? [] }) }),
});

// A lie takes the place of what the id token says, under the same signature.
provider.use(async (ctx, next) => {
	await next();
	if (ctx.path === '/token' && ctx.body?.id_token && Object.keys(lies).length > 0) {
		const claims = { ...jose.decodeJwt(ctx.body.id_token), ...lies };
		delete claims.at_hash;
		ctx.body = { ...ctx.body, id_token: await new jose.SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey) };
	}
});

const answer = provider.callback();
server.on('request', async (request, response) => {
	if (request.url !== '/control') return answer(request, response);
	let text = '';
	for await (const part of request) text += part;
	({ groups = groups, lies = lies } = JSON.parse(text));
	response.end();
});
console.log(issuer);
