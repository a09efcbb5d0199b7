// Everything secret that goes through an installation is noted on its way, at the platforms and at
// the callers; then it is looked for in everything the installation has said or kept.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Client } from './support/api.mjs';
import { Canaries, learn, spellings } from './support/canaries.mjs';
import { Child, kBuild, run } from './support/demo.mjs';
import { request } from './support/http.mjs';
import { Installation } from './support/installation.mjs';
import { kPlatforms, platformSections } from './support/platforms.mjs';
import { makePostgresDatabase, withoutPostgres } from './support/postgres.mjs';
import { Recorder } from './support/recorder.mjs';
import { until } from './support/until.mjs';
import { Visitor } from './support/visitor.mjs';

const kEmail = 'canary@example.com';
const mark = (what) => `canary-${what}-${randomBytes(16).toString('hex')}`;

/** A whole installation with recorders on both sides, and everything it did. */
class Scene {
    canaries = new Canaries();
    commands = []; // what the command line printed
    dumps = []; // the database at several moments

    /** `database`: an empty PostgreSQL database, or nothing for SQLite. */
    static async open(database) {
        const scene = new Scene();
        scene.database = database;
        try {
            await scene.#build();
        } catch (error) {
            await scene.close();
            throw error;
        }
        return scene;
    }

    async #build() {
        this.here = await Installation.make();
        this.sandbox = new Child(join(kBuild, 'bin/postato-sandbox'), ['--port', '0', '--json']);
        this.sandboxUrl = JSON.parse(await this.sandbox.firstLine).url;
        this.platforms = await Recorder.before(this.sandboxUrl);
        this.front = await Recorder.before(this.here.url);
        await this.#configure();
        await this.#makePeople();
        this.service = await this.here.serve();
    }

    async close() {
        await this.service?.stop();
        await this.front?.stop();
        await this.platforms?.stop();
        await this.sandbox?.stop();
        await this.database?.drop();
        await this.here?.remove();
    }

    async #configure() {
        const secret = (platform) => this.#secret('client secret', mark(platform));
        const sections = platformSections(this.sandboxUrl, this.platforms.url, secret);
        for (const platform of kPlatforms) {
            const { client_id: clientId, client_secret: clientSecret } = sections[`platform.${platform}`];
            const answer = await request('POST', `${this.sandboxUrl}/_sandbox/clients`, {
                body: { platform, clientId, clientSecret },
            });
            assert.equal(answer.status, 200, answer.body);
        }
        if (this.database) sections.database = { url: this.database.url };
        sections.server = { public_url: this.front.url };
        sections.log = { level: 'debug' };
        sections.metrics = { token: this.#secret('metrics token', mark('metrics')) };
        await this.here.configure(sections);
        await this.command('key', 'init');
        await this.command('migrate');
        await this.learnKeys();
    }

    async learnKeys() {
        const ring = JSON.parse(await readFile(this.here.inside('keyring.json'), 'utf8'));
        for (const { key } of ring.keys) this.canaries.add('key', key);
    }

    async #makePeople() {
        this.workspaceId = (await this.command('workspace', 'create', 'Canaries')).id;
        await this.command('user', 'create', '--email', kEmail, '--tenant-role', 'owner');
        this.password = this.#secret('password', mark('password'));
        const set = await run(this.here.program, ['user', 'password', '--email', kEmail, '--config', this.here.config], {
            input: `${this.password}\n`,
        });
        assert.equal(set.code, 0, set.stderr);
        this.commands.push({ where: 'user password', text: set.stdout + set.stderr });
        const { key } = await this.command('api-key', 'create', '--all', '--permission', 'all', '--name', 'canary');
        this.apiKey = this.#secret('API key', key);
        const { url } = await this.command('user', 'login-link', '--email', kEmail);
        this.signInSecret = this.#secret('sign-in link', new URL(url).hash.slice(1));
    }

    #secret(kind, value) {
        this.canaries.add(kind, value);
        return value;
    }

    async command(...words) {
        const { code, stdout, stderr } = await this.here.postato(...words, '--json');
        assert.equal(code, 0, stderr);
        this.commands.push({ where: words.join(' '), text: stdout + stderr });
        return JSON.parse(stdout);
    }

    /** What Client and startDemo() call a demo. */
    get demo() {
        return { url: this.front.url, sandboxUrl: this.sandboxUrl, workspaceId: this.workspaceId, apiKey: this.apiKey };
    }

    /** A command that may fail. */
    async attempt(...words) {
        const { code, stdout, stderr } = await this.here.postato(...words);
        this.commands.push({ where: words.join(' '), text: stdout + stderr });
        return code;
    }

    async execute(statement) {
        if (this.database) return this.database.execute(statement);
        const { code, stderr } = await run('sqlite3', ['-cmd', '.timeout 5000', this.here.inside('postato.db'), statement]);
        assert.equal(code, 0, stderr);
    }

    async dump(when) {
        const text = this.database
            ? await this.database.content()
            : (await run('sqlite3', [this.here.inside('postato.db'), '.dump'], { maxBuffer: 1 << 28 })).stdout;
        assert.match(text, /social_account_tokens/);
        this.dumps.push({ where: `the database ${when}`, text });
    }

    /** Everything that was secret on the way, on both sides. */
    learnAll() {
        for (const exchange of this.platforms.exchanges) learn(this.canaries, exchange);
        for (const { url, requestHeaders, body } of this.front.exchanges) {
            const { searchParams, pathname } = new URL(url, this.front.url);
            this.canaries.add('code', searchParams.get('code') ?? '');
            this.canaries.add('state', searchParams.get('state') ?? '');
            for (const pair of (requestHeaders.cookie ?? '').split('; '))
                this.canaries.add('cookie', pair.slice(pair.indexOf('=') + 1));
            if (pathname.endsWith('/connect-links') && body.startsWith('{"'))
                this.canaries.add('connect link', JSON.parse(body).url?.split('/').at(-1) ?? '');
        }
    }

    /** Everything the installation has said or keeps, but its configuration and its key ring. */
    async outputs() {
        const log = this.here.services.map((service, i) => ({ where: `the log of process ${i}`, text: service.said }));
        const files = (await filesIn(this.here.directory)).filter((path) => !/(postato\.ini|keyring\.json)$/.test(path));
        const contents = files.map(async (path) => ({ where: path, text: await readFile(path, 'latin1') }));
        return [...this.front.answers(), ...log, ...this.commands, ...this.dumps, ...(await Promise.all(contents))];
    }
}

