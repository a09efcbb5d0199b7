// The audit trail over real processes: what is in it, that nothing is done without it, and that nobody
// can change it unnoticed.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { Client } from './support/api.mjs';
import { kBuild, run, startDemo } from './support/demo.mjs';
import { makePostgresDatabase, withoutPostgres } from './support/postgres.mjs';
import { until } from './support/until.mjs';
import { Visitor } from './support/visitor.mjs';

const kDatabases = [
    { name: 'SQLite', skip: false, make: async () => null },
    { name: 'PostgreSQL', skip: withoutPostgres, make: makePostgresDatabase },
];

for (const { name, skip, make } of kDatabases) {
    describe(`the audit trail on ${name}`, { skip }, () => {
        let database;
        let demo;
        let client;
        beforeEach(async () => {
            database = await make();
            demo = await startDemo(database ? ['--database', database.url] : []);
            client = new Client(demo);
        });
        afterEach(async () => {
            await demo?.stop();
            await database?.drop();
        });

        const postato = (...words) => run(`${kBuild}/bin/postato`, [...words, '--config', demo.config]);
        const json = async (...words) => JSON.parse((await postato(...words, '--json')).stdout);
        const execute = async (statement) => {
            if (database) return database.execute(statement);
            const { code, stderr } = await run('sqlite3', ['-cmd', '.timeout 5000', join(demo.data, 'postato.db'), statement]);
            assert.equal(code, 0, stderr);
        };

        it('says who did what, from where, and with which result', async () => {
            const { id } = await client.connect('twitter', 'ada');
            const visitor = new Visitor();
            const secret = new URL(demo.signInUrl).hash.slice(1);
            assert.equal((await visitor.post(`${demo.url}/session/link`, { secret })).status, 200);
            assert.equal((await new Visitor().post(`${demo.url}/session/link`, { secret })).status, 401);
            const wrong = { email: 'somebody@example.com', password: 'not the password' };
            assert.equal((await new Visitor().post(`${demo.url}/session`, wrong)).status, 401);
            assert.equal((await client.disconnect(id)).status, 200);
            await until(() => client.events(id), ([newest]) => newest.type === 'account.revocation', 'the revocation');
            await json('key', 'rotate');

            const { items } = await json('audit', 'list', '--number', '100');
            const only = (type) => {
                const found = items.filter((item) => item.type === type);
                assert.equal(found.length, 1, `${type} among ${items.map((item) => item.type)}`);
                return found[0];
            };
            const connected = only('account.connected');
            assert.equal(connected.account, id);
            assert.equal(connected.chain, demo.workspaceId);
            assert.match(connected.actor, /^lnk_/);
            assert.equal(connected.origin, '127.0.0.1');
            assert.match(only('connect_link.created').actor, /^key_/);
            const disconnected = only('account.disconnected');
            assert.deepEqual([disconnected.origin, disconnected.data.revocation], ['127.0.0.1', 'queued']);
            assert.match(disconnected.actor, /^key_/);
            assert.deepEqual(only('account.revocation').data, { outcome: 'revoked' });
            assert.match(only('session.opened').actor, /^usr_/);
            const refused = items.filter(({ type }) => type === 'session.refused').map(({ actor, data }) => [actor, data.by]);
            assert.deepEqual(refused, [['nobody', 'password'], ['nobody', 'link']]);
            for (const type of ['user.created', 'workspace.created', 'api_key.created', 'user.link_made', 'data_key.replaced'])
                assert.match(only(type).origin, /^\w.*@/, type);

            // The account's timeline is the same trail.
            const timeline = items.filter(({ account }) => account === id).map((item) => item.id);
            assert.deepEqual((await client.events(id)).map((event) => event.id).sort(), timeline.sort());
            const text = JSON.stringify(items);
            for (const known of [secret, wrong.password, wrong.email, demo.apiKey]) assert.ok(!text.includes(known));
            const proof = await json('audit', 'verify');
            assert.deepEqual([proof.ok, proof.records, proof.problems], [true, items.length, []]);
        });

        it('stops every act while it cannot be written, and lets people look', async () => {
            const { id } = await client.connect('twitter', 'ada');
            await execute('ALTER TABLE audit_chains RENAME TO elsewhere');
            const answer = await client.disconnect(id);
            assert.equal(answer.status, 503, answer.body);
            assert.match(answer.body, /audit trail cannot be written, so nothing was changed/);
            assert.equal((await client.account(id)).status, 'connected');
            assert.equal((await client.accounts('twitter')).length, 1);
            assert.ok((await client.events(id)).length > 0);
            const command = await postato('workspace', 'create', 'Another');
            assert.equal(command.code, 1);
            assert.match(command.stderr, /audit trail cannot be written/);
            await execute('ALTER TABLE elsewhere RENAME TO audit_chains');
            assert.equal((await client.disconnect(id)).status, 200);
        });

        it('has a person and their place in a workspace together, or neither', async () => {
            const words = ['user', 'create', '--email', 'bob@example.com', '--workspace', demo.workspaceId, '--role', 'editor'];
            const made = async () => (await json('audit', 'list')).items.filter(({ data }) => data.user).map(({ type }) => type);
            const before = await made();
            await execute('ALTER TABLE workspace_members RENAME TO elsewhere');
            assert.equal((await postato(...words)).code, 1);
            await execute('ALTER TABLE elsewhere RENAME TO workspace_members');
            assert.deepEqual(await made(), before);
            const again = await postato(...words);
            assert.equal(again.code, 0, again.stderr);
            assert.equal((await made()).length, before.length + 2);
        });

        it('shows what was done to it behind its back', async () => {
            await client.connect('twitter', 'ada');
            const kept = join(demo.data, 'kept.json');
            await writeFile(kept, (await postato('audit', 'verify', '--json')).stdout);
            assert.equal((await postato('audit', 'verify', '--against', kept)).code, 0);
            const refused = database
                ? await database.execute("UPDATE audit_records SET actor = 'usr_nobody'").catch((error) => error)
                : await run('sqlite3', [join(demo.data, 'postato.db'), "UPDATE audit_records SET actor = 'usr_nobody'"]);
            assert.match(String(refused.stderr ?? refused), /audit records are never changed/);

            await execute(database ? 'ALTER TABLE audit_records DISABLE TRIGGER USER' : 'DROP TRIGGER audit_records_kept');
            await execute("UPDATE audit_records SET actor = 'usr_nobody' WHERE type = 'account.connected'");
            const { code, stdout } = await postato('audit', 'verify');
            assert.equal(code, 1);
            assert.match(stdout, new RegExp(`chain ${demo.workspaceId}: record \\d+ \\(evt_\\w+, account\\.connected\\) was altered`));
            await writeFile(kept, '{}');
            assert.match((await postato('audit', 'verify', '--against', kept)).stderr, /kept\.json is not what `postato audit verify --json` prints/);
        });
    });
}
