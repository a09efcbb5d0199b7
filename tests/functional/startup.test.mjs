// What cannot work ends at the start: one clear line, a failure's exit code, nothing touched, no open
// port. And a start that works ends with SIGTERM and exit code 0.

import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { Client } from './support/api.mjs';
import { Child, freePort, kBuild, kPostato, root, run, startDemo, temporaryDirectory } from './support/demo.mjs';
import { request } from './support/http.mjs';

let directory;
let port;
beforeEach(async () => {
    directory = await temporaryDirectory();
    port = await freePort();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const inside = (name) => join(directory, name);

async function writeConfig({ more = '', url = `sqlite3://${inside('postato.db')}`, plugins = join(kBuild, 'plugins') } = {}) {
    await writeFile(
        inside('postato.ini'),
        `[server]
listen = 127.0.0.1:${port}
state_directory = ${inside('state')}
dashboard_directory = ${root('dashboard/static')}
[database]
url = ${url}
migrations_directory = ${root('sql/migrations')}
[encryption]
keyring_file = ${inside('keyring.json')}
[plugins]
directory = ${plugins}
${more}`,
    );
}

const postato = (...args) => run(kPostato, [...args, '--config', inside('postato.ini')]);
const makeKeys = async () => assert.equal((await postato('key', 'init')).code, 0);

/** `serve` must fail with a last line that matches; resolves to its lines that are no log. */
async function refuses(pattern) {
    const { code, stdout, stderr } = await postato('serve');
    assert.equal(code, 1, stderr);
    assert.equal(stdout, '');
    const lines = stderr.trim().split('\n').filter((line) => !line.startsWith('{'));
    assert.match(lines.at(-1), pattern);
    await assert.rejects(request('GET', `http://127.0.0.1:${port}/live`), /ECONNREFUSED/);
    return lines;
}

async function serveOnce() {
    const child = new Child(kPostato, ['serve', '--config', inside('postato.ini')]);
    await untilReady(child);
    return child;
}

async function untilReady(child) {
    for (;;) {
        const answer = await request('GET', `http://127.0.0.1:${port}/ready`).catch(() => null);
        if (answer?.status === 200) return;
        if (child.process.exitCode !== null) throw new Error(child.said);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

describe('serve refuses', () => {
    it('a configuration with problems, all of them at once', async () => {
        await writeConfig({ more: '[sever]\nx = 1\n[platform.twiter]\nclient_id = a\n[platform.twitter]\nclientid = b' });
        const lines = await refuses(/^postato: /);
        const text = lines.join('\n');
        for (const part of ['sever.x: ', 'platform.twiter: ', 'platform.twitter.clientid: ']) assert.ok(text.includes(part), text);
        assert.equal(lines.length, 3);
    });

    it('a missing key ring, and leaves the database alone', async () => {
        await writeConfig();
        const lines = await refuses(/keyring\.json.*key init/);
        assert.equal(lines.length, 1);
        await assert.rejects(readFile(inside('postato.db')), /ENOENT/);
    });

    it('a key ring that others may read, or a link to one', async () => {
        await writeConfig();
        await makeKeys();
        await chmod(inside('keyring.json'), 0o644);
        assert.equal((await refuses(/keyring\.json/)).length, 1);
        await chmod(inside('keyring.json'), 0o600);
        await rename(inside('keyring.json'), inside('elsewhere.json'));
        await symlink(inside('elsewhere.json'), inside('keyring.json'));
        assert.equal((await refuses(/keyring\.json/)).length, 1);
    });

    it('the key ring of another installation, and leaves the database alone', async () => {
        await writeConfig();
        await makeKeys();
        await (await serveOnce()).stop();
        const before = await readFile(inside('postato.db'));
        await rm(inside('keyring.json'));
        await makeKeys();
        assert.equal((await refuses(/key ring/i)).length, 1);
        assert.ok(before.equals(await readFile(inside('postato.db'))));
    });

    it('a database made by a newer version', async () => {
        await writeConfig();
        await makeKeys();
        await (await serveOnce()).stop();
        const newer = await run('sqlite3', [
            inside('postato.db'),
            'INSERT INTO schema_migrations SELECT 9999, name, checksum, applied_at FROM schema_migrations LIMIT 1',
        ]);
        assert.equal(newer.code, 0, newer.stderr);
        assert.equal((await refuses(/newer/)).length, 1);
    });

    it('an unreachable database without repeating its password', async () => {
        await writeConfig({ url: `postgresql://nobody:hunter2@127.0.0.1:${await freePort()}/none` });
        await makeKeys();
        const lines = await refuses(/database/i);
        assert.equal(lines.length, 1);
        assert.ok(!lines[0].includes('hunter2'));
    });

    it('a port in use', async () => {
        await writeConfig();
        await makeKeys();
        const other = createServer();
        await new Promise((resolve) => other.listen(port, '127.0.0.1', resolve));
        const { code, stderr } = await postato('serve');
        await new Promise((resolve) => other.close(resolve));
        assert.equal(code, 1);
        assert.match(stderr.trim().split('\n').at(-1), new RegExp(`^postato: .*${port}`));
        await assert.rejects(readFile(inside('postato.db')), /ENOENT/);
    });

    it('a SQLite database that another process serves', async () => {
        await writeConfig();
        await makeKeys();
        const first = await serveOnce();
        const taken = port;
        port = await freePort();
        await writeConfig();
        assert.equal((await refuses(/SQLite.*stop it first/)).length, 1);
        port = taken;
        assert.equal((await request('GET', `http://127.0.0.1:${port}/ready`)).status, 200);
        assert.deepEqual(await first.stop(), { code: 0, signal: null });
    });
});

describe('serve', () => {
    it('starts with a broken plugin and an unconfigured one, and says so', async () => {
        await mkdir(inside('plugins'), { mode: 0o755 });
        await writeFile(inside('plugins/broken.so'), 'not a shared object');
        await writeConfig({ plugins: inside('plugins') });
        await makeKeys();
        const service = await serveOnce();
        assert.match(service.said, /"event":"plugin.refused".*broken\.so/);
        assert.deepEqual(await service.stop(), { code: 0, signal: null });
        const listed = JSON.parse((await postato('plugin', 'list', '--json')).stdout);
        assert.equal(listed.items[0].state, 'refused');
    });

    it('leaves nothing to read in its memory or command line', async () => {
        await writeConfig();
        await makeKeys();
        const service = await serveOnce();
        const limits = await readFile(`/proc/${service.process.pid}/limits`, 'utf8');
        assert.match(limits, /Max core file size +0 +0/);
        // A process that is not dumpable belongs to root under /proc, whoever runs it.
        const dumpable = await run('stat', ['-c', '%U', `/proc/${service.process.pid}/mem`]);
        assert.equal(dumpable.stdout.trim(), 'root');
        await service.stop();
    });

    it('needs the database to be ready, but not to be alive', async () => {
        await writeConfig();
        await makeKeys();
        const service = await serveOnce();
        assert.equal((await request('GET', `http://127.0.0.1:${port}/live`)).status, 200);
        await service.stop();
    });
});

describe('SIGTERM', () => {
    let demo;
    let client;
    before(async () => {
        demo = await startDemo();
        client = new Client(demo);
    });
    after(() => demo?.stop());

    it('lets a refresh in flight finish, answers /ready with 503, and ends with 0', async () => {
        const account = await client.connect('twitter', 'ada');
        await client.sandbox.hold('twitter', 'refresh');
        const refresh = client.refresh(account.id);
        for (let held = 0; held === 0; ) held = (await client.sandbox.requests('twitter')).refresh;
        const end = demo.child.ended;
        process.kill(demo.pid, 'SIGTERM');
        for (let status = 200; status !== 503; ) status = (await request('GET', `${demo.url}/ready`)).status;
        await client.sandbox.release();
        const answer = await refresh;
        assert.equal(answer.status, 200, answer.body);
        assert.equal(JSON.parse(answer.body).refreshed, true);
        assert.equal((await end).code, 0);
    });
});
