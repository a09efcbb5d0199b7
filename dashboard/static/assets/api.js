// Requests to the host: same origin, JSON both ways, the CSRF token on every change.

const kTimeoutMs = 30_000;

let csrfToken = null;
let renewCsrfToken = null;
let onSignedOut = () => {};

/** A request that failed. `status` is 0 when no answer came. */
export class ApiError extends Error {
    constructor({ status = 0, code, message, details = null, retryAfter = null }) {
        super(message);
        this.status = status;
        this.code = code;
        this.details = details;
        this.retryAfter = retryAfter; // seconds
    }
}

export function setCsrfToken(token) {
    csrfToken = token;
}

/** `signedOut` is called when the session is over; `renew` fetches a new CSRF token. */
export function configureApi({ signedOut, renew }) {
    onSignedOut = signedOut;
    renewCsrfToken = renew;
}

/** For the requests that sign a person in: a 401 is an answer, and there is no token yet. */
export function requestUnsigned(method, path, body) {
    return send(method, path, { body });
}

/** Any other request. Throws ApiError; a lost session leads to the sign-in page. */
export async function request(method, path, { body, signal } = {}) {
    const unsafe = method !== 'GET';
    try {
        return await send(method, path, { body, signal, token: unsafe ? csrfToken : null });
    } catch (error) {
        if (error.status === 401) onSignedOut();
        // Signing in again in another tab changes the token: try once more with the present one.
        if (error.status === 403 && unsafe && (await tokenChanged())) {
            return send(method, path, { body, signal, token: csrfToken });
        }
        throw error;
    }
}

async function tokenChanged() {
    const before = csrfToken;
    await renewCsrfToken?.();
    return csrfToken !== before;
}

async function send(method, path, { body, signal, token }) {
    const headers = { Accept: 'application/json' };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (token) headers['X-CSRF-Token'] = token;
    const deadline = AbortSignal.timeout(kTimeoutMs);
    let response;
    let text;
    try {
        response = await fetch(path, {
            method,
            headers,
            body: body === undefined ? undefined : JSON.stringify(body),
            credentials: 'same-origin',
            cache: 'no-store',
            redirect: 'error',
            signal: signal ? anyOf(signal, deadline) : deadline,
        });
        text = await response.text();
    } catch (error) {
        if (signal?.aborted) throw error;
        throw unreachable(deadline.aborted);
    }
    const answer = parse(text);
    if (response.ok && answer !== undefined) return answer;
    throw new ApiError({
        status: response.ok ? 502 : response.status,
        code: answer?.error ?? 'unexpected_answer',
        message: answer?.message ?? `The server answered with status ${response.status}.`,
        details: answer?.details,
        retryAfter: Number(response.headers.get('Retry-After')) || null,
    });
}

function unreachable(timedOut) {
    const message = timedOut
        ? 'The server took too long to answer.'
        : navigator.onLine
          ? 'The server cannot be reached.'
          : 'You are offline.';
    return new ApiError({ code: timedOut ? 'timeout' : 'unreachable', message });
}

/** The JSON value; null for an empty body; undefined for anything else. */
function parse(text) {
    if (text === '') return null;
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

function anyOf(...signals) {
    const controller = new AbortController();
    for (const signal of signals) {
        if (signal.aborted) controller.abort(signal.reason);
        signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
    }
    return controller.signal;
}
