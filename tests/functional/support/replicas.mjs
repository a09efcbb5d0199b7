// Two `postato` processes on one PostgreSQL, as behind a load balancer.

import { Client } from './api.mjs';
import { Child, freePort, kPostato, startDemo } from './demo.mjs';
import { untilReady } from './installation.mjs';
import { makePostgresDatabase } from './postgres.mjs';

export class Replicas {
    /** `demo`, and `clients`: one of each process, the demo's first. */
    static async start() {
        const replicas = new Replicas();
        try {
            await replicas.#start();
        } catch (error) {
            await replicas.stop();
            throw error;
        }
        return replicas;
    }

    async #start() {
        this.database = await makePostgresDatabase();
        this.demo = await startDemo(['--database', this.database.url]);
        const port = await freePort();
        const url = `http://127.0.0.1:${port}`;
        this.second = new Child(kPostato, ['serve', '--config', this.demo.config], {
            env: { ...process.env, POSTATO_SERVER__LISTEN: `127.0.0.1:${port}` },
        });
        await untilReady(this.second, url);
        this.clients = [new Client(this.demo), new Client(this.demo, url)];
    }

    async stop() {
        await this.second?.stop();
        await this.demo?.stop();
        await this.database?.drop();
    }
}
