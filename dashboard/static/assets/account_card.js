// One account: who it is, whether it works, what can be done about it.

import { accountDetails } from './account_details.js';
import { element, outsideLink } from './dom.js';
import { dayElement, isWithinDays, momentElement, relative } from './time.js';
import { statusBadge, statusSentence } from './wording.js';

const kReconnectSoonDays = 14;

/**
 * `platform` is the platform's row of the API, `actions` has reconnect, refresh and disconnect, each
 * called with (button, account, card); no actions: a person who may only look.
 */
export function accountCard(account, { platform, actions, userId }) {
    const titleId = `title-${account.id}`;
    const card = element('article', {
        class: 'account',
        tabindex: -1,
        'aria-labelledby': titleId,
        'data-testid': 'account-card',
        'data-account-id': account.id,
        'data-platform': account.platform,
        'data-status': account.status,
    });
    const sentence = statusSentence(account, platform.displayName);
    card.append(
        cardHead(account, platform, titleId),
        ...[
            sentence && element('p', { class: 'reason', 'data-testid': 'status-reason' }, sentence),
            missingScopes(account, platform),
            facts(account),
            actions && actionRow(account, card, platform, actions),
        ].filter(Boolean),
        accountDetails(account, { platform, userId }),
    );
    return card;
}

/** What people call the account. */
export function accountName(account) {
    return account.username || account.displayName || 'Unnamed account';
}

function cardHead(account, platform, titleId) {
    const name = accountName(account);
    const { label, tone } = statusBadge(account.status);
    const about = [account.displayName !== name && account.displayName, account.accountType].filter(Boolean);
    return element(
        'div',
        { class: 'account-head' },
        element('span', { class: 'avatar', 'aria-hidden': 'true' }, initials(account)),
        element(
            'div',
            {},
            element('h3', { id: titleId }, outsideLink(account.profileUrl, name)),
            element('p', {}, element('span', { class: 'platform-name' }, platform.displayName), about.map((text) => ` · ${text}`)),
        ),
        element('span', { class: `badge ${tone}`, 'data-testid': 'status' }, label),
    );
}

/** Up to two letters: "North Shop" -> "NS", "@north_shop" -> "NS". */
export function initials(account) {
    const parts = (account.displayName || account.username || '').match(/[\p{L}\p{N}]+/gu) ?? ['?'];
    return parts.slice(0, 2).map((part) => Array.from(part)[0].toLocaleUpperCase()).join('');
}

function missingScopes(account, platform) {
    const missing = account.missingScopes ?? [];
    if (missing.length === 0) return null;
    const meaning = (name) => platform.scopeDetails?.find((scope) => scope.name === name)?.meaning;
    const list = missing.map((name) => (meaning(name) ? `${meaning(name)} (${name})` : name)).join(', ');
    return element('p', { class: 'warning', 'data-testid': 'missing-scopes' }, `Not allowed by the person who connected it: ${list}`);
}

function facts(account) {
    const by = account.connectedBy?.name;
    const rows = [element('div', {}, element('dt', {}, 'Connected'), element('dd', {}, dayElement(account.connectedAt), by && ` by ${by}`))];
    const works = account.status === 'connected';
    if (!works) {
        rows.push(element('div', {}, element('dt', {}, 'Not working since'), element('dd', {}, momentElement(account.statusSince))));
    }
    if (works && account.reconnectBy) {
        const soon = isWithinDays(account.reconnectBy, kReconnectSoonDays);
        rows.push(
            element('div', { 'data-testid': 'reconnect-by' }, element('dt', {}, 'Reconnect by'),
                element('dd', { class: soon && 'soon' }, dayElement(account.reconnectBy), ` (${relative(account.reconnectBy)})`)),
        );
    }
    if (works && account.expiresAt && renewsItself(account)) {
        rows.push(
            element('div', { 'data-testid': 'expires' }, element('dt', {}, 'Access renews itself'),
                element('dd', {}, 'by ', momentElement(account.expiresAt))),
        );
    }
    return element('dl', { class: 'facts' }, rows);
}

/** Access that ends with the grant itself is not renewed: "reconnect by" says it all. */
function renewsItself(account) {
    return !account.reconnectBy || new Date(account.expiresAt) < new Date(account.reconnectBy);
}

function actionRow(account, card, platform, actions) {
    const name = accountName(account);
    const works = account.status === 'connected';
    const soon = works && account.reconnectBy && isWithinDays(account.reconnectBy, kReconnectSoonDays);
    const missing = (account.missingScopes ?? []).length > 0;
    const button = (verb, label, attributes) =>
        element(
            'button',
            {
                type: 'button',
                'data-testid': verb,
                'aria-label': `${label} ${name}`,
                on: { click: (event) => actions[verb](event.currentTarget, account, card) },
                ...attributes,
            },
            label,
        );
    return element(
        'div',
        { class: 'actions' },
        platform.state === 'ready' &&
            button('reconnect', 'Reconnect', { class: !works || soon || missing ? 'primary' : 'secondary' }),
        works && renewable(account) && button('refresh', 'Refresh now', { class: 'secondary' }),
        button('disconnect', 'Disconnect', { class: 'quiet last' }),
    );
}

const renewable = (account) => Boolean(account.expiresAt) && renewsItself(account);
