// A database that goes away under a running service: callers are told at once, no platform is asked, nothing
// is left half done, and all of it clears by itself.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';

import { Client } from './support/api.mjs';
import { Cluster } from './support/cluster.mjs';
import { kBuild, run, startDemo } from './support/demo.mjs';
import { request } from './support/http.mjs';
import { OutageWitness } from './support/outage_witness.mjs';
import { withoutPostgres } from './support/postgres.mjs';
import { until } from './support/until.mjs';

const kLifetime = 4; // seconds: of the tokens, so that a refresh is due in every outage
const kCallers = 4; // of each question
/** Nobody waits longer for an answer, on a busy machine either: a statement may take five seconds. */
const kLongestMs = 10_000;
/** Nor for the next one, when one has been told that the database is away. */
const kLongestOnceKnownMs = 5_000;
/** From then on what was under way is over: no statement takes longer. */
const kUnderWayMs = 7_000;
const kExpected = { live: 200, account: 200, link: 201 };

const kOutages = [
    { name: 'that has crashed', begin: (database) => database.crash(), end: (database) => database.comeBack() },
    { name: 'that does not answer any more', begin: (database) => database.freeze(), end: (database) => database.thaw() },
];

describe('a database', { skip: withoutPostgres }, () => {
    let database, demo, client, account, witness;

    beforeEach(async () => {
        database = await Cluster.start();
        demo = await startDemo(['--database', database.url]);
        client = new Client(demo);
        await client.sandbox.lifetimes('twitter', { access: kLifetime });
        account = await client.connect('twitter', 'ada');
    });
    afterEach(async () => {
        await witness?.stop();
        witness = undefined;
        await demo?.stop();
        demo = undefined;
        await database?.drop();
        database = undefined;
    });

    const ask = (path) => request('GET', `${demo.url}${path}`, client);
    const questions = () => ({
        live: () => ask('/live'),
        account: () => request('GET', `${client.base}/accounts/${account.id}`, client),
        link: () => request('POST', `${client.base}/connect-links`, { headers: client.headers, body: { platform: 'twitter' } }),
    });
    const refreshes = async () => (await client.sandbox.requests('twitter')).refresh;

    for (const { name, begin, end } of kOutages)
        it(`${name} is told of, costs no call to a platform, and needs no restart`, async (t) => {
            await until(refreshes, (count) => count > 0, 'a refresh');
            witness = new OutageWitness(questions(), kCallers);
            const answered = (question, status) => until(
                () => witness.answersTo(question).of(status).count,
                (count) => count > 0,
                `${status} of ${question}`,
            );
            await answered('link', 201);

            const gone = Date.now();
            await begin(database);
            await until(() => ask('/ready'), ({ status }) => status === 503, '503 of /ready');
            await answered('account', 503);
            await answered('link', 503);
            const known = gone + kUnderWayMs;
            await pass(Math.max(0, known - Date.now()));
            const before = await refreshes();
            await pass(2 * kLifetime * 1000); // in which the token ends
            assert.equal(await refreshes(), before);

            const back = Date.now();
            await end(database);
            await until(() => ask('/ready'), ({ status }) => status === 200, '200 of /ready');
            const recovered = Date.now() - back;
            await until(refreshes, (count) => count > before, 'a refresh');
            await witness.stop();

            assert.deepEqual(witness.surprises(kExpected), []);
            for (const question of Object.keys(kExpected)) {
                const answers = witness.answersTo(question);
                const [all, later] = [answers.between(gone, back), answers.between(known, back)];
                t.diagnostic(`${question}: slowest ${all.slowest} ms; once known ${later.slowest} ms, ${later.count} answers`);
                assert.ok(all.slowest < kLongestMs, `${question}: ${all.slowest} ms`);
                assert.ok(later.count >= kCallers, `${question}: ${later.count}`);
                assert.ok(later.slowest < kLongestOnceKnownMs, `${question}: ${later.slowest} ms`);
            }
            t.diagnostic(`ready again after ${recovered} ms`);
            assert.equal((await client.account(account.id)).status, 'connected');
            const [grant] = (await client.sandbox.oracle('twitter')).grants;
            assert.deepEqual([grant.alive, grant.reuseAttempts], [true, 0]);
        });

    it('that ends every session again and again does nothing by halves', async (t) => {
        witness = new OutageWitness(questions(), kCallers);
        const promisedLinks = () => witness.answersTo('link').of(201).count;
        const ends =
            'SELECT pg_terminate_backend(pid) FROM pg_stat_activity ' +
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
        for (let round = 0; round < 20; ++round) {
            const before = promisedLinks();
            await database.execute(ends);
            await until(promisedLinks, (count) => count > before, 'a link');
        }
        await witness.stop();
        assert.deepEqual(witness.surprises(kExpected), []);
        const links = Number(await database.execute('SELECT count(*) FROM connect_links'));
        const told = Number(await database.execute("SELECT count(*) FROM audit_records WHERE type = 'connect_link.created'"));
        assert.equal(told, links);
        assert.ok(links >= promisedLinks(), `${links} links, ${promisedLinks()} promised`);
        const audit = await run(`${kBuild}/bin/postato`, ['audit', 'verify', '--config', demo.config]);
        assert.equal(audit.code, 0, audit.stderr);
        t.diagnostic(`${witness.answersTo('link').of(503).count} of ${witness.answersTo('link').count} links refused`);
        assert.equal((await client.account(account.id)).status, 'connected');
    });
});
