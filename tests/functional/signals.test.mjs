// How the service ends: what is in flight finishes, a second signal cuts short what can be done again,
// and before it is ready a signal ends it at once.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { Client, withDemo } from './support/api.mjs';
import { Child, startDemo } from './support/demo.mjs';
import { request } from './support/http.mjs';
import { Installation } from './support/installation.mjs';
import { makePostgresDatabase, withoutPostgres } from './support/postgres.mjs';
import { until } from './support/until.mjs';

describe('SIGTERM', () => {
    let demo;
    let client;
    withDemo((started) => ({ demo, client } = started));

    it('lets a refresh in flight finish, answers /ready with 503, and ends with 0', async () => {
        const account = await client.connect('twitter', 'ada');
        await client.sandbox.hold('twitter', 'refresh');
        const refresh = client.refresh(account.id);
        await until(() => client.sandbox.held('twitter'), (held) => held === 1, 'the refresh');
        const end = demo.child.ended;
        process.kill(demo.pid, 'SIGTERM');
        await until(() => request('GET', `${demo.url}/ready`), ({ status }) => status === 503, '503 of /ready');
        await client.sandbox.release();
        const answer = await refresh;
        assert.equal(answer.status, 200, answer.body);
        assert.equal(JSON.parse(answer.body).refreshed, true);
        assert.equal((await end).code, 0);
    });
});

describe('a second SIGTERM', () => {
    let demo;
    let client;
    withDemo((started) => ({ demo, client } = started));

    it('drops the requests in flight, but no refresh', async () => {
        const account = await client.connect('twitter', 'ada');
        await client.sandbox.hold('twitter', 'refresh');
        const refresh = client.refresh(account.id).then(
            ({ status }) => status,
            () => 'dropped',
        );
        await until(() => client.sandbox.held('twitter'), (held) => held === 1, 'the refresh');
        process.kill(demo.pid, 'SIGTERM');
        await until(() => demo.child.said, (said) => said.includes('"service.stopping"'), 'the first signal');
        process.kill(demo.pid, 'SIGTERM');
        assert.equal(await refresh, 'dropped');
        await client.sandbox.release();
        assert.equal((await demo.child.ended).code, 0);
        assert.match(demo.child.said, /"service.stopped"/);
    });
});

describe('a refresh by hand whose database goes away before the answer', { skip: withoutPostgres }, () => {
    let database;
    let demo;
    let client;
    beforeEach(async () => {
        database = await makePostgresDatabase();
        demo = await startDemo(['--database', database.url]);
        client = new Client(demo);
    });
    afterEach(async () => {
        await demo?.stop();
        await database?.drop();
    });

    /** What the caller is told, and the account. */
    async function answeredInVain() {
        const { id } = await client.connect('twitter', 'ada');
        await client.sandbox.hold('twitter', 'refresh');
        const refresh = client.refresh(id);
        await until(() => client.sandbox.held('twitter'), (held) => held === 1, 'the refresh');
        await database.goAway();
        await client.sandbox.release();
        return { id, refresh };
    }

    it('says so to the caller, and is in the journal', async () => {
        const { id, refresh } = await answeredInVain();
        const answer = await refresh;
        assert.equal(answer.status, 503, answer.body);
        assert.equal(JSON.parse(answer.body).error, 'unavailable');
        await database.comeBack();
        await until(() => demo.child.said, (said) => said.includes('"journal.replayed"'), 'the pair to be stored');
        const probe = await until(
            () => client.health(id, { probe: true }).catch(() => ({ advice: [] })),
            ({ advice }) => advice.length > 0,
            'the probe',
        );
        assert.deepEqual(probe.advice.map(({ code }) => code), ['probe_ok']);
        assert.equal((await client.sandbox.requests('twitter')).refresh, 1);
    });

    it('does not keep a process that is asked to end', async () => {
        const { refresh } = await answeredInVain();
        process.kill(demo.pid, 'SIGTERM');
        assert.equal((await refresh).status, 503);
        assert.equal((await demo.child.ended).code, 0);
        await database.comeBack();
    });
});

describe('before it is ready', { skip: withoutPostgres }, () => {
    let here;
    let database;
    afterEach(async () => {
        await here?.remove();
        await database?.drop();
    });

    it('a signal ends it at once, while another process migrates the database', async () => {
        here = await Installation.make();
        database = await makePostgresDatabase();
        await here.configure({ database: { url: database.url } });
        assert.equal((await here.postato('key', 'init')).code, 0);
        // The other process, stuck in its migration.
        const other = new Child('psql', [database.url, '-X', '-c', 'SELECT pg_advisory_lock(7305800412), pg_sleep(60)']);
        const locks = (granted) =>
            database.execute(`SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted = ${granted}`);
        await until(() => locks(true), (count) => count === '1', 'the lock');

        const service = new Child(here.program, ['serve', '--config', here.config]);
        await until(() => locks(false), (count) => count === '1', 'the service to wait for the lock');
        assert.deepEqual(await service.stop(), { code: null, signal: 'SIGTERM' });
        assert.match(service.said, /ended by SIGTERM before it was ready/);
        await other.stop();
    });
});
