// What a card shows on demand: advice, granted permissions, the timeline. Loaded when first opened.

import { request } from './api.js';
import { element } from './dom.js';
import { momentElement } from './time.js';
import { eventTitle, scopeMeaning } from './wording.js';

/** The address of an account, and of what belongs to it. */
export function accountPath(account, rest = '') {
    return `/v1/workspaces/${encodeURIComponent(account.workspaceId)}/accounts/${encodeURIComponent(account.id)}${rest}`;
}

export function accountDetails(account, { platform, userId }) {
    const body = element('div', { class: 'detail-body' });
    const details = element('details', { 'data-testid': 'details' }, element('summary', {}, 'Details'), body);
    const load = async () => {
        body.replaceChildren(element('p', { class: 'muted' }, 'Loading…'));
        try {
            const [health, events] = await Promise.all([
                request('GET', accountPath(account, '/health')),
                request('GET', accountPath(account, '/events?limit=20')),
            ]);
            body.replaceChildren(
                ...[advice(health.advice ?? []), permissions(account, platform), timeline(events.items, userId), identifier(account)].filter(Boolean),
            );
        } catch (error) {
            body.replaceChildren(
                element('p', { class: 'muted' }, `The details could not be loaded. ${error.message}`),
                element('div', { class: 'actions' }, element('button', { type: 'button', on: { click: load } }, 'Try again')),
            );
        }
    };
    details.addEventListener('toggle', () => {
        if (details.open && !body.hasChildNodes()) load();
    });
    return details;
}

function advice(items) {
    if (items.length === 0) return null;
    return section('Advice', element('ul', { class: 'plain' }, items.map(({ message }) => element('li', {}, message))));
}

function permissions(account, platform) {
    const scopes = account.scopes ?? [];
    if (scopes.length === 0) return null;
    return section(
        'Permissions given',
        element('ul', { class: 'plain' },
            scopes.map((name) => element('li', {}, scopeMeaning(platform, name), ' ', element('code', { class: 'muted' }, name)))),
    );
}

function timeline(events, userId) {
    if (events.length === 0) return null;
    return section(
        'What happened',
        element('ul', { class: 'plain timeline', 'data-testid': 'timeline' },
            events.map((event) => element('li', {}, momentElement(event.at), element('span', {}, eventTitle(event), who(event.actor, userId))))),
    );
}

function who(actor, userId) {
    if (!actor || actor === 'system') return '';
    if (actor === userId) return ', by you';
    if (actor.startsWith('usr_')) return ', by another person';
    if (actor.startsWith('key_')) return ', by an API key';
    return ', through a connect link';
}

function identifier(account) {
    return section('For the API', element('p', {}, element('code', {}, account.id)));
}

function section(title, content) {
    return element('section', {}, element('h4', {}, title), content);
}
