// Where keys lie in a running process: in the memory that is locked, kept out of core files and wiped,
// and nowhere else. Reading another's memory takes root.

import assert from 'node:assert/strict';
import { open, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { Client } from './support/api.mjs';
import { run, startDemo } from './support/demo.mjs';
import { until } from './support/until.mjs';

const kMustBeRoot = process.getuid() === 0 ? false : 'only root reads the memory of a process that is not dumpable';

/** The writable mappings of a process: where, what for, and whether it is kept out of core files. */
async function mappingsOf(pid) {
    const mappings = [];
    for (const line of (await readFile(`/proc/${pid}/smaps`, 'latin1')).split('\n')) {
        const head = line.match(/^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)$/);
        if (head) mappings.push({ from: parseInt(head[1], 16), to: parseInt(head[2], 16), rights: head[3], name: head[4], flags: '' });
        else if (line.startsWith('VmFlags:')) mappings.at(-1).flags = line;
    }
    return mappings.filter(({ rights, name }) => rights.startsWith('rw') && !name.startsWith('[v'));
}

/** The mappings in which the bytes stand. */
async function findIn(pid, bytes) {
    const memory = await open(`/proc/${pid}/mem`, 'r');
    const found = [];
    try {
        for (const mapping of await mappingsOf(pid)) {
            const buffer = Buffer.alloc(mapping.to - mapping.from);
            const { bytesRead } = await memory.read(buffer, 0, buffer.length, mapping.from).catch(() => ({ bytesRead: 0 }));
            for (let at = -1; (at = buffer.subarray(0, bytesRead).indexOf(bytes, at + 1)) >= 0; ) found.push(mapping);
        }
    } finally {
        await memory.close();
    }
    return found;
}

describe('the memory of a running service', { skip: kMustBeRoot }, () => {
    let demo;
    beforeEach(async () => {
        demo = await startDemo();
    });
    afterEach(() => demo?.stop());

    it('holds the key of the ring where it is locked and kept out of core files, and nowhere else', async () => {
        const client = new Client(demo);
        await client.sandbox.lifetimes('twitter', { access: 3 });
        await client.connect('twitter', 'ada');
        await until(async () => (await client.sandbox.requests('twitter')).refresh, (count) => count >= 2, 'some work');
        const { stdout } = await run('pgrep', ['-f', `postato serve --config ${demo.config}`]);
        const pid = Number(stdout.trim().split('\n')[0]);
        assert.ok(pid > 0, stdout);

        const ring = JSON.parse(await readFile(`${demo.data}/keyring.json`, 'utf8'));
        const text = ring.keys[0].key;
        assert.deepEqual(await findIn(pid, Buffer.from(text)), [], 'the key as the file has it');
        const raw = await findIn(pid, Buffer.from(text, 'base64url'));
        assert.ok(raw.length > 0, 'the search finds what is there');
        for (const { flags, name } of raw) assert.match(flags, /\blo\b.*\bdd\b/, name);
        // The search would see it: the id of the ring is no secret.
        assert.ok((await findIn(pid, Buffer.from(ring.id))).length > 0);
    });
});
