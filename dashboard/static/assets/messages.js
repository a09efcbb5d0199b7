// The line of messages under the page's title. Its container is a live region, so screen readers say
// what appears there.

import { element } from './dom.js';

const region = () => document.getElementById('messages');

/** Shows one message in place of the one before. `kind`: done, notice or problem. */
export function showMessage(kind, text) {
    const dismiss = element(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': 'Dismiss message', on: { click: clearMessage } },
        'Dismiss',
    );
    region().replaceChildren(
        element('div', { class: `message ${kind}`, 'data-kind': kind }, element('p', {}, text), dismiss),
    );
}

export const showDone = (text) => showMessage('done', text);
export const showNotice = (text) => showMessage('notice', text);
export const showProblem = (text) => showMessage('problem', text);

export function clearMessage() {
    region().replaceChildren();
}
