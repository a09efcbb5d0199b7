// The real processes: the demo with data and ports of its own, and the command line on its data.

import { execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const kRoot = fileURLToPath(new URL('../../../', import.meta.url));
const kStartMs = 60_000;
const kStopMs = 60_000;

/** The build that the tests drive. */
export const kBuild = resolvePath(process.env.POSTATO_BUILD_DIR ?? join(kRoot, 'build/dev'));
export const kPostato = join(kBuild, 'bin/postato');

export const root = (path) => join(kRoot, path);

/** A directory of the test's own. */
export const temporaryDirectory = () => mkdtemp(join(tmpdir(), 'postato-functional-'));

/** Below the ports that the system gives to whoever calls out, so that none is lost on the way. */
export async function freePort() {
    for (;;) {
        const port = randomInt(10_000, 20_000);
        if (await isFree(port)) return port;
    }
}

function isFree(port) {
    return new Promise((resolve) => {
        const server = createServer().once('error', () => resolve(false));
        server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
}

/** Runs to its end; resolves to `{ code, stdout, stderr }` whatever the code. */
export function run(command, args, options = {}) {
    return new Promise((resolve) => {
        const child = execFile(command, args, { timeout: 60_000, ...options }, (error, stdout, stderr) =>
            resolve({ code: error === null ? 0 : (error.code ?? error.signal), stdout, stderr }),
        );
        child.stdin.on('error', () => {}); // it may end without having read; its code says how
        child.stdin.end(options.input ?? '');
    });
}

// Whoever ends early, by an error or by a time limit, leaves nothing running behind.
const living = new Set();
process.on('exit', () => living.forEach((child) => child.kill('SIGTERM')));
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(1));

/** A child whose every line is kept. */
export class Child {
    constructor(command, args, options = {}) {
        this.lines = [];
        this.stdout = [];
        this.process = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
        living.add(this.process);
        this.ended = new Promise((resolve) =>
            this.process.once('close', (code, signal) => {
                living.delete(this.process);
                resolve({ code, signal });
            }),
        );
        createInterface({ input: this.process.stderr }).on('line', (line) => this.lines.push(line));
        this.firstLine = new Promise((resolve) =>
            createInterface({ input: this.process.stdout })
                .on('line', (line) => this.stdout.push(line))
                .once('line', resolve),
        );
    }

    /** Everything it has said so far. */
    get said() {
        return [...this.stdout, ...this.lines].join('\n');
    }

    /** How it ended: by `signal` if it obeys. */
    async stop(signal = 'SIGTERM') {
        this.process.kill(signal);
        const timer = setTimeout(() => this.process.kill('SIGKILL'), kStopMs);
        const end = await this.ended;
        clearTimeout(timer);
        return end;
    }
}

/**
 * The demo; `extra` are further arguments, `overrides(sandbox)` environment variables over its
 * configuration. Its facts, its `child`, its `data` directory, `stop()`.
 */
export async function startDemo(extra = [], overrides = () => ({})) {
    const data = await temporaryDirectory();
    const [port, sandboxPort] = await Promise.all([freePort(), freePort()]);
    const sandboxUrl = `http://localhost:${sandboxPort}`;
    const child = new Child(
        root('scripts/demo.sh'),
        ['--json', '--data', data, '--port', `${port}`, '--sandbox-port', `${sandboxPort}`, ...extra],
        { env: { ...process.env, POSTATO_BUILD_DIR: kBuild, ...overrides(sandboxUrl) } },
    );
    const timer = setTimeout(() => child.process.kill('SIGTERM'), kStartMs);
    const first = await Promise.race([child.firstLine, child.ended]);
    clearTimeout(timer);
    if (typeof first !== 'string') throw new Error(`the demo did not start:\n${child.said}`);
    const stop = async () => {
        const end = await child.stop();
        await rm(data, { recursive: true, force: true });
        return end;
    };
    return { ...JSON.parse(first), child, data, config: join(data, 'postato.ini'), port, sandboxPort, stop };
}
