// Disconnects an account after a question, then says on its card what became of the permission at
// the platform.

import { accountPath } from './account_details.js';
import { accountName } from './account_card.js';
import { request } from './api.js';
import { confirmed } from './confirm.js';
import { busy, element, isBusy } from './dom.js';
import { showDone, showProblem } from './messages.js';
import { revocationSentence, statusBadge } from './wording.js';

const kFinal = ['revoked', 'already_gone', 'failed', 'unsupported', 'skipped_shared_grant'];
const kFirstWaitMs = 500;
const kLongestWaitMs = 5_000;
const kPatienceMs = 90_000;

/**
 * `onDone()` is called once it is disconnected, `onGone(card)` takes the card away; `signal` ends the
 * watching when its workspace is left.
 */
export async function disconnect(button, account, card, { platform, onDone, onGone, signal }) {
    if (isBusy(button)) return;
    const name = accountName(account);
    const sure = await confirmed({
        title: `Disconnect ${name}?`,
        text: `Postato stops publishing to it and destroys its access at once. The permission at ${platform.displayName} is withdrawn where ${platform.displayName} allows that. Connecting it again later makes a new account id.`,
        action: 'Disconnect',
    });
    if (!sure) return;
    const putBack = busy(button, 'Disconnecting…');
    try {
        const { revocation } = await request('DELETE', accountPath(account));
        const say = greyOut(card, { platform, name, onGone });
        say(revocation);
        card.focus();
        onDone();
        if (revocation === 'queued') say(await watch(account, signal));
    } catch (error) {
        if (signal.aborted) return;
        putBack();
        if (error.status === 404) {
            onGone(card);
            showDone(`${name} was already disconnected.`);
        } else {
            showProblem(`${name} is still connected. ${error.message}`);
        }
    }
}

/** Leaves of the card who it was; returns what writes the outcome on it. */
function greyOut(card, { platform, name, onGone }) {
    const badge = card.querySelector('.badge');
    const { label, tone } = statusBadge('disconnected');
    badge.className = `badge ${tone}`;
    badge.textContent = label;
    card.dataset.status = 'disconnected';
    card.classList.remove('fresh');
    const outcome = element('p', { role: 'status', 'data-testid': 'revocation-outcome' });
    const hide = element(
        'button',
        { type: 'button', class: 'secondary', 'aria-label': `Hide ${name}`, on: { click: () => onGone(card) } },
        'Hide',
    );
    card.replaceChildren(card.querySelector('.account-head'), outcome, element('div', { class: 'actions' }, hide));
    return (word) => {
        outcome.dataset.outcome = word;
        outcome.textContent = revocationSentence(word, platform.displayName);
    };
}

/** The outcome once the host knows it, or `pending` when that takes very long. */
async function watch(account, signal) {
    const until = Date.now() + kPatienceMs;
    for (let wait = kFirstWaitMs; Date.now() < until; wait = Math.min(wait * 1.5, kLongestWaitMs)) {
        await pause(wait, signal);
        const outcome = await outcomeNow(account, signal);
        if (outcome) return outcome;
    }
    return 'pending';
}

async function outcomeNow(account, signal) {
    try {
        const { items } = await request('GET', accountPath(account, '/events?limit=20'), { signal });
        // Newest first. What lies before the disconnect is about pairs that were replaced earlier.
        const end = items.findIndex(({ type }) => type === 'account.disconnected');
        const since = end === -1 ? items : items.slice(0, end);
        const event = since.find(({ type, data }) => type === 'account.revocation' && kFinal.includes(data?.outcome));
        return event?.data.outcome ?? null;
    } catch (error) {
        if (signal.aborted) throw error;
        return null; // the account is gone here all the same: keep asking
    }
}

function pause(ms, signal) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
    });
}
