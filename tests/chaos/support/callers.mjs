// API clients who ask one after the other, all the time, and count what fails.

import { setTimeout as pass } from 'node:timers/promises';

import { request } from '../../functional/support/http.mjs';

const kCallers = 4;
const kCheckEveryMs = 100;

export class Callers {
    made = 0;
    failures = [];
    #running = true;

    /**
     * `chooseUrl()` is the process that is asked next; without it the first one is. `mayEnd(account)`: its token may
     * have ended when it is asked for.
     */
    constructor(estate, { chooseUrl = () => estate.here.url, mayEnd = () => false } = {}) {
        this.estate = estate;
        this.chooseUrl = chooseUrl;
        this.mayEnd = mayEnd;
        this.done = Promise.all(Array.from({ length: kCallers }, (_, i) => this.#ask(i)));
    }

    /** Each account in turn, and in every second turn so that its token must open and the platform must take it. */
    async #ask(first) {
        const { accounts } = this.estate;
        for (let i = first; this.#running; ++i) {
            const account = accounts[i % accounts.length];
            const { id, client } = account;
            const probe = Math.floor(i / accounts.length) % 2 === 0;
            const path = `/v1/workspaces/${client.demo.workspaceId}/accounts/${id}${probe ? '/health?probe=true' : ''}`;
            const answer = await request('GET', this.chooseUrl() + path, client).catch((error) => ({ status: error.message, body: '' }));
            this.made += 1;
            if (answer.status !== 200 || (probe && !this.#isUsable(account, answer))) this.failures.push(`${answer.status} ${answer.body}`);
        }
    }

    /** A token that does not open, or that the platform refuses, is told in an answer with 200. */
    #isUsable(account, { body }) {
        const codes = JSON.parse(body).advice.map(({ code }) => code);
        return codes.includes('probe_ok') || (this.mayEnd(account) && codes.includes('probe_failed'));
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
