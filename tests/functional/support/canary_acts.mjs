// What is done at an installation by all who use it, so that its secrets go wherever they can.

import assert from 'node:assert/strict';

import { kEmail } from './canary_scene.mjs';
import { request } from './http.mjs';
import { until } from './until.mjs';
import { Visitor } from './visitor.mjs';

/** Signs in both ways, looks at the pages, begins a connect and gives it up. */
export async function useDashboard({ demo, signInSecret, password, workspaceId }) {
    const visitor = new Visitor();
    const linked = await visitor.post(`${demo.url}/session/link`, { secret: signInSecret });
    assert.equal(linked.status, 200, linked.body);
    assert.notEqual((await visitor.post(`${demo.url}/session/link`, { secret: signInSecret })).status, 200);
    const signedIn = await visitor.post(`${demo.url}/session`, { email: kEmail, password });
    assert.equal(signedIn.status, 200, signedIn.body);
    for (const path of ['/session', '/accounts', '/settings', '/sign-in', '/v1/platforms', '/v1/workspaces'])
        assert.equal((await visitor.get(demo.url + path)).status, 200, path);
    const { csrfToken } = JSON.parse(signedIn.body);
    const start = await visitor.post(
        `${demo.url}/connect/twitter/start`,
        { workspaceId },
        { 'x-csrf-token': csrfToken, accept: 'application/json' },
    );
    assert.equal(start.status, 200, start.body);
    assert.equal((await visitor.post(`${demo.url}/session`, { email: kEmail, password: `${password}?` })).status, 401);
}

/** Connects, is denied, comes twice, comes as somebody else, is refreshed and asked about. */
export async function useAccount(client, platform) {
    const { visitor, callback } = await client.consentByLink(platform, 'ada');
    const choice = await visitor.follow(callback);
    assert.equal((await new Visitor().get(callback)).status, 400);
    assert.equal((await client.confirm(visitor, choice)).status, 200);
    assert.equal((await visitor.follow(callback)).status, 200);
    const [{ id }] = await client.accounts(platform);

    const denied = await client.consentByLink(platform, 'ben', { consent: { decision: 'deny' } });
    assert.match((await denied.visitor.follow(denied.callback)).body, /access_denied/);
    const other = await client.consentByLink(platform, 'ben', { link: { accountId: id } });
    assert.match((await other.visitor.follow(other.callback)).body, /account_mismatch/);
    const failed = await client.consentByLink(platform, 'ada');
    await client.sandbox.fault(platform, 'token', 'html', { times: 3 });
    await failed.visitor.follow(failed.callback);
    await client.sandbox.clearFaults();

    assert.equal((await client.refresh(id)).status, 200);
    for (const what of ['health?probe=true', 'events', ''])
        assert.equal((await request('GET', `${client.base}/accounts/${id}/${what}`.replace(/\/$/, ''), client)).status, 200);
    return id;
}

/** A platform that repeats in its errors what it was sent, as some do. */
export async function refreshAgainstEchoes(scene, client) {
    const platform = 'twitter';
    await client.sandbox.lifetimes(platform, { access: 3 });
    const { id } = await client.connect(platform, 'ada');
    const issued = JSON.parse(
        scene.platforms.exchanges.filter(({ url, status }) => url.endsWith('/2/oauth2/token') && status === 200).at(-1).body,
    );
    const said = `The token ${issued.refresh_token} (access ${issued.access_token}) is not good`;
    const before = (await client.sandbox.requests(platform)).refresh;
    const bodies = [
        { status: 400, body: { error: issued.refresh_token, error_description: said } },
        { status: 500, body: `<html>${said}</html>` },
        { status: 200, body: { token_type: said } },
    ];
    for (const body of bodies) await client.sandbox.fault(platform, 'refresh', 'status', body);
    await until(
        () => client.sandbox.requests(platform),
        ({ refresh }) => refresh > before + bodies.length,
        'the refreshes after the echoes',
    );
    assert.equal((await client.account(id)).status, 'connected');
}

