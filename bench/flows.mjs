// Whole connects, beside the calls that a connect cannot do without: the platform's consent page,
// token endpoint and identity, made by a client that does nothing else. Both run in this process
// over the same kept-alive connections.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Agent } from 'node:http';

import { request, requestJson } from '../tests/functional/support/http.mjs';
import { Sandbox } from '../tests/functional/support/sandbox.mjs';
import { Visitor } from '../tests/functional/support/visitor.mjs';

// Two calls of the server, token and channels, and no limit on them that a measurement would meet.
const kPlatform = 'youtube';
const kScopes = 'https://www.googleapis.com/auth/youtube.upload https://www.googleapis.com/auth/youtube.readonly';
const kPerson = 'ada';
const agent = new Agent({ keepAlive: true });

/** Runs `task` for 0 to `count` - 1, `clients` at a time; resolves to tasks a second. */
async function perSecond(count, clients, task) {
    let next = 0;
    const started = process.hrtime.bigint();
    const client = async () => {
        while (next < count) await task(next++);
    };
    await Promise.all(Array.from({ length: clients }, client));
    return count / (Number(process.hrtime.bigint() - started) / 1e9);
}

/** The platform's page, answered at once by whom the sandbox has been told. Resolves to where it leads. */
async function consent(url) {
    const answer = await request('GET', url, { agent });
    assert.equal(answer.status, 302, answer.body);
    return answer.headers.location;
}

async function bareFlow(demo, sandbox) {
    const platform = `${demo.sandboxUrl}/${kPlatform}`;
    const client = { client_id: `sandbox-${kPlatform}`, redirect_uri: `${demo.url}/connect/${kPlatform}/callback` };
    const verifier = randomBytes(48).toString('base64url');
    const authorize = new URLSearchParams({
        ...client,
        response_type: 'code',
        scope: kScopes,
        state: randomBytes(32).toString('base64url'),
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        access_type: 'offline',
        prompt: 'consent select_account',
    });
    await sandbox.consent(kPlatform, kPerson);
    const callback = new URL(await consent(`${platform}/o/oauth2/v2/auth?${authorize}`));
    const token = await requestJson('POST', `${platform}/token`, {
        agent,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
            ...client,
            client_secret: `sandbox-${kPlatform}-secret`,
            grant_type: 'authorization_code',
            code: callback.searchParams.get('code'),
            code_verifier: verifier,
        }).toString(),
    });
    const { items } = await requestJson('GET', `${platform}/youtube/v3/channels?part=snippet&mine=true`, {
        agent,
        headers: { authorization: `Bearer ${token.access_token}` },
    });
    assert.equal(items.length, 1);
}

/** As from the dashboard: start, consent, callback. */
async function postatoFlow(demo, sandbox, { visitor, csrfToken }, workspaceId) {
    const browser = visitor.clone();
    const start = await browser.post(
        `${demo.url}/connect/${kPlatform}/start`,
        { workspaceId },
        { 'x-csrf-token': csrfToken, accept: 'application/json' },
    );
    assert.equal(start.status, 200, start.body);
    await sandbox.consent(kPlatform, kPerson);
    const end = await browser.get(await consent(JSON.parse(start.body).url));
    assert.equal(end.status, 303, end.body);
    assert.match(end.headers.location, /\/accounts\?/, 'the account is not live');
}

async function signIn(demo) {
    const visitor = new Visitor(agent);
    const answer = await visitor.post(`${demo.url}/session/link`, { secret: new URL(demo.signInUrl).hash.slice(1) });
    assert.equal(answer.status, 200, answer.body);
    return { visitor, csrfToken: JSON.parse(answer.body).csrfToken };
}

/** Resolves to flows a second, a number a round. */
export async function measureFlows({ demo, plan, workspaceIds }) {
    const sandbox = new Sandbox(demo.sandboxUrl);
    const session = await signIn(demo);
    const perRound = Math.floor(plan.flows / plan.rounds);
    const postato = [];
    const bare = [];
    for (let round = 0; round < plan.rounds; ++round) {
        const workspaces = workspaceIds.slice(round * perRound);
        postato.push(
            await perSecond(perRound, plan.clients, (i) => postatoFlow(demo, sandbox, session, workspaces[i])),
        );
        bare.push(await perSecond(perRound, plan.clients, () => bareFlow(demo, sandbox)));
    }
    agent.destroy();
    return { postato, bare };
}