async function filesIn(directory) {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Signs in both ways, looks at the pages, begins a connect and gives it up. */
async function useDashboard({ demo, signInSecret, password, workspaceId }) {
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
async function useAccount(client, platform) {
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
async function refreshAgainstEchoes(scene, client) {
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
async function breakThings(scene, client) {
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
async function useKeys(scene) {
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
async function misplace({ demo, apiKey, front }) {
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

describe('the search', () => {
    it('finds every spelling, wherever in a text it begins', () => {
        const secret = 'a~secret+with/odd=signs';
        const canaries = new Canaries();
        canaries.add('planted', secret);
        for (const before of ['', 'x', 'xy', 'xyz'])
            for (const encoding of ['latin1', 'base64', 'base64url', 'hex']) {
                const text = `>>${Buffer.from(`${before}${secret}zz`).toString(encoding)}<<`;
                assert.equal(canaries.findIn([{ where: 'here', text }]).length, 1, `${encoding} behind '${before}'`);
            }
        for (const text of spellings(secret)) assert.equal(canaries.findIn([{ where: 'here', text }]).length, 1, text);
        assert.deepEqual(canaries.findIn([{ where: 'here', text: 'nothing of the kind' }]), []);
    });
});

const kDatabases = [
    ['SQLite', false, () => undefined],
    ['PostgreSQL', withoutPostgres, makePostgresDatabase],
];
for (const [name, skip, makeDatabase] of kDatabases) {
    describe(`an installation on ${name}`, { skip }, () => {
        let scene;
        let found;

        before(async () => {
            scene = await Scene.open(await makeDatabase());
            const client = new Client(scene.demo);
            await useDashboard(scene);
            const accounts = [];
            for (const platform of kPlatforms) accounts.push(await useAccount(client, platform));
            await refreshAgainstEchoes(scene, client);
            await misplace(scene);
            await scene.command('doctor');
            await scene.command('api-key', 'list');
            await scene.command('plugin', 'list');
            await breakThings(scene, client);
            await useKeys(scene);
            await scene.dump('with everything connected');
            for (const id of accounts) assert.equal((await client.disconnect(id)).status, 200);
            await until(
                () => scene.service.said.match(/"event":"revocation.finished"/g)?.length ?? 0,
                (finished) => finished >= accounts.length - 2, // Instagram has nothing to call, and what does not open is not revoked
                'the revocations',
            );
            await scene.dump('with everything disconnected');
            await scene.service.stop();
            scene.learnAll();
            found = scene.canaries.findIn(await scene.outputs());
        });
        after(() => scene?.close());

        const places = (kind) => [...new Set(found.filter((one) => one.kind === kind).map(({ where }) => where))];

        it('has handled secrets of every kind', () => {
            for (const kind of ['token', 'code', 'verifier', 'state', 'client secret', 'key', 'API key', 'connect link', 'sign-in link', 'cookie', 'password'])
                assert.ok(scene.canaries.values(kind).length > 0, kind);
            assert.ok(scene.canaries.values('token').length > 4 * kPlatforms.length);
            // One a platform, and X's once more as it goes into a Basic header.
            assert.equal(scene.canaries.values('client secret').length, kPlatforms.length + 1);
        });

        for (const kind of ['token', 'code', 'verifier', 'client secret', 'key', 'password', 'metrics token']) {
            it(`shows no ${kind} anywhere`, () => assert.deepEqual(places(kind), []));
        }

        it('shows a state only on the way to the platform', () => {
            for (const where of places('state')) assert.match(where, /^(303 to POST \/connect\/links\/|200 to POST \/connect\/twitter\/start)/);
        });

        it('shows a cookie to one browser, and again only to the one that sent it', () => {
            for (const value of scene.canaries.values('cookie')) {
                const setting = scene.front.exchanges.filter(({ headers }) =>
                    (headers['set-cookie'] ?? []).some((line) => line.includes(value)),
                );
                const shown = found.filter((one) => one.value === value).map(({ where }) => where);
                assert.equal(shown.length, setting.length, shown.join('\n'));
                const first = setting.filter(({ requestHeaders }) => !requestHeaders.cookie?.includes(value));
                assert.equal(first.length, 1, shown.join('\n'));
            }
        });

        it('shows an API key and a sign-in link once, where they are made', () => {
            assert.deepEqual(found.filter(({ kind }) => kind === 'API key').map(({ where }) => where), [
                'api-key create --all --permission all --name canary',
            ]);
            assert.deepEqual(found.filter(({ kind }) => kind === 'sign-in link').map(({ where }) => where), [
                `user login-link --email ${kEmail}`,
            ]);
        });

        it('shows a connect link once where it is made, and then on its own page', () => {
            for (const value of scene.canaries.values('connect link')) {
                const shown = found.filter((one) => one.value === value).map(({ where }) => where);
                assert.deepEqual(shown.filter((where) => where !== `200 to GET /connect/links/${value}`), [
                    `201 to POST /v1/workspaces/${scene.workspaceId}/connect-links`,
                ]);
            }
        });
    });
}
