// An installation of a test's own, without the demo around it: a directory, a configuration, a port.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Child, freePort, kBuild, kPostato, root, run, temporaryDirectory } from './demo.mjs';
import { request } from './http.mjs';
import { until } from './until.mjs';

export class Installation {
    static async make() {
        return new Installation(await temporaryDirectory(), await freePort());
    }

    constructor(directory, port) {
        this.directory = directory;
        this.port = port;
        this.program = kPostato;
        this.config = this.inside('postato.ini');
        this.services = [];
    }

    get url() {
        return `http://127.0.0.1:${this.port}`;
    }

    inside(name) {
        return join(this.directory, name);
    }

    /** The keys of `sections` replace the usual ones, or come behind them. */
    async configure(sections = {}) {
        const usual = {
            server: {
                listen: `127.0.0.1:${this.port}`,
                state_directory: this.inside('state'),
                dashboard_directory: root('dashboard/static'),
            },
            database: {
                url: `sqlite3://${this.inside('postato.db')}`,
                migrations_directory: root('sql/migrations'),
            },
            encryption: { keyring_file: this.inside('keyring.json') },
            plugins: { directory: join(kBuild, 'plugins') },
            refresh: { confirm_after: 1 },
        };
        const names = new Set([...Object.keys(usual), ...Object.keys(sections)]);
        const text = [...names].map((name) => {
            const lines = Object.entries({ ...usual[name], ...sections[name] }).map(([key, value]) => `${key} = ${value}\n`);
            return `[${name}]\n${lines.join('')}`;
        });
        await mkdir(this.inside('state'), { recursive: true, mode: 0o700 });
        await writeFile(this.config, text.join('\n'), { mode: 0o600 });
    }

    postato(...words) {
        return run(this.program, [...words, '--config', this.config]);
    }

    /** A command that must work; resolves to its JSON. */
    async json(...words) {
        const { code, stdout, stderr } = await this.postato(...words, '--json');
        if (code !== 0) throw new Error(`postato ${words.join(' ')}: ${code} ${stderr}`);
        return JSON.parse(stdout);
    }

    /** Resolves when it is ready. */
    async serve() {
        const child = new Child(this.program, ['serve', '--config', this.config]);
        this.services.push(child);
        await untilReady(child, this.url);
        return child;
    }

    /** Ends what a failed test has left running, too. */
    async remove() {
        for (const service of this.services) if (service.process.exitCode === null) await service.stop();
        await rm(this.directory, { recursive: true, force: true });
    }
}

/** Resolves when the `postato` that `child` is answers at `url`; fails when it ends before. */
export async function untilReady(child, url) {
    const isReady = async () => {
        if (child.process.exitCode !== null || child.process.signalCode !== null) throw new Error(child.said);
        return (await request('GET', `${url}/ready`).catch(() => null))?.status === 200;
    };
    await until(isReady, Boolean, `${url}/ready`);
}
