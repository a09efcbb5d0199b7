// sdk/example as a plugin author has it: outside this tree, against the installed SDK, dropped into
// the plugin directory, with an authorization server that nobody here wrote.

import assert from 'node:assert/strict';
import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import oauth2MockServer from 'oauth2-mock-server';

import { Client } from './support/api.mjs';
import { kBuild, root, run, temporaryDirectory } from './support/demo.mjs';
import { requestJson } from './support/http.mjs';
import { Installation } from './support/installation.mjs';
import { until } from './support/until.mjs';
import { Visitor } from './support/visitor.mjs';

const kCompileMs = 10 * 60 * 1000;
const kPerson = 'johndoe'; // the server's own

async function must(command, ...args) {
    const { code, stdout, stderr } = await run(command, args, { timeout: kCompileMs, maxBuffer: 1 << 26 });
    assert.equal(code, 0, `${command} ${args.join(' ')}\n${stdout}${stderr}`);
    return stdout;
}

/** Counts what the server is asked. */
async function startAuthorizationServer() {
    const server = new oauth2MockServer.OAuth2Server();
    await server.issuer.keys.generate('RS256');
    await server.start(0, '127.0.0.1');
    const asked = { exchange: [], refresh: [], revoke: [] };
    server.service.on('beforeResponse', (answer, { body }) => {
        asked[body.grant_type === 'refresh_token' ? 'refresh' : 'exchange'].push({ request: body, answer: answer.body });
    });
    server.service.on('beforeRevoke', (answer, { body }) => asked.revoke.push(body));
    return { url: `http://127.0.0.1:${server.address().port}`, asked, stop: () => server.stop() };
}

let work;
let authorizationServer;
before(async () => {
    work = await temporaryDirectory();
    authorizationServer = await startAuthorizationServer();
});
after(async () => {
    await authorizationServer?.stop();
    await rm(work, { recursive: true, force: true });
});

describe('the example, outside the tree', () => {
    const prefix = () => join(work, 'prefix');
    const plugin = () => join(work, 'build/plugins/example.so');
    const installed = () => join(prefix(), 'bin/postato');

    it('is built against the installed SDK, as C++17 too', { timeout: kCompileMs }, async () => {
        await must('cmake', '--install', kBuild, '--prefix', prefix());
        await cp(root('sdk/example'), join(work, 'example'), { recursive: true });
        await must(
            'cmake', '-S', join(work, 'example'), '-B', join(work, 'build'), '-G', 'Ninja',
            `-DCMAKE_PREFIX_PATH=${prefix()}`, '-DCMAKE_CXX_STANDARD=17', '-DCMAKE_CXX_EXTENSIONS=OFF',
            '-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror',
        );
        await must('cmake', '--build', join(work, 'build'));
    });

    it('passes the check that the host makes', async () => {
        assert.match(await must(installed(), 'plugin', 'check', plugin()), /example/);
    });

    describe('dropped into the plugin directory of an installation', () => {
        let here;
        let service;
        let client;
        let account;

        before(async () => {
            here = await Installation.make();
            here.program = installed();
            await mkdir(here.inside('plugins'), { mode: 0o755 });
            await copyFile(plugin(), here.inside('plugins/example.so'));
            const { url } = authorizationServer;
            await here.configure({
                plugins: { directory: here.inside('plugins') },
                'platform.example': {
                    client_id: 'a-client',
                    client_secret: 'a-client-secret',
                    authorization_endpoint: `${url}/authorize`,
                    token_endpoint: `${url}/token`,
                    revocation_endpoint: `${url}/revoke`,
                    userinfo_endpoint: `${url}/userinfo`,
                },
            });
            await here.json('key', 'init');
            service = await here.serve();
            const { id } = await here.json('workspace', 'create', 'Example');
            const { key } = await here.json('api-key', 'create', '--name', 'example', '--all', '--permission', 'all');
            client = new Client({ url: here.url, sandboxUrl: here.url, workspaceId: id, apiKey: key });
        });
        after(async () => {
            await service?.stop();
            await here?.remove();
        });

        it('is listed as ready', async () => {
            const { items } = await requestJson('GET', `${here.url}/v1/platforms`, client);
            assert.deepEqual(items.map(({ id, state }) => ({ id, state })), [{ id: 'example', state: 'ready' }]);
        });

        it('connects a person, with PKCE', async () => {
            const visitor = new Visitor();
            const { url } = await client.link({ platform: 'example' });
            const onward = await visitor.submit(url);
            assert.equal(onward.status, 303, onward.body);
            const challenge = new URL(onward.headers.location).searchParams.get('code_challenge');
            assert.ok(challenge);
            const end = await client.confirm(visitor, await visitor.follow(onward.headers.location));
            assert.equal(end.status, 200, end.body);
            [account] = await client.accounts('example');
            assert.equal(account.displayName, kPerson);
            assert.equal(account.status, 'connected');
            assert.equal(authorizationServer.asked.exchange.length, 1);
            assert.ok(authorizationServer.asked.exchange[0].request.code_verifier);
        });

        it('refreshes', async () => {
            const { status, body } = await client.refresh(account.id);
            assert.equal(status, 200, body);
            assert.equal(JSON.parse(body).refreshed, true, body);
            assert.equal(authorizationServer.asked.refresh.length, 1);
            const [{ answer }] = authorizationServer.asked.exchange;
            assert.equal(authorizationServer.asked.refresh[0].request.refresh_token, answer.refresh_token);
            assert.equal((await client.account(account.id)).status, 'connected');
        });

        it('disconnects, and revokes at the server', async () => {
            const { status, body } = await client.disconnect(account.id);
            assert.equal(status, 200, body);
            assert.deepEqual(JSON.parse(body), { success: true, revocation: 'queued' });
            const [newest] = await until(
                () => client.events(account.id),
                ([{ type }]) => type === 'account.revocation',
                'the revocation',
            );
            assert.equal(newest.data.outcome, 'revoked');
            assert.ok(authorizationServer.asked.revoke.length > 0);
            assert.equal((await client.disconnect(account.id)).status, 404);
        });
    });
});
