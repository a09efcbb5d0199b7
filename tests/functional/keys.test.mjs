// Keys changed under a running service: by the command line, with the ring from a file, a command and
// the environment.

import assert from 'node:assert/strict';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { Client } from './support/api.mjs';
import { Child, kBuild, run, startDemo } from './support/demo.mjs';
import { Installation, untilReady } from './support/installation.mjs';
import { until } from './support/until.mjs';
import { makePostgresDatabase, withoutPostgres } from './support/postgres.mjs';

const kDatabases = [
    { name: 'SQLite', skip: false, make: async () => null },
    { name: 'PostgreSQL', skip: withoutPostgres, make: makePostgresDatabase },
];

/** The command line on a demo's installation. */
const commandsOf = (demo) => {
    const postato = (...words) => run(`${kBuild}/bin/postato`, [...words, '--config', demo.config]);
    const json = async (...words) => {
        const { code, stdout, stderr } = await postato(...words, '--json');
        assert.equal(code, 0, stderr);
        return JSON.parse(stdout);
    };
    return { postato, json };
};

const dataKey = (status, id) => status.dataKeys.find((key) => key.id === id);

for (const { name, skip, make } of kDatabases) {
    describe(`keys on ${name}`, { skip }, () => {
        let database;
        let demo;
        let client;
        let postato;
        let json;
        beforeEach(async () => {
            database = await make();
            demo = await startDemo(database ? ['--database', database.url] : []);
            client = new Client(demo);
            ({ postato, json } = commandsOf(demo));
        });
        afterEach(async () => {
            await demo?.stop();
            await database?.drop();
        });

        it('are replaced while accounts are used, and the old one can go when nothing needs it', async () => {
            const ids = [];
            for (const person of ['ada', 'ben']) ids.push((await client.connect('twitter', person)).id);
            assert.equal((await json('key', 'verify')).accounts, 2);

            assert.deepEqual(await json('key', 'rotate'), { dataKey: 2 });
            const status = await until(
                () => json('key', 'status'),
                (now) => dataKey(now, 1).accounts === 0 && dataKey(now, 2).journals.length === 1,
                'every account under the new key',
            );
            assert.equal(dataKey(status, 2).state, 'active');
            assert.equal(dataKey(status, 2).accounts, 2);
            assert.equal(dataKey(status, 1).state, 'replaced');
            assert.equal(dataKey(status, 1).canRetire, false);
            for (const id of ids) {
                const { advice } = await client.health(id, { probe: true });
                assert.ok(advice.some(({ code }) => code === 'probe_ok'), JSON.stringify(advice));
            }
            const proof = await json('key', 'verify');
            assert.deepEqual([proof.ok, proof.accounts, proof.failed], [true, 2, 0]);

            const refusal = await postato('key', 'retire', '1');
            assert.equal(refusal.code, 1);
            assert.match(refusal.stderr, /^postato: Data key 1 is still needed: .*less than 10 minutes ago\n$/);
            for (const id of ['9', 'active', '0', '2x']) assert.notEqual((await postato('key', 'retire', id)).code, 0);
        });

        it('of the ring are added, put to use and removed', async () => {
            const { id } = await client.connect('twitter', 'ada');
            const before = await json('key', 'status');
            const old = before.ring.keys[0].id;
            const { ringKey } = await json('key', 'rotate', '--ring');
            const early = await postato('key', 'retire', old, '--no-backup-needs-it');
            assert.match(early.stderr, /still wraps 1 data keys; run `postato key rewrap` first/);
            assert.deepEqual(await json('key', 'rewrap'), { ringKey, rewrapped: 1 });
            assert.deepEqual(await json('key', 'rewrap'), { ringKey, rewrapped: 0 });
            assert.match((await postato('key', 'retire', old)).stderr, /--no-backup-needs-it/);
            await json('key', 'retire', old, '--no-backup-needs-it');
            const after = await json('key', 'status');
            assert.deepEqual(after.ring.keys, [{ id: ringKey, active: true, dataKeys: 1 }]);
            assert.equal((await json('key', 'verify')).ok, true);
            // The service has not been restarted, and takes a key made under the new ring.
            await json('key', 'rotate');
            await until(() => json('key', 'status'), (now) => dataKey(now, 2).accounts === 1, 'sealed anew');
            assert.equal((await client.account(id)).status, 'connected');
        });

        it('are verified: what does not open is named, and nothing else suffers', async () => {
            const { id } = await client.connect('twitter', 'ada');
            const statement = 'UPDATE social_account_tokens SET generation = generation + 5';
            if (database) await database.execute(statement);
            else assert.equal((await run('sqlite3', [`${demo.data}/postato.db`, statement])).code, 0);
            const { code, stdout } = await postato('key', 'verify', '--json');
            assert.equal(code, 1);
            const proof = JSON.parse(stdout);
            assert.equal(proof.failed, 1);
            assert.match(proof.failures[0], new RegExp(`social_account_tokens\\.access_sealed of ${id}, generation`));
            assert.match((await postato('key', 'verify')).stdout, /1 texts do not open:/);
        });
    });
}

