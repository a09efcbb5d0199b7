// An installation with many accounts on one platform, its processes as few or many as a test wants,
// and the sandbox, which knows the truth about every grant.

import { readFile, mkdir, cp } from 'node:fs/promises';
import { join } from 'node:path';

import { Client } from '../../functional/support/api.mjs';
import { Child, freePort, kBuild, run } from '../../functional/support/demo.mjs';
import { requestJson } from '../../functional/support/http.mjs';
import { Installation, untilReady } from '../../functional/support/installation.mjs';
import { platformSections } from '../../functional/support/platforms.mjs';
import { makePostgresDatabase } from '../../functional/support/postgres.mjs';
import { Sandbox } from '../../functional/support/sandbox.mjs';
import { until } from '../../functional/support/until.mjs';

const kPerson = 'ada'; // everywhere the same: each workspace's consent is a grant of its own

export class Estate {
    replicas = [];
    urls = []; // of the replicas, each its own for good
    accounts = [];

    /** `mode`: see modes.mjs. `database`: 'sqlite', 'postgres', or an object as makePostgresDatabase() makes. */
    static async open({ mode, database, accounts, lifetime, settings = {}, encryption = {} }) {
        const estate = new Estate();
        try {
            await estate.#build({ mode, database, accounts, lifetime, settings, encryption });
        } catch (error) {
            await estate.close();
            throw error;
        }
        return estate;
    }

    /** `lifetime`: seconds that the tokens of the first consents live; without it the platform's own. */
    async #build({ mode, database, accounts, lifetime, settings, encryption }) {
        this.mode = mode;
        this.platform = mode.platform;
        this.here = await Installation.make();
        this.sandboxProcess = new Child(join(kBuild, 'bin/postato-sandbox'), ['--port', '0', '--json']);
        this.sandbox = new Sandbox(JSON.parse(await this.sandboxProcess.firstLine).url);
        await this.sandbox.switches(this.platform, mode.switches);
        if (database === 'postgres') this.database = await makePostgresDatabase();
        else if (database !== 'sqlite') this.database = database;
        await this.#configure(settings, encryption);
        if (lifetime) await this.sandbox.lifetimes(this.platform, { access: lifetime });
        await this.start();
        for (let i = 0; i < accounts; ++i) this.accounts.push(await this.#connect(i));
        await this.stop();
    }

    async #configure(settings, encryption) {
        // One plugin: the others' checks would only lengthen each of a thousand starts.
        const plugins = this.here.inside('plugins');
        await mkdir(plugins, { mode: 0o755 });
        await cp(join(kBuild, 'plugins', `${this.platform}.so`), join(plugins, `${this.platform}.so`));
        const name = `platform.${this.platform}`;
        const all = platformSections(this.sandbox.url, this.sandbox.url, (platform) => `sandbox-${platform}-secret`);
        await this.here.configure({
            [name]: all[name],
            plugins: { directory: plugins },
            ...(this.database && { database: { url: this.database.url } }),
            refresh: { confirm_after: 1, deadline: 2, quarantine: 1, ...settings },
            encryption,
        });
        await this.here.json('key', 'init');
        await this.here.json('migrate');
        this.apiKey = (await this.here.json('api-key', 'create', '--all', '--permission', 'all', '--name', 'chaos')).key;
    }

    async #connect(number) {
        const { id: workspaceId } = await this.here.json('workspace', 'create', `Workspace ${number}`);
        const demo = { url: this.here.url, sandboxUrl: this.sandbox.url, workspaceId, apiKey: this.apiKey };
        const client = new Client(demo);
        const { id } = await client.connect(this.platform, kPerson);
        return { id, client, number };
    }

    /** Starts process number `replica` and waits until it is ready; `killAt` names a kill point, at which it may end before. */
    async start({ replica = 0, killAt, environment: more } = {}) {
        const environment = { ...process.env, ...more };
        this.urls[replica] ??= replica === 0 ? this.here.url : `http://127.0.0.1:${await freePort()}`;
        const url = this.urls[replica];
        if (replica > 0) {
            environment.POSTATO_SERVER__LISTEN = new URL(url).host;
            environment.POSTATO_SERVER__PUBLIC_URL = this.here.url;
            environment.POSTATO_SERVER__STATE_DIRECTORY = this.here.inside(`state-${replica}`);
        }
        if (killAt) environment.POSTATO_KILL_AT = killAt;
        const child = new Child(this.here.program, ['serve', '--config', this.here.config], { env: environment });
        this.replicas[replica] = child;
        await untilReady(child, url).catch((error) => {
            if (!killAt) throw error;
        });
        return child;
    }

    async stop() {
        await Promise.all(this.replicas.map((child) => child?.stop()));
        this.replicas = [];
    }

    async killAll() {
        await Promise.all(this.replicas.map((child) => child?.stop('SIGKILL')));
        this.replicas = [];
    }

    /** One number that the database answers. */
    async number(statement) {
        if (this.database) return Number(await this.database.execute(statement));
        const { code, stdout, stderr } = await run('sqlite3', ['-cmd', '.timeout 5000', this.here.inside('postato.db'), statement]);
        if (code !== 0) throw new Error(stderr);
        return Number(stdout);
    }

    /** Resolves when no account has a refresh under way, in doubt or waiting for a second opinion. */
    untilSettled() {
        const statement =
            'SELECT count(*) FROM social_account_tokens t JOIN social_accounts a ON a.id = t.account_id ' +
            "WHERE a.status = 'connected' AND " +
            '(t.lease_owner IS NOT NULL OR t.in_doubt_since IS NOT NULL OR t.rejects > 0 OR t.failures > 0)';
        return until(() => this.number(statement), (count) => count === 0, 'every refresh to be settled');
    }

    /**
     * What has become of every account, the sandbox's word against ours:
     * alive; detected, lost and said so by its right name; silent, lost and not said; false, given up though it lives.
     */
    async takeStock() {
        const { grants } = await this.sandbox.oracle(this.platform);
        const stock = { alive: 0, detected: 0, silent: 0, false: 0, reuse: 0 };
        for (const { id, client, number } of this.accounts) {
            const { status, statusReason } = await client.account(id);
            const works = status === 'connected' && (await this.probe(client, id)) === 'probe_ok';
            if (works) stock.alive += 1;
            else if (grants[number].alive && status !== 'connected') stock.false += 1;
            else if (statusReason === 'rotation_lost') stock.detected += 1;
            else stock.silent += 1;
            stock.reuse += grants[number].reuseAttempts;
        }
        return stock;
    }

    /** Whether the platform takes the token that a caller would be given now. */
    async probe(client, id) {
        return (await client.health(id, { probe: true })).advice.find(({ code }) => code.startsWith('probe'))?.code;
    }

    async close() {
        await this.killAll();
        await this.sandboxProcess?.stop();
        await this.database?.drop?.();
        await this.here?.remove();
    }
}
