// Secrets that must not be found where they do not belong, in whatever spelling.

import { Buffer } from 'node:buffer';

const kShortest = 12; // anything less would be found by chance

/** Base64 without what depends on the bytes before and behind, wherever in a longer text it stands. */
function base64Cores(value) {
    const bytes = Buffer.from(value);
    return [0, 1, 2].map((before) => {
        const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').replaceAll('=', '');
        const spoilt = Math.ceil((before * 8) / 6);
        const whole = Math.floor(((before + bytes.length) * 8) / 6);
        return text.slice(spoilt, whole);
    });
}

const percentAll = (value) => Buffer.from(value).toString('hex').replace(/../g, (byte) => `%${byte}`);

/** Every way of writing `value` that is looked for. */
export function spellings(value) {
    const hex = Buffer.from(value).toString('hex');
    const standard = base64Cores(value);
    const encoded = encodeURIComponent(value);
    return [
        ...new Set([
            value,
            JSON.stringify(value).slice(1, -1),
            hex,
            hex.toUpperCase(),
            ...standard,
            ...standard.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
            encoded,
            encoded.replace(/%../g, (byte) => byte.toLowerCase()),
            percentAll(value),
            percentAll(value).toUpperCase(),
        ]),
    ];
}

export class Canaries {
    #kinds = new Map(); // value -> kind

    /** Undefined kinds and short values are passed over. */
    add(kind, value) {
        if (kind === undefined || value.length < kShortest) return;
        if (!this.#kinds.has(value)) this.#kinds.set(value, kind);
    }

    values(kind) {
        return [...this.#kinds].filter(([, one]) => one === kind).map(([value]) => value);
    }

    /** Where which of them stand: `{ kind, value, where }` for each of `outputs`, `{ where, text }`. */
    findIn(outputs) {
        const found = [];
        for (const [value, kind] of this.#kinds) {
            const forms = spellings(value);
            for (const { where, text } of outputs)
                if (forms.some((form) => text.includes(form))) found.push({ kind, value, where });
        }
        return found;
    }
}

const kNames = {
    access_token: 'token',
    refresh_token: 'token',
    id_token: 'token',
    token: 'token',
    fb_exchange_token: 'token',
    code: 'code',
    code_verifier: 'verifier',
    client_secret: 'client secret',
    state: 'state',
};

/** Takes up the secrets of what went between a client and an authorization server. */
export function learn(canaries, { url, requestHeaders, requestBody, body }) {
    const { searchParams } = new URL(url, 'http://in.between');
    for (const parameters of [searchParams, new URLSearchParams(requestBody)])
        for (const [name, value] of parameters) canaries.add(kNames[name], value);
    const [scheme, credentials = ''] = (requestHeaders.authorization ?? '').split(' ');
    if (scheme === 'Bearer') canaries.add('token', credentials);
    if (scheme === 'Basic') canaries.add('client secret', credentials);
    try {
        learnJson(canaries, JSON.parse(body));
    } catch {
        // A page, or an answer that was spoilt on purpose.
    }
}

function learnJson(canaries, value) {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
        if (typeof inner === 'string') canaries.add(kNames[name], inner);
        else learnJson(canaries, inner);
    }
}
