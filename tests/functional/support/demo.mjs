// The real processes: the demo with data and ports of its own, and the command line on its data.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const kRoot = fileURLToPath(new URL('../../../', import.meta.url));
const kStartMs = 30 * 60 * 1000; // the first start of a fresh clone builds everything

/** The build that the tests drive. */
export const kBuild = process.env.POSTATO_BUILD_DIR ?? join(kRoot, 'build/release');
export const kPostato = join(kBuild, 'bin/postato');

export const root = (path) => join(kRoot, path);

/** A directory of the test's own. */
export const temporaryDirectory = () => mkdtemp(join(tmpdir(), 'postato-functional-'));

export function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer().once('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
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

/** A child whose every line is kept. */
export class Child {
    constructor(command, args, options = {}) {
        this.lines = [];
        this.stdout = [];
        this.process = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
        this.ended = new Promise((resolve) =>
            this.process.once('close', (code, signal) => resolve({ code, signal })),
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

    async stop(signal = 'SIGTERM') {
        this.process.kill(signal);
        return this.ended;
    }
}

/** The demo; `extra` are further arguments. Its facts, its `child`, its `data` directory, `stop()`. */
export async function startDemo(extra = []) {
    const data = await temporaryDirectory();
    const [port, sandboxPort] = await Promise.all([freePort(), freePort()]);
    const child = new Child(
        root('scripts/demo.sh'),
        ['--json', '--data', data, '--port', `${port}`, '--sandbox-port', `${sandboxPort}`, ...extra],
        { env: { ...process.env } },
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
