// A stand-in for the host: the dashboard's files with the security headers of the real one, and the
// JSON contract over plain objects that a test may change while it runs.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import { kPlatforms, kWorkspaces, session, variedAccounts } from './fixtures.mjs';

const kStatic = fileURLToPath(new URL('../../../dashboard/static/', import.meta.url));
const kPages = { '/accounts': 'accounts.html', '/sign-in': 'sign-in.html', '/sign-in/link': 'sign-in-link.html', '/settings': 'settings.html' };
const kTypes = { '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.svg': 'image/svg+xml' };
const kHeaders = {
    'Content-Security-Policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
};

/** What a test may change; `answers` overrides a route: "GET /v1/…" -> (request) => {status, body, headers} | undefined. */
function freshState() {
    return {
        session: session(),
        signedIn: true,
        platforms: kPlatforms,
        accounts: { [kWorkspaces[0].id]: variedAccounts(), [kWorkspaces[1].id]: [] },
        events: {},
        revocation: 'queued',
        answers: {},
    };
}

export async function startFakeHost() {
    const host = { state: freshState(), requests: [] };
    const server = createServer((request, response) => {
        serve(host, request, response).catch((error) => {
            response.writeHead(500).end(String(error.stack));
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    host.url = `http://127.0.0.1:${port}`;
    // Another site to the browser: its own origin, where a connect leads.
    host.platformUrl = `http://localhost:${port}/platform/consent`;
    host.reset = () => {
        host.state = freshState();
        host.requests.length = 0;
    };
    host.count = (method, path) => host.requests.filter((one) => one.method === method && one.path === path).length;
    host.stop = () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
    };
    return host;
}

async function serve(host, request, response) {
    const url = new URL(request.url, host.url);
    const asked = { method: request.method, path: url.pathname, query: url.searchParams, headers: request.headers, body: await json(request) };
    host.requests.push(asked);
    const file = kPages[url.pathname] ?? (url.pathname.startsWith('/assets/') ? normalize(url.pathname).slice(1) : null);
    if (request.method === 'GET' && file) return sendFile(response, file);
    if (url.pathname === '/platform/consent') return send(response, { status: 200, type: '.html', text: '<title>Consent</title>' });
    const answer = (await host.state.answers[`${asked.method} ${asked.path}`]?.(asked)) ?? route(host, asked);
    if (answer.drop) return request.socket.destroy();
    const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
    send(response, { status: answer.status, type: answer.text ? '.html' : '.json', text, headers: answer.headers });
}

export const refuse = (status, error, more = {}) => ({ status, body: { error, message: `Refused: ${error}`, ...more } });
const ok = (body) => ({ status: 200, body });

function route({ state, platformUrl }, { method, path, query, headers }) {
    if (path === '/session' && method === 'POST') return (state.signedIn = true) && ok(state.session);
    if (path === '/session/link' && method === 'POST') return (state.signedIn = true) && ok(state.session);
    if (!state.signedIn) return refuse(401, 'unauthorized');
    if (method !== 'GET' && headers['x-csrf-token'] !== state.session.csrfToken) return refuse(403, 'permission_denied');
    if (path === '/session' && method === 'GET') return ok(state.session);
    if (path === '/session' && method === 'DELETE') {
        state.signedIn = false;
        return { status: 204 };
    }
    if (path === '/session/password' && method === 'PUT') {
        state.session = session({ user: { ...state.session.user, hasPassword: true }, csrfToken: 'csrf-2' });
        return { status: 204 };
    }
    if (/^\/connect\/[a-z]+\/start$/.test(path) && method === 'POST') return ok({ url: platformUrl });
    const [, workspace, what, id, part] = path.match(/^\/v1\/workspaces\/([^/]+)\/(accounts|platforms)(?:\/([^/]+))?(?:\/([^/]+))?$/) ?? [];
    if (what === 'platforms') return ok({ items: state.platforms });
    if (what === 'accounts') return accounts(state, { method, workspace, id, part, query });
    return refuse(404, 'not_found');
}

function accounts(state, { method, workspace, id, part, query }) {
    const list = state.accounts[workspace] ?? [];
    const found = list.find((one) => one.id === id);
    if (!id) {
        const from = Number(query.get('cursor') ?? 0);
        const limit = Math.min(Number(query.get('limit')), state.pageSize ?? 100);
        const end = from + limit;
        return ok({ items: list.slice(from, end), cursor: end < list.length ? String(end) : null, limit });
    }
    if (part === 'events') return ok({ items: state.events[id] ?? [], cursor: null, limit: 20 });
    if (!found) return refuse(404, 'not_found');
    if (part === 'health') {
        return ok({ status: found.status, token: { refreshable: true }, scopes: {}, advice: state.advice ?? [] });
    }
    if (part === 'refresh') return ok({ ...found, expiresAt: new Date(Date.now() + 4 * 3600_000).toISOString(), refreshed: true, reason: 'refreshed' });
    if (method === 'DELETE') {
        state.accounts[workspace] = list.filter((one) => one !== found);
        return ok({ success: true, revocation: state.revocation });
    }
    return ok(found);
}

async function json(request) {
    let text = '';
    for await (const chunk of request) text += chunk;
    return text === '' ? null : JSON.parse(text);
}

async function sendFile(response, name) {
    try {
        send(response, { status: 200, type: extname(name), text: await readFile(join(kStatic, name)) });
    } catch (error) {
        if (error.code !== 'ENOENT') throw error;
        send(response, { status: 404, type: '.html', text: 'Not found' });
    }
}

function send(response, { status, type, text, headers = {} }) {
    response.writeHead(status, { ...kHeaders, 'Content-Type': kTypes[type] ?? 'application/json', ...headers });
    response.end(text);
}
