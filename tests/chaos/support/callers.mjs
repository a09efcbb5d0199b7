// API clients who ask one after the other, all the time, and count what fails.

import { setTimeout as pass } from 'node:timers/promises';

import { request } from '../../functional/support/http.mjs';

const kCallers = 4;
const kCheckEveryMs = 100;

export class Callers {
    made = 0;
    failures = [];
    #running = true;

    /** `chooseUrl()` is the process that is asked next; without it the first one is. */
    constructor(estate, chooseUrl = () => estate.here.url) {
        this.estate = estate;
        this.chooseUrl = chooseUrl;
        this.done = Promise.all(Array.from({ length: kCallers }, (_, i) => this.#ask(i)));
    }

    /** Every second question needs a token to be opened and taken by the platform. */
    async #ask(first) {
        const { accounts } = this.estate;
        for (let i = first; this.#running; ++i) {
            const { id, client } = accounts[i % accounts.length];
            const path = `/v1/workspaces/${client.demo.workspaceId}/accounts/${id}${i % 2 ? '' : '/health?probe=true'}`;
            const answer = await request('GET', this.chooseUrl() + path, client).catch((error) => ({ status: error.message, body: '' }));
            this.made += 1;
            if (answer.status !== 200) this.failures.push(`${answer.status} ${answer.body}`);
        }
    }

    async stop() {
        this.#running = false;
        await this.done;
        return this;
    }
}

/** A load balancer, as docs/reverse-proxy.md describes it: in turn, whoever says at /ready that it is. */
export class Balancer {
    #ready = [];
    #next = 0;
    #running = true;

    static async start(estate) {
        const balancer = new Balancer();
        await balancer.#look(estate);
        balancer.done = balancer.#keepLooking(estate);
        return balancer;
    }

    pick = () => this.#ready[this.#next++ % this.#ready.length];

    async #keepLooking(estate) {
        while (this.#running) {
            await pass(kCheckEveryMs);
            await this.#look(estate);
        }
    }
    async #look({ urls }) {
        const checks = urls.map((url) => request('GET', `${url}/ready`).catch(() => ({ status: 0 })));
        const answers = await Promise.all(checks);
        this.#ready = urls.filter((_, i) => answers[i].status === 200);
    }

    async stop() {
        this.#running = false;
        await this.done;
    }
}
