// A database that goes away under a running service: callers are told at once, no platform is asked, nothing
// is left half done, and all of it clears by itself.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';

import { Client } from './support/api.mjs';
import { Cluster } from './support/cluster.mjs';
import { kBuild, run, startDemo } from './support/demo.mjs';
import { request } from './support/http.mjs';
import { OutageWitness, isUnavailable, slowestOf } from './support/outage_witness.mjs';
import { withoutPostgres } from './support/postgres.mjs';
import { until } from './support/until.mjs';

const kLifetime = 4; // seconds: of the tokens, so that a refresh falls due in every outage
const kCallers = 4; // of each question
/** Nobody waits longer for an answer, on a busy machine either: a statement may take five seconds. */
const kLongestMs = 10_000;
/** Nor for the next one, when one has been told that the database is away. */
const kLongestOnceKnownMs = 5_000;
/** From then on what was under way is over: no statement takes longer. */
const kUnderWayMs = 7_000;
const kUsual = { live: 200, account: 200, link: 201 };
const kNeedTheDatabase = ['account', 'link'];

const kOutages = [
    { name: 'that has crashed', begin: (database) => database.crash(), end: (database) => database.comeBack() },
    { name: 'that does not answer any more', begin: (database) => database.freeze(), end: (database) => database.thaw() },
];

describe('a database', { skip: withoutPostgres }, () => {
    let database, demo, client, account, witness;

    beforeEach(async () => {
        database = await Cluster.start();
        // An account that was claimed in the moment of the outage waits for twice as long.
        demo = await startDemo(['--database', database.url], () => ({ POSTATO_REFRESH__DEADLINE: '5' }));
        client = new Client(demo);
        await client.sandbox.lifetimes('twitter', { access: kLifetime });
        account = await client.connect('twitter', 'ada');
        witness = new OutageWitness(
            {
                live: () => ask('/live'),
                account: () => request('GET', `${client.base}/accounts/${account.id}`, client),
                link: () => request('POST', `${client.base}/connect-links`, { headers: client.headers, body: { platform: 'twitter' } }),
            },
            kCallers,
        );
        await answered('link', 201);
    });
    afterEach(async () => {
        try {
            database?.thaw();
            await witness?.stop();
            await demo?.stop();
        } finally {
            await database?.drop();
            database = demo = witness = undefined;
        }
    });

    const ask = (path) => request('GET', `${demo.url}${path}`, client);
    const refreshes = async () => (await client.sandbox.requests('twitter')).refresh;
    const answered = (question, status, from = 0) =>
        until(
            () => witness.answersTo(question, { from }).some((answer) => answer.status === status),
            Boolean,
            `${status} of ${question}`,
        );
    const assertUsual = (question, stretch) => {
        for (const answer of witness.answersTo(question, stretch)) assert.equal(answer.status, kUsual[question], JSON.stringify(answer));
    };

    for (const { name, begin, end } of kOutages)
        it(`${name} is told of, costs no call to a platform, and needs no restart`, async (t) => {
            await until(refreshes, (count) => count > 0, 'a refresh');
            const gone = Date.now();
            await begin(database);
            await until(() => ask('/ready'), ({ status }) => status === 503, '503 of /ready');
            for (const question of kNeedTheDatabase) await answered(question, 503, gone);
            const known = gone + kUnderWayMs;
            await pass(Math.max(0, known - Date.now()));
            const before = await refreshes();
            await pass(2 * kLifetime * 1000); // in which the token ends
            assert.equal(await refreshes(), before);

            const back = Date.now();
            await end(database);
            await until(() => ask('/ready'), ({ status }) => status === 200, '200 of /ready');
            const ready = Date.now();
            await until(refreshes, (count) => count > before, 'a refresh');
            for (const question of kNeedTheDatabase) await answered(question, kUsual[question], ready);
            await witness.stop();

            assertUsual('live');
            for (const question of kNeedTheDatabase) {
                assertUsual(question, { to: gone });
                const meanwhile = witness.answersTo(question, { from: known, to: back });
                assert.ok(meanwhile.length >= kCallers, `${question}: ${meanwhile.length}`);
                for (const answer of meanwhile) assert.ok(isUnavailable(answer), JSON.stringify(answer));
                for (const answer of witness.answersTo(question, { from: gone, to: ready }))
                    assert.ok(answer.status === kUsual[question] || isUnavailable(answer), JSON.stringify(answer));
                assertUsual(question, { from: ready });
            }
            for (const question of Object.keys(kUsual)) {
                const slowest = slowestOf(witness.answersTo(question, { to: back }));
                const later = slowestOf(witness.answersTo(question, { from: known, to: back }));
                t.diagnostic(`${question}: slowest ${slowest} ms, once the outage is known ${later} ms`);
                assert.ok(slowest < kLongestMs, `${question}: ${slowest} ms`);
                assert.ok(later < kLongestOnceKnownMs, `${question}: ${later} ms`);
            }
            t.diagnostic(`ready again after ${ready - back} ms`);
            assert.equal((await client.account(account.id)).status, 'connected');
            const [grant] = (await client.sandbox.oracle('twitter')).grants;
            assert.deepEqual([grant.alive, grant.reuseAttempts], [true, 0]);
        });

    it('that ends every session again and again does nothing by halves', async (t) => {
        const ends =
            'SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity ' +
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
        let ended = 0;
        for (let round = 0; round < 20; ++round) {
            const from = Date.now();
            ended += Number(await database.execute(ends));
            await answered('link', 201, from);
        }
        assert.ok(ended >= 20, `${ended}`);
        const before = await refreshes();
        await until(refreshes, (count) => count > before, 'a refresh');
        await witness.stop();

        assertUsual('live');
        const links = witness.answersTo('link');
        for (const answer of [...links, ...witness.answersTo('account')])
            assert.ok(answer.status === kUsual[answer.name] || isUnavailable(answer), JSON.stringify(answer));
        const promised = links.filter(({ status }) => status === 201).map(({ body }) => JSON.parse(body).id);
        const stored = new Set((await database.execute('SELECT id FROM connect_links')).split('\n'));
        assert.deepEqual(promised.filter((id) => !stored.has(id)), []);
        const recorded = Number(await database.execute("SELECT count(*) FROM audit_records WHERE type = 'connect_link.created'"));
        assert.equal(recorded, stored.size);
        const audit = await run(`${kBuild}/bin/postato`, ['audit', 'verify', '--config', demo.config]);
        assert.equal(audit.code, 0, audit.stderr);
        t.diagnostic(`${ended} sessions ended; ${links.length - promised.length} of ${links.length} links refused`);
        assert.equal((await client.account(account.id)).status, 'connected');
        const [grant] = (await client.sandbox.oracle('twitter')).grants;
        assert.deepEqual([grant.alive, grant.reuseAttempts], [true, 0]);
    });
});
