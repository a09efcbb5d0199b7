// One HTTP request, nothing added: no redirects, no cookies, no headers of its own accord.

import { request as send } from 'node:http';

const kTimeoutMs = 60_000;

/**
 * Resolves to `{ status, headers, body }`. `body` may be text, or an object that is sent as JSON.
 * `onSent` is called when the request has been written.
 */
export function request(method, url, { headers = {}, body, agent, onSent } = {}) {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const all = { ...headers };
    if (text !== undefined) {
        all['content-length'] = Buffer.byteLength(text);
        if (typeof body !== 'string') all['content-type'] = 'application/json';
    } else if (method !== 'GET') {
        all['content-length'] = 0;
    }
    return new Promise((resolve, reject) => {
        const outgoing = send(url, { method, headers: all, agent, timeout: kTimeoutMs }, (response) => {
            const chunks = [];
            response.on('data', (chunk) => chunks.push(chunk));
            response.on('error', reject);
            response.on('end', () =>
                resolve({
                    status: response.statusCode,
                    headers: response.headers,
                    body: Buffer.concat(chunks).toString('utf8'),
                }),
            );
        });
        outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${url}: no answer`)));
        outgoing.on('error', reject);
        outgoing.end(text, onSent);
    });
}

/** As `request`, but the answer must be JSON with one of the expected statuses; resolves to it. */
export async function requestJson(method, url, options = {}, expected = [200, 201]) {
    const { status, body } = await request(method, url, options);
    if (!expected.includes(status)) throw new Error(`${method} ${url}: ${status} ${body}`);
    return body === '' ? {} : JSON.parse(body);
}
