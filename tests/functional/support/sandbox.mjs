// The sandbox's control interface: the truth about grants, and how to make things go wrong.

import { requestJson } from './http.mjs';

export class Sandbox {
    constructor(url) {
        this.url = url;
    }

    #call(method, path, body) {
        return requestJson(method, `${this.url}/_sandbox/${path}`, { body });
    }

    consent(platform, person, more = {}) {
        return this.#call('POST', 'consent', { platform, person, decision: 'approve', ...more });
    }
    switches(platform, settings) {
        return this.#call('POST', 'switches', { platform, ...settings });
    }
    lifetimes(platform, seconds) {
        return this.#call('POST', 'lifetimes', { platform, ...seconds });
    }
    fault(platform, endpoint, kind, more = {}) {
        return this.#call('POST', 'faults', { platform, endpoint, kind, ...more });
    }
    clearFaults() {
        return this.#call('DELETE', 'faults');
    }
    withdraw(platform, person) {
        return this.#call('POST', `people/${person}/revoke`, { platform });
    }
    hold(platform, endpoint, more = {}) {
        return this.#call('POST', 'barrier', { platform, endpoint, ...more });
    }
    release() {
        return this.#call('DELETE', 'barrier');
    }
    /** How many calls of the platform are held right now. */
    async held(platform) {
        const { barriers } = await this.#call('GET', 'barrier');
        return barriers.filter((one) => one.platform === platform).reduce((sum, { held }) => sum + held, 0);
    }
    oracle(platform) {
        return this.#call('GET', `oracle?platform=${platform}`);
    }
    async requests(platform) {
        return (await this.oracle(platform)).requests;
    }
    /** The calls that the platform received, oldest first, secrets hashed. */
    async journal(platform) {
        return (await this.#call('GET', `journal?platform=${platform}`)).requests;
    }
    reset() {
        return this.#call('POST', 'reset');
    }
}
