// A database that answers but will not have us ends the start with what it said; one that goes away
// under a running service makes it wait, not end.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { request } from './support/http.mjs';
import { Installation } from './support/installation.mjs';
import { makePostgresDatabase, withoutPostgres } from './support/postgres.mjs';
import { until } from './support/until.mjs';

let here;
beforeEach(async () => {
    here = await Installation.make();
});
afterEach(() => here.remove());

async function prepare(url) {
    await here.configure({ database: { url } });
    assert.equal((await here.postato('key', 'init')).code, 0);
}

/** `serve` must fail with one line that is no log and matches. */
async function refuses(pattern) {
    const { code, stderr } = await here.postato('serve');
    assert.equal(code, 1, stderr);
    const lines = stderr.trim().split('\n').filter((line) => !line.startsWith('{'));
    assert.equal(lines.length, 1, stderr);
    assert.match(lines[0], pattern);
    await assert.rejects(request('GET', `${here.url}/live`), /ECONNREFUSED/);
}

describe('serve refuses', () => {
    it('a file that is no SQLite database', async () => {
        await prepare(`sqlite3://${here.inside('notes.txt')}`);
        await writeFile(here.inside('notes.txt'), 'Not a database, and longer than its header of 100 bytes. '.repeat(20));
        await refuses(/database cannot be used.*\b26 /);
    });

    it('an SQLite database in a directory that is not there', async () => {
        await prepare(`sqlite3://${here.inside('nowhere/postato.db')}`);
        await refuses(/nowhere/);
    });

    describe('on PostgreSQL', { skip: withoutPostgres }, () => {
        let database;
        before(async () => {
            database = await makePostgresDatabase();
        });
        after(() => database?.drop());

        const withUrl = (changes) => Object.assign(new URL(database.url), changes).href;

        it('a database that does not exist', async () => {
            await prepare(withUrl({ pathname: '/no_such_database' }));
            await refuses(/no_such_database.*does not exist/);
        });

        it('a role that does not exist', async () => {
            await prepare(withUrl({ username: 'no_such_role' }));
            await refuses(/no_such_role.*does not exist/);
        });

        it('a role that may make no tables', async () => {
            await prepare(await database.urlFor('reader'));
            await refuses(/database cannot be used.*42501 .*permission denied/);
        });
    });
});

describe('a running service', { skip: withoutPostgres }, () => {
    it('is alive but not ready while its database is away, and recovers by itself', async () => {
        const database = await makePostgresDatabase();
        await prepare(database.url);
        const service = await here.serve();
        const key = await here.json('workspace', 'create', 'Acme');
        const { key: secret } = await here.json('api-key', 'create', '--name', 'test', '--workspace', key.id, '--permission', 'accounts.read');
        const ask = (path) => request('GET', `${here.url}${path}`, { headers: { authorization: `Bearer ${secret}` } });
        assert.equal((await ask('/v1/workspaces')).status, 200);

        await database.goAway();
        await until(() => ask('/ready'), ({ status }) => status === 503, '503 of /ready');
        assert.equal((await ask('/live')).status, 200);
        const refused = await ask('/v1/workspaces');
        assert.equal(refused.status, 503);
        assert.equal(JSON.parse(refused.body).error, 'unavailable');

        await database.comeBack();
        await until(() => ask('/ready'), ({ status }) => status === 200, '200 of /ready');
        assert.equal((await ask('/v1/workspaces')).status, 200);
        assert.deepEqual(await service.stop(), { code: 0, signal: null });
        await database.drop();
    });
});