describe('the key ring', () => {
    let here;
    beforeEach(async () => {
        here = await Installation.make();
        await here.configure();
        assert.equal((await here.postato('key', 'init')).code, 0);
    });
    afterEach(() => here.remove());

    const ringText = () => readFile(here.inside('keyring.json'), 'utf8');
    /** `environment` beside the usual; the process is ready. */
    const serveWith = async (environment) => {
        const child = new Child(here.program, ['serve', '--config', here.config], { env: { ...process.env, ...environment } });
        here.services.push(child);
        await untilReady(child, here.url);
        return child;
    };

    it('comes from the environment, and is gone from it at once', async () => {
        const ring = await ringText();
        await rm(here.inside('keyring.json'));
        const child = await serveWith({ POSTATO_ENCRYPTION__KEYRING: ring });
        const { code, stdout } = await run('cat', [`/proc/${child.process.pid}/environ`]);
        if (process.getuid() === 0) {
            assert.equal(code, 0);
            assert.ok(stdout.includes('PATH='));
            for (const { key } of JSON.parse(ring).keys) assert.ok(!stdout.includes(key), 'the key is in /proc/PID/environ');
        }
        await child.stop();

        const environment = { env: { ...process.env, POSTATO_ENCRYPTION__KEYRING: ring } };
        const postato = (...words) => run(here.program, [...words, '--config', here.config], environment);
        assert.equal((await postato('key', 'verify')).code, 0);
        assert.match((await postato('key', 'rotate', '--ring')).stderr, /does not come from a file here/);
        assert.match((await postato('doctor')).stdout, /key ring: Handed over in the environment, and it opens/);
        assert.equal((await postato('workspace', 'list')).code, 0);
        const cut = await run(here.program, ['doctor', '--config', here.config], {
            env: { ...process.env, POSTATO_ENCRYPTION__KEYRING: ring.slice(0, 40) },
        });
        assert.match(cut.stdout, /fail {2}key ring: The key ring is not valid JSON/);
    });

    it('comes from a command, whose failures are told apart', async () => {
        const script = here.inside('print-keyring');
        const print = async (text) => {
            await writeFile(script, `#!/bin/sh\n${text}\n`);
            await chmod(script, 0o700);
        };
        const ring = here.inside('keyring.json');
        await here.configure({ encryption: { keyring_file: here.inside('none.json'), keyring_command: `${script} ${ring}` } });
        await print('cat "$1"');
        await (await here.serve()).stop();
        assert.equal((await here.postato('key', 'verify')).code, 0);
        assert.match((await here.postato('doctor')).stdout, /key ring: Delivered by the command, and it opens/);

        const refusals = [
            ['echo secret-canary; echo secret-canary >&2; exit 3', /print-keyring failed with exit code 3; run it/],
            ['kill -9 $$', /print-keyring was ended: Killed/],
            ['head -c 70000 /dev/zero | tr "\\0" x', /printed more than 64 kB/],
            ['echo secret-canary', /key ring is not valid JSON/],
        ];
        for (const [text, expected] of refusals) {
            await print(text);
            const { code, stdout, stderr } = await here.postato('serve');
            assert.equal(code, 1);
            assert.match(stderr, expected);
            assert.ok(!`${stdout}${stderr}`.includes('secret-canary'));
        }
        await rm(script);
        assert.match((await here.postato('serve')).stderr, /print-keyring cannot be started: No such file/);
    });

    it('may name its keys as it likes', async () => {
        const ring = JSON.parse(await ringText());
        const [{ id: made }] = ring.keys;
        const second = { id: '2', key: Buffer.alloc(32, 7).toString('base64url') };
        const named = { ...ring, active: 'main', keys: [{ ...ring.keys[0], id: 'main' }, second] };
        await writeFile(here.inside('keyring.json'), JSON.stringify(named), { mode: 0o600 });
        await (await here.serve()).stop();
        await here.json('key', 'rotate');

        const both = await here.postato('key', 'retire', '2', '--no-backup-needs-it');
        assert.match(both.stderr, /not clear whether that or the data key is meant/);
        assert.match((await here.postato('key', 'retire', made)).stderr, /neither the number of a data key nor the id of a key of the ring/);
        assert.match((await here.postato('key', 'retire', 'main', '--no-backup-needs-it')).stderr, /main still wraps 2 data keys/);
        const { ringKey } = await here.json('key', 'rotate', '--ring');
        assert.deepEqual(await here.json('key', 'rewrap'), { ringKey, rewrapped: 2 });
        assert.equal((await here.json('key', 'retire', 'main', '--no-backup-needs-it')).ringKey, 'main');
        assert.deepEqual(JSON.parse(await ringText()).keys.map(({ id }) => id), ['2', ringKey]);
    });

    it('has another key put to use with a record of it, or not at all', async () => {
        await here.json('migrate');
        const { ringKey } = await here.json('key', 'rotate', '--ring');
        const before = await ringText();
        assert.match((await here.postato('key', 'rewrap')).stderr, /This database was never used/);
        assert.equal(await ringText(), before);
        await (await here.serve()).stop();
        await here.json('key', 'rewrap');
        assert.equal(JSON.parse(await ringText()).active, ringKey);
        const types = (await here.json('audit', 'list')).items.map(({ type }) => type);
        assert.ok(types.includes('ring_key.activated'), types.join(' '));
    });

    it('does not stand in the configuration', async () => {
        await here.configure({ encryption: { keyring: 'x', keyring_command: 'relative' } });
        const { code, stderr } = await here.postato('serve');
        assert.equal(code, 1);
        assert.match(stderr, /encryption\.keyring: the keys must not stand in the configuration/);
        assert.match(stderr, /encryption\.keyring_command: must begin with the absolute path/);
    });
});
