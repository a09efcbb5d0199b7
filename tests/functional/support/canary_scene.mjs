// A whole installation whose secrets are noted on their way, and all that it has said or kept.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { Canaries, learn } from './canaries.mjs';
import { Child, kBuild, run } from './demo.mjs';
import { request } from './http.mjs';
import { Installation } from './installation.mjs';
import { kPlatforms, platformSections } from './platforms.mjs';
import { Recorder } from './recorder.mjs';

/** The one person, an owner. */
export const kEmail = 'canary@example.com';

const mark = (what) => `canary-${what}-${randomBytes(16).toString('hex')}`;

/** A whole installation with recorders on both sides, and everything it did. */
export class Scene {
    canaries = new Canaries();
    commands = []; // what the command line printed
    dumps = []; // the database at several moments

    /** `database`: an empty PostgreSQL database, or nothing for SQLite. */
    static async open(database) {
        const scene = new Scene();
        scene.database = database;
        try {
            await scene.#build();
        } catch (error) {
            await scene.close();
            throw error;
        }
        return scene;
    }

    async #build() {
        this.here = await Installation.make();
        this.sandbox = new Child(join(kBuild, 'bin/postato-sandbox'), ['--port', '0', '--json']);
        this.sandboxUrl = JSON.parse(await this.sandbox.firstLine).url;
        this.platforms = await Recorder.before(this.sandboxUrl);
        this.front = await Recorder.before(this.here.url);
        await this.#configure();
        await this.#makePeople();
        this.service = await this.here.serve();
    }

    async close() {
        await this.service?.stop();
        await this.front?.stop();
        await this.platforms?.stop();
        await this.sandbox?.stop();
        await this.database?.drop();
        await this.here?.remove();
    }

    async #configure() {
        const secret = (platform) => this.#secret('client secret', mark(platform));
        const sections = platformSections(this.sandboxUrl, this.platforms.url, secret);
        for (const platform of kPlatforms) {
            const { client_id: clientId, client_secret: clientSecret } = sections[`platform.${platform}`];
            const answer = await request('POST', `${this.sandboxUrl}/_sandbox/clients`, {
                body: { platform, clientId, clientSecret },
            });
            assert.equal(answer.status, 200, answer.body);
        }
        if (this.database) sections.database = { url: this.database.url };
        sections.server = { public_url: this.front.url };
        sections.log = { level: 'debug' };
        sections.metrics = { token: this.#secret('metrics token', mark('metrics')) };
        await this.here.configure(sections);
        await this.command('key', 'init');
        await this.command('migrate');
        await this.learnKeys();
    }

    async learnKeys() {
        const ring = JSON.parse(await readFile(this.here.inside('keyring.json'), 'utf8'));
        for (const { key } of ring.keys) this.canaries.add('key', key);
    }

    async #makePeople() {
        this.workspaceId = (await this.command('workspace', 'create', 'Canaries')).id;
        await this.command('user', 'create', '--email', kEmail, '--tenant-role', 'owner');
        this.password = this.#secret('password', mark('password'));
        const set = await run(this.here.program, ['user', 'password', '--email', kEmail, '--config', this.here.config], {
            input: `${this.password}\n`,
        });
        assert.equal(set.code, 0, set.stderr);
        this.commands.push({ where: 'user password', text: set.stdout + set.stderr });
        const { key } = await this.command('api-key', 'create', '--all', '--permission', 'all', '--name', 'canary');
        this.apiKey = this.#secret('API key', key);
        const { url } = await this.command('user', 'login-link', '--email', kEmail);
        this.signInSecret = this.#secret('sign-in link', new URL(url).hash.slice(1));
    }

    #secret(kind, value) {
        this.canaries.add(kind, value);
        return value;
    }

    async command(...words) {
        const { code, stdout, stderr } = await this.here.postato(...words, '--json');
        assert.equal(code, 0, stderr);
        this.commands.push({ where: words.join(' '), text: stdout + stderr });
        return JSON.parse(stdout);
    }

    /** What Client and startDemo() call a demo. */
    get demo() {
        return { url: this.front.url, sandboxUrl: this.sandboxUrl, workspaceId: this.workspaceId, apiKey: this.apiKey };
    }

    /** A command that may fail. */
    async attempt(...words) {
        const { code, stdout, stderr } = await this.here.postato(...words);
        this.commands.push({ where: words.join(' '), text: stdout + stderr });
        return code;
    }

    async execute(statement) {
        if (this.database) return this.database.execute(statement);
        const { code, stderr } = await run('sqlite3', ['-cmd', '.timeout 5000', this.here.inside('postato.db'), statement]);
        assert.equal(code, 0, stderr);
    }

    async dump(when) {
        const text = this.database
            ? await this.database.content()
            : (await run('sqlite3', [this.here.inside('postato.db'), '.dump'], { maxBuffer: 1 << 28 })).stdout;
        assert.match(text, /social_account_tokens/);
        this.dumps.push({ where: `the database ${when}`, text });
    }

    /** Everything that was secret on the way, on both sides. */
    learnAll() {
        for (const exchange of this.platforms.exchanges) learn(this.canaries, exchange);
        for (const { url, requestHeaders, body } of this.front.exchanges) {
            const { searchParams, pathname } = new URL(url, this.front.url);
            this.canaries.add('code', searchParams.get('code') ?? '');
            this.canaries.add('state', searchParams.get('state') ?? '');
            for (const pair of (requestHeaders.cookie ?? '').split('; '))
                this.canaries.add('cookie', pair.slice(pair.indexOf('=') + 1));
            if (pathname.endsWith('/connect-links') && body.startsWith('{"'))
                this.canaries.add('connect link', JSON.parse(body).url?.split('/').at(-1) ?? '');
        }
    }

    /** Everything the installation has said or keeps, but its configuration and its key ring. */
    async outputs() {
        const log = this.here.services.map((service, i) => ({ where: `the log of process ${i}`, text: service.said }));
        const files = (await filesIn(this.here.directory)).filter((path) => !/(postato\.ini|keyring\.json)$/.test(path));
        const contents = files.map(async (path) => ({ where: path, text: await readFile(path, 'latin1') }));
        return [...this.front.answers(), ...log, ...this.commands, ...this.dumps, ...(await Promise.all(contents))];
    }
}

async function filesIn(directory) {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
