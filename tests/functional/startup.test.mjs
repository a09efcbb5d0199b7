// What cannot work ends at the start: one clear line, a failure's exit code, nothing touched, no open
// port. What the database may refuse stands in database_refusals.test.mjs.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { freePort, run } from './support/demo.mjs';
import { request } from './support/http.mjs';
import { Installation } from './support/installation.mjs';
import { makePostgresDatabase, withoutPostgres } from './support/postgres.mjs';

let here;
beforeEach(async () => {
    here = await Installation.make();
});
afterEach(() => here.remove());

/** What a SQLite database of `here` is, in the terms of makePostgresDatabase(). */
function makeSqliteDatabase() {
    const file = here.inside('postato.db');
    return {
        url: `sqlite3://${file}`,
        content: () => readFile(file, 'latin1'),
        async execute(statement) {
            const { code, stderr } = await run('sqlite3', [file, statement]);
            assert.equal(code, 0, stderr);
        },
        drop: () => {},
    };
}

const kDatabases = [
    { name: 'SQLite', skip: false, make: makeSqliteDatabase },
    { name: 'PostgreSQL', skip: withoutPostgres, make: makePostgresDatabase },
];

const makeKeys = async () => assert.equal((await here.postato('key', 'init')).code, 0);
const isThere = (name) => readFile(here.inside(name)).then(() => true, () => false);

/** `serve` must fail with a last line that matches; resolves to its lines that are no log. */
async function refuses(pattern) {
    const { code, stdout, stderr } = await here.postato('serve');
    assert.equal(code, 1, stderr);
    assert.equal(stdout, '');
    const lines = stderr.trim().split('\n').filter((line) => !line.startsWith('{'));
    assert.match(lines.at(-1), pattern);
    return lines;
}

const isClosed = () => assert.rejects(request('GET', `${here.url}/live`), /ECONNREFUSED/);

describe('serve refuses', () => {
    it('a configuration with problems, all of them at once', async () => {
        await here.configure({
            sever: { x: 1 },
            'platform.twiter': { client_id: 'a' },
            'platform.twitter': { clientid: 'b' },
        });
        const lines = await refuses(/^postato: /);
        const text = lines.join('\n');
        for (const key of ['sever.x: ', 'platform.twiter: ', 'platform.twitter.clientid: '])
            assert.ok(text.includes(key), text);
        assert.equal(lines.length, 3);
        await isClosed();
    });

    it('a missing key ring, and leaves the database alone', async () => {
        await here.configure();
        assert.equal((await refuses(/keyring\.json.*key init/)).length, 1);
        assert.equal(await isThere('postato.db'), false);
        await isClosed();
    });

    it('a key ring that others may read, or a link to one', async () => {
        await here.configure();
        await makeKeys();
        await chmod(here.inside('keyring.json'), 0o644);
        assert.equal((await refuses(/keyring\.json/)).length, 1);
        await chmod(here.inside('keyring.json'), 0o600);
        await rename(here.inside('keyring.json'), here.inside('elsewhere.json'));
        await symlink(here.inside('elsewhere.json'), here.inside('keyring.json'));
        assert.equal((await refuses(/keyring\.json/)).length, 1);
        await isClosed();
    });

    it('a key ring that was cut', async () => {
        await here.configure();
        await makeKeys();
        const ring = await readFile(here.inside('keyring.json'), 'utf8');
        await writeFile(here.inside('keyring.json'), ring.slice(0, ring.length / 2));
        assert.equal((await refuses(/key ring/i)).length, 1);
        assert.equal(await isThere('postato.db'), false);
        await isClosed();
    });

    for (const { name, skip, make } of kDatabases) {
        describe(`on ${name}, and leaves the database alone:`, { skip }, () => {
            let database;
            let before;
            beforeEach(async () => {
                database = await make();
                await here.configure({ database: { url: database.url } });
                await makeKeys();
                await (await here.serve()).stop();
                before = await database.content();
            });
            afterEach(() => database?.drop());

            const isUntouched = async () => {
                assert.ok(before.length > 0);
                assert.ok(before === (await database.content()), 'the database has changed');
                await isClosed();
            };

            it('the key ring of another installation', async () => {
                await rm(here.inside('keyring.json'));
                await makeKeys();
                assert.equal((await refuses(/key ring/i)).length, 1);
                await isUntouched();
            });

            it('its own key ring with another key under the same name', async () => {
                const ring = JSON.parse(await readFile(here.inside('keyring.json'), 'utf8'));
                ring.keys[0].key = randomBytes(32).toString('base64url');
                await writeFile(here.inside('keyring.json'), JSON.stringify(ring));
                assert.equal((await refuses(/key ring/i)).length, 1);
                await isUntouched();
            });

            it('a schema of a newer version', async () => {
                await database.execute(
                    'INSERT INTO schema_migrations SELECT 9999, name, checksum, applied_at FROM schema_migrations LIMIT 1',
                );
                before = await database.content();
                assert.equal((await refuses(/newer/)).length, 1);
                await isUntouched();
            });
        });
    }

    it('an unreachable database, without repeating its password', async () => {
        await here.configure({ database: { url: `postgresql://nobody:hunter2@127.0.0.1:${await freePort()}/none` } });
        await makeKeys();
        const lines = await refuses(/database/i);
        assert.equal(lines.length, 1);
        assert.ok(!lines[0].includes('hunter2'));
        await isClosed();
    });

    it('a port in use', async () => {
        await here.configure();
        await makeKeys();
        const other = createServer();
        await new Promise((resolve) => other.listen(here.port, '127.0.0.1', resolve));
        const lines = await refuses(new RegExp(`${here.port}`));
        await new Promise((resolve) => other.close(resolve));
        assert.equal(lines.length, 1);
        assert.equal(await isThere('postato.db'), false);
    });

    it('a SQLite database that another process serves', async () => {
        await here.configure();
        await makeKeys();
        const first = await here.serve();
        const taken = here.url;
        here.port = await freePort();
        await here.configure();
        assert.equal((await refuses(/SQLite.*stop it first/)).length, 1);
        await isClosed();
        assert.equal((await request('GET', `${taken}/ready`)).status, 200);
        assert.deepEqual(await first.stop(), { code: 0, signal: null });
    });
});

