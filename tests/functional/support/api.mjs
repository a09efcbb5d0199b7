// What an API client does, and the person it sends a connect link to.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { startDemo } from './demo.mjs';
import { request, requestJson } from './http.mjs';
import { Sandbox } from './sandbox.mjs';
import { until } from './until.mjs';
import { Visitor, formFields } from './visitor.mjs';

export class Client {
    /** `demo`: the facts of startDemo(); `url` may name another process of the same installation. */
    constructor(demo, url = demo.url) {
        this.demo = demo;
        this.url = url;
        this.base = `${url}/v1/workspaces/${demo.workspaceId}`;
        this.headers = { authorization: `Bearer ${demo.apiKey}` };
        this.sandbox = new Sandbox(demo.sandboxUrl);
    }

    async accounts(platform) {
        const { items } = await requestJson('GET', `${this.base}/accounts?platform=${platform}`, this);
        return items;
    }
    account(id) {
        return requestJson('GET', `${this.base}/accounts/${id}`, this);
    }
    async events(id) {
        return (await requestJson('GET', `${this.base}/accounts/${id}/events`, this)).items;
    }
    health(id, { probe = false } = {}) {
        return requestJson('GET', `${this.base}/accounts/${id}/health?probe=${probe}`, this);
    }
    refresh(id, options = {}) {
        return request('POST', `${this.base}/accounts/${id}/refresh`, { headers: this.headers, ...options });
    }
    disconnect(id) {
        return request('DELETE', `${this.base}/accounts/${id}`, this);
    }
    link(body) {
        return requestJson('POST', `${this.base}/connect-links`, { headers: this.headers, body });
    }
    untilStatus(id, status) {
        return until(() => this.account(id), (account) => account.status === status, `status ${status}`);
    }

    /** Opens a link, goes on to the platform and comes back to the address of the callback. */
    async consentByLink(platform, person, { visitor = new Visitor(), link = {}, consent = {}, at = platform } = {}) {
        const { url } = await this.link({ platform, ...link });
        const page = await visitor.get(url);
        assert.equal(page.status, 200, page.body);
        const onward = await visitor.submit(url);
        assert.equal(onward.status, 303, onward.body);
        return this.#consent(visitor, onward.headers.location, platform, person, { at, ...consent });
    }

    /** The same from the dashboard, as the person that `signInUrl` is for. */
    async consentByDashboard(platform, person, signInUrl) {
        const visitor = new Visitor();
        const secret = new URL(signInUrl).hash.slice(1);
        const session = await visitor.post(`${this.demo.url}/session/link`, { secret });
        assert.equal(session.status, 200, session.body);
        const start = await visitor.post(
            `${this.demo.url}/connect/${platform}/start`,
            { workspaceId: this.demo.workspaceId },
            { 'x-csrf-token': JSON.parse(session.body).csrfToken, accept: 'application/json' },
        );
        assert.equal(start.status, 200, start.body);
        return this.#consent(visitor, JSON.parse(start.body).url, platform, person);
    }

    /** `at`: what the sandbox calls the platform, where that differs. */
    async #consent(visitor, url, platform, person, { at = platform, ...consent } = {}) {
        await this.sandbox.consent(at, person, consent);
        const isCallback = (at) => at.startsWith(`${this.demo.url}/connect/${platform}/callback?`);
        const arrived = await visitor.follow(url, isCallback);
        assert.ok(isCallback(arrived.url), `${arrived.url}\n${arrived.body}`);
        return { visitor, callback: arrived.url };
    }

    /** Presses Connect on the page that asks which of the identities found are meant. */
    async confirm(visitor, page) {
        assert.match(new URL(page.url).pathname, /\/choose$/, page.body);
        const fields = formFields(page.body).map(({ name, value }) => [name, value]);
        const answer = await visitor.submit(page.url, [...fields, ['decision', 'connect']]);
        assert.equal(answer.status, 303, answer.body);
        return visitor.follow(new URL(answer.headers.location, page.url).href);
    }

    /** The whole way; resolves to the account that the person now has. */
    async connect(platform, person, options = {}) {
        const { visitor, callback } = await this.consentByLink(platform, person, options);
        const end = await this.confirm(visitor, await visitor.follow(callback));
        assert.equal(end.status, 200, end.body);
        const accounts = await this.accounts(platform);
        assert.ok(accounts.length > 0, end.body);
        return accounts[0];
    }
}

/**
 * A demo of the suite's own, from before its first test until after its last. `take` gets it and a
 * client; `overrides` are those of startDemo().
 */
export function withDemo(take, overrides) {
    let demo;
    before(async () => {
        demo = await startDemo([], overrides);
        take({ demo, client: new Client(demo) });
    });
    after(() => demo?.stop());
}
