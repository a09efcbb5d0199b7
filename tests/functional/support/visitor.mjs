// A browser without a window: keeps cookies per host, follows what it is told to follow, sends forms
// with the headers a browser would send.

import { request } from './http.mjs';

export class Visitor {
    #jars = new Map(); // host name -> cookie name -> value
    #agent;

    /** `agent`: of node:http, for connections that are kept. */
    constructor(agent) {
        this.#agent = agent;
    }

    /** A visitor with the same cookies, as another tab of the same browser. */
    clone() {
        const copy = new Visitor(this.#agent);
        for (const [host, jar] of this.#jars) copy.#jars.set(host, new Map(jar));
        return copy;
    }

    get(url) {
        return this.#send('GET', url, {});
    }

    /** Sends a form that stands on a page of the same origin. */
    submit(url, fields = {}) {
        const headers = {
            'content-type': 'application/x-www-form-urlencoded',
            origin: new URL(url).origin,
            'sec-fetch-site': 'same-origin',
        };
        return this.#send('POST', url, { headers, body: new URLSearchParams(fields).toString() });
    }

    /** What a script of the page sends. */
    post(url, body, headers = {}) {
        const all = { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin', ...headers };
        return this.#send('POST', url, { headers: all, body });
    }

    /** GETs until something is no redirect; `stop(url)` may end it before. */
    async follow(url, stop = () => false) {
        let next = url;
        for (let hops = 0; hops < 10; ++hops) {
            if (stop(next)) return { url: next, status: 0, body: '' };
            const response = await this.get(next);
            if (response.status < 300 || response.status > 399) return { ...response, url: next };
            next = new URL(response.headers.location, next).href;
        }
        throw new Error(`too many redirects from ${url}`);
    }

    async #send(method, url, { headers = {}, body }) {
        const host = new URL(url).hostname;
        const jar = this.#jars.get(host) ?? new Map();
        this.#jars.set(host, jar);
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
        const response = await request(method, url, { headers: cookie ? { ...headers, cookie } : headers, body, agent: this.#agent });
        for (const line of response.headers['set-cookie'] ?? []) {
            const [pair, ...attributes] = line.split(';').map((part) => part.trim());
            const name = pair.slice(0, pair.indexOf('='));
            if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) jar.delete(name);
            else jar.set(name, pair.slice(name.length + 1));
        }
        return response;
    }
}

/** The inputs and their values of the first form of a page. */
export function formFields(html) {
    const form = html.match(/<form[\s\S]*?<\/form>/)?.[0] ?? '';
    return [...form.matchAll(/<input[^>]*>/g)].map(([tag]) => ({
        name: attribute(tag, 'name'),
        value: attribute(tag, 'value'),
    }));
}

function attribute(tag, name) {
    const raw = tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1] ?? '';
    return raw
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&');
}
