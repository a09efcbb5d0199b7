// A database, or a disk, that takes no writes for a while: acts are refused and lose nothing, looking goes
// on, and all of it clears by itself.

import assert from 'node:assert/strict';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { Client } from './support/api.mjs';
import { run, startDemo, temporaryDirectory } from './support/demo.mjs';
import { request } from './support/http.mjs';
import { makePostgresDatabase, withoutPostgres } from './support/postgres.mjs';
import { until } from './support/until.mjs';

const ready = async (demo) => (await request('GET', `${demo.url}/ready`)).status;

/** An act is refused at once and changes nothing; what is only read is answered. */
async function actsAreRefused(client, id) {
    const began = Date.now();
    const refused = await client.disconnect(id);
    assert.equal(refused.status, 503, refused.body);
    assert.equal(JSON.parse(refused.body).error, 'unavailable');
    assert.ok(Number(refused.headers['retry-after']) > 0, JSON.stringify(refused.headers));
    assert.ok(Date.now() - began < 10_000);
    assert.equal((await client.account(id)).status, 'connected');
    assert.ok((await client.events(id)).length > 0);
}

async function actsAreDone(client, id) {
    await until(() => client.disconnect(id), ({ status }) => status === 200, 'the disconnect');
    assert.deepEqual(await client.accounts('twitter'), []);
}

describe('a standby that takes no writes', { skip: withoutPostgres }, () => {
    let database;
    let demo;
    beforeEach(async () => {
        database = await makePostgresDatabase();
        demo = await startDemo(['--database', database.url]);
    });
    afterEach(async () => {
        await demo?.stop();
        await database?.drop();
    });

    it('is looked at, and written again when it takes over', async () => {
        const client = new Client(demo);
        const { id } = await client.connect('twitter', 'ada');
        await database.execute('UPDATE api_keys SET last_used_at = 0'); // so that a look would write, too
        await database.readOnly('on');
        await until(() => client.disconnect(id), ({ status }) => status !== 200, 'the sessions to be gone');
        await actsAreRefused(client, id);
        await database.readOnly('off');
        await actsAreDone(client, id);
        assert.equal(await ready(demo), 200);
    });
});

/** A small file system of its own; undefined where we may not mount one. */
class Disk {
    static async mount() {
        const disk = new Disk();
        disk.path = await temporaryDirectory();
        const { code } = await run('mount', ['-t', 'tmpfs', '-o', 'size=256m,mode=700', 'tmpfs', disk.path]);
        if (code === 0) return disk;
        await rm(disk.path, { recursive: true });
        return undefined;
    }
    get #filler() {
        return join(this.path, 'filler');
    }
    /** Until not a byte is left. */
    async fill() {
        const file = await open(this.#filler, 'a');
        try {
            for (let block = 1 << 16; block > 0; ) {
                const { bytesWritten } = await file.write(Buffer.alloc(block)).catch(() => ({ bytesWritten: 0 }));
                if (bytesWritten < block) block >>= 1;
            }
        } finally {
            await file.close();
        }
    }
    clear() {
        return rm(this.#filler);
    }
    async unmount() {
        await run('umount', ['-l', this.path]);
        await rm(this.path, { recursive: true, force: true });
    }
}

describe('a full disk', () => {
    let disk;
    let demo;
    before(async () => {
        disk = await Disk.mount();
    });
    afterEach(() => demo?.stop());
    after(() => disk?.unmount());

    it('under SQLite refuses acts, lets people look, and clears by itself', async (t) => {
        if (!disk) return t.skip('no file system may be mounted here');
        demo = await startDemo([], () => ({ POSTATO_DATABASE__URL: `sqlite3://${join(disk.path, 'postato.db')}` }));
        const client = new Client(demo);
        const { id } = await client.connect('twitter', 'ada');
        await disk.fill();
        await actsAreRefused(client, id);
        await actsAreRefused(client, id);
        await disk.clear();
        await actsAreDone(client, id);
    });

    it('under the journal stops every call to a platform, and clears by itself', async (t) => {
        if (!disk) return t.skip('no file system may be mounted here');
        demo = await startDemo([], () => ({ POSTATO_SERVER__STATE_DIRECTORY: join(disk.path, 'state') }));
        const client = new Client(demo);
        await client.sandbox.lifetimes('twitter', { access: 8 });
        const { id } = await client.connect('twitter', 'ada');
        await disk.fill();
        await until(() => ready(demo), (status) => status === 503, '503 of /ready');
        const refreshes = async () => (await client.sandbox.requests('twitter')).refresh;
        const before = await refreshes();
        // Its token has ended by then, and nobody has asked for another.
        await until(
            () => client.health(id),
            ({ token }) => Date.parse(token.expiresAt) < Date.now(),
            'the token to end',
        );
        assert.equal(await refreshes(), before);
        assert.equal((await client.account(id)).status, 'connected');
        await disk.clear();
        await until(refreshes, (count) => count > before, 'a refresh');
        assert.equal(await ready(demo), 200);
        assert.equal((await client.account(id)).status, 'connected');
        const [grant] = (await client.sandbox.oracle('twitter')).grants;
        assert.deepEqual([grant.alive, grant.reuseAttempts], [true, 0]);
    });
});
