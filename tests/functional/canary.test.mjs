// Everything secret that goes through an installation is noted on its way, at the platforms and at
// the callers; then it is looked for in everything the installation has said or kept.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Client } from './support/api.mjs';
import { Canaries, spellings } from './support/canaries.mjs';
import { breakThings, misplace, refreshAgainstEchoes, useAccount, useDashboard, useKeys } from './support/canary_acts.mjs';
import { Scene, kEmail } from './support/canary_scene.mjs';
import { kPlatforms } from './support/platforms.mjs';
import { makePostgresDatabase, withoutPostgres } from './support/postgres.mjs';
import { until } from './support/until.mjs';

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
