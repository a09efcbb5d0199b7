// The real thing: the demo, started for these tests alone, with its own ports and data.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const kScript = fileURLToPath(new URL('../../../scripts/demo.sh', import.meta.url));
const kLastLines = 40;
/** The first start of a fresh clone builds everything. */
const kStartMs = Number(process.env.POSTATO_DEMO_TIMEOUT_MS ?? 30 * 60 * 1000);

/** POSTATO_DEMO_COMMAND, split at spaces, stands in for scripts/demo.sh. */
export async function startDemo() {
    const data = await mkdtemp(join(tmpdir(), 'postato-browser-'));
    const [port, sandboxPort] = await Promise.all([freePort(), freePort()]);
    const [command, ...given] = process.env.POSTATO_DEMO_COMMAND?.split(' ').filter(Boolean) ?? [kScript];
    const args = [...given, '--json', '--data', data, '--port', String(port), '--sandbox-port', String(sandboxPort)];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const log = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
        log.push(line);
        if (log.length > kLastLines) log.shift();
    });
    const stop = async () => {
        child.kill('SIGTERM');
        await ended;
        await rm(data, { recursive: true, force: true });
    };
    try {
        const facts = JSON.parse(await firstLine(child, ended));
        return { ...facts, log, stop };
    } catch (error) {
        await stop();
        throw new Error(`${error.message}\n${log.join('\n')}`);
    }
}

function firstLine(child, ended) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`the demo was not ready after ${kStartMs / 1000} s`)), kStartMs);
        const settle = (finish) => (value) => {
            clearTimeout(timer);
            finish(value);
        };
        createInterface({ input: child.stdout }).once('line', settle(resolve));
        child.once('error', settle(reject));
        ended.then(settle((code) => reject(new Error(`the demo ended with ${code} before it was ready`))));
    });
}

function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer().once('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

/** JSON of the demo's API, asked as an API client would. */
export async function apiGet({ url, apiKey }, path) {
    const response = await fetch(url + path, { headers: { Authorization: `Bearer ${apiKey}` } });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return response.json();
}

/** What really happened, as the sandbox's control interface tells it. */
export function sandboxOf({ sandboxUrl }) {
    const get = async (what, platform) => {
        const response = await fetch(`${sandboxUrl}/_sandbox/${what}?platform=${platform}`);
        if (!response.ok) throw new Error(`sandbox ${what}: ${response.status}`);
        return response.json();
    };
    return {
        people: async (platform) => (await get('people', platform)).people,
        oracle: (platform) => get('oracle', platform),
        livingGrants: async (platform, person) =>
            (await get('oracle', platform)).grants.filter(({ alive, personId }) => alive && personId === person.id),
        /** The grant the person gave last: the one that a connected account lives on. */
        newestGrant: async (platform, person) =>
            (await get('oracle', platform)).grants.filter(({ personId }) => personId === person.id).at(-1),
    };
}