describe('migrate', () => {
    it('is the first command on a new machine: it makes the directory that the database lies in', async () => {
        await here.configure({ database: { url: `sqlite3://${here.inside('state/postato.db')}` } });
        await rm(here.inside('state'), { recursive: true });
        assert.deepEqual((await here.json('migrate')).applied.slice(0, 1), ['0001_initial']);
        assert.equal((await run('stat', ['-c', '%a', here.inside('state')])).stdout.trim(), '700');
        assert.deepEqual((await here.json('migrate')).applied, []);
    });
});

describe('serve', () => {
    it('starts with a broken plugin, and says so', async () => {
        await mkdir(here.inside('plugins'), { mode: 0o755 });
        await writeFile(here.inside('plugins/broken.so'), 'not a shared object');
        await here.configure({ plugins: { directory: here.inside('plugins') } });
        await makeKeys();
        const service = await here.serve();
        assert.match(service.said, /"event":"plugin.refused".*broken\.so/);
        assert.deepEqual(await service.stop(), { code: 0, signal: null });
        assert.equal((await here.json('plugin', 'list')).items[0].state, 'refused');
    });

    it('keeps its memory to itself', async () => {
        await here.configure();
        await makeKeys();
        const service = await here.serve();
        const limits = await readFile(`/proc/${service.process.pid}/limits`, 'utf8');
        assert.match(limits, /Max core file size +0 +0/);
        // What is not dumpable belongs to root under /proc, whoever runs it.
        const { stdout } = await run('stat', ['-c', '%U', `/proc/${service.process.pid}/mem`]);
        assert.equal(stdout.trim(), 'root');
        await service.stop();
    });
});

describe('doctor', () => {
    const states = async () => {
        const { stdout } = await here.postato('doctor', '--json');
        return JSON.parse(stdout).checks.reduce((all, { name, state }) => ({ ...all, [name]: [...(all[name] ?? []), state] }), {});
    };

    it('says what is fine, what is missing and what is broken', async () => {
        await here.configure({ 'platform.twitter': { client_id: 'a', client_secret: 'b' } });
        const { code, stdout } = await here.postato('doctor');
        assert.equal(code, 1);
        assert.match(stdout, /^fail +key ring: .*key init/m);
        assert.match(stdout, /^warn +database: /m);
        assert.match(stdout, /^ok +plugins: twitter/m);
        assert.match(stdout, /^warn +plugins: linkedin/m);
        assert.match(stdout, new RegExp(`^ok +redirect URIs: .*${here.url}/connect/twitter/callback`, 'm'));
        assert.equal(await isThere('postato.db'), false);
    });

    it('warns of a PostgreSQL that may lose what it has committed', { skip: withoutPostgres }, async () => {
        const database = await makePostgresDatabase();
        try {
            await here.configure({ database: { url: database.url } });
            await here.json('migrate');
            const { stdout } = await here.postato('doctor');
            const fsync = await database.execute('SHOW fsync');
            assert.equal(/^warn +database: The server runs with fsync=off: .* Set fsync=on$/m.test(stdout), fsync === 'off');
        } finally {
            await database.drop();
        }
    });

    it('is content beside a running service', async () => {
        await here.configure();
        await makeKeys();
        const service = await here.serve();
        assert.equal((await here.postato('doctor')).code, 0);
        assert.deepEqual((await states())['key ring'], ['ok']);
        assert.deepEqual((await states()).database, ['ok']);
        await service.stop();
    });
});