// Few enough at each platform that it is not paused as a whole.
const kFaults = {
    twitter: [['truncate'], ['huge'], ['rotate_then_drop']],
    tiktok: [['bad_utf8'], ['duplicate_keys'], ['spurious_invalid_grant']],
    youtube: [['redirect'], ['invalid_client'], ['reset']],
};

/** Answers that go wrong, a killed process, a trail that cannot be written, tokens that do not open. */
export async function breakThings(scene, client) {
    const ids = {};
    for (const [platform, faults] of Object.entries(kFaults)) {
        await client.sandbox.lifetimes(platform, { access: 3 });
        [{ id: ids[platform] }] = await client.accounts(platform);
        const { visitor, callback } = await client.consentByLink(platform, 'ada', { link: { accountId: ids[platform] } });
        assert.equal((await client.confirm(visitor, await visitor.follow(callback))).status, 200);
        for (const [kind] of faults) await client.sandbox.fault(platform, 'refresh', kind, { times: 1 });
    }
    const refreshes = {};
    for (const platform of Object.keys(kFaults)) refreshes[platform] = (await client.sandbox.requests(platform)).refresh;
    for (const [platform, faults] of Object.entries(kFaults))
        await until(() => client.sandbox.requests(platform), ({ refresh }) => refresh > refreshes[platform] + faults.length, `the faults of ${platform}`);

    await scene.service.stop('SIGKILL');
    scene.service = await scene.here.serve();

    await scene.execute('ALTER TABLE audit_chains RENAME TO elsewhere');
    assert.equal((await client.disconnect(ids.youtube)).status, 503);
    assert.equal(await scene.attempt('workspace', 'create', 'Nothing'), 1);
    await scene.execute('ALTER TABLE elsewhere RENAME TO audit_chains');

    // A token that lives on, and no refresh under way: else it would be the refresh that fails.
    await client.sandbox.lifetimes('tiktok', { access: 7200 });
    const hour = 3_600_000;
    await until(() => client.account(ids.tiktok), ({ expiresAt }) => Date.parse(expiresAt) > Date.now() + hour, 'a long-lived token');
    await scene.execute(`UPDATE social_account_tokens SET generation = generation + 5 WHERE account_id = '${ids.tiktok}'`);
    await client.refresh(ids.tiktok);
    const { advice } = await client.health(ids.tiktok, { probe: true });
    assert.ok(advice.some(({ code }) => code === 'tokens_unreadable'), JSON.stringify(advice));
    assert.equal(await scene.attempt('key', 'verify'), 1);
}

/** Everything that prints something about keys and acts. */
export async function useKeys(scene) {
    await scene.command('key', 'rotate', '--ring');
    await scene.learnKeys();
    for (const words of [['key', 'rewrap'], ['key', 'rotate'], ['key', 'status'], ['audit', 'list', '--number', '1000'], ['audit', 'verify']])
        await scene.command(...words);
    for (const words of [['key', 'retire', '1'], ['key', 'status'], ['audit', 'list'], ['key', 'init']]) await scene.attempt(...words);
    const headers = { authorization: `Bearer ${scene.canaries.values('metrics token')[0]}` };
    const metrics = await request('GET', `${scene.demo.url}/metrics`, { headers });
    assert.equal(metrics.status, 200, metrics.body);
}

/** Secrets where they do not belong: in paths and queries that lead nowhere, in wrong headers. */
export async function misplace({ demo, apiKey, front }) {
    const callback = new URL(front.exchanges.find(({ url }) => url.includes('/callback?code=')).url, demo.url);
    const misplaced = [
        [`/v1/workspaces?api_key=${apiKey}`, {}],
        [`/v1/nothing/${apiKey}`, { authorization: `Bearer ${apiKey}` }],
        ['/v1/workspaces', { authorization: `Bearer ${apiKey}x` }],
        ['/v1/workspaces', { authorization: `Basic ${apiKey}` }],
        [`/connect/links/${callback.searchParams.get('state')}/more${callback.search}`, {}],
        [`/accounts${callback.search}`, {}],
    ];
    for (const [path, headers] of misplaced) await request('GET', demo.url + path, { headers });
}
