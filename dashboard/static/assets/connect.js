// Starts a connect: asks the host for the platform's address and goes there. One at a time: until
// this page is left or the start fails, further clicks change nothing.

import { request } from './api.js';
import { busy, webAddress } from './dom.js';
import { clearMessage, showProblem } from './messages.js';

/** How long leaving may take before the page becomes usable again. */
const kLeavingMs = 20_000;

let putBack = null;

/** `accountId` makes it a reconnect, which only the same identity can complete. */
export async function startConnect(button, { workspaceId, platform, accountId }) {
    if (putBack) return;
    const name = platform.displayName;
    putBack = busy(button, `Opening ${name}…`);
    clearMessage();
    try {
        const path = `/connect/${encodeURIComponent(platform.id)}/start`;
        const { url } = await request('POST', path, { body: { workspaceId, accountId } });
        const target = webAddress(url);
        if (!target) throw new Error(`${name} has no usable address. The operator must check its settings.`);
        location.assign(target.href);
        setTimeout(release, kLeavingMs);
    } catch (error) {
        release();
        showProblem(`${name} could not be opened. ${error.message}`);
    }
}

function release() {
    putBack?.();
    putBack = null;
}

// Coming back with the browser's Back button shows this very page again, buttons still busy.
window.addEventListener('pageshow', (event) => {
    if (event.persisted) release();
});
