// The panel of platforms: Connect where it is ready, and what to do where it is not.

import { element } from './dom.js';
import { showEmpty } from './states.js';
import { momentElement } from './time.js';
import { scopeMeaning } from './wording.js';

/** `onConnect(button, platform)` is called for a Connect button. */
export function showPlatforms(section, platforms, { mayManage, onConnect }) {
    if (platforms.length === 0) {
        showEmpty(section, 'No platforms yet', 'The operator adds platforms by putting their plugins into the plugin directory.');
        return;
    }
    section.setAttribute('aria-busy', 'false');
    section.replaceChildren(
        element(
            'ul',
            { class: 'platforms panel' },
            platforms.map((platform) => platformRow(platform, { mayManage, onConnect })),
        ),
    );
}

function platformRow(platform, { mayManage, onConnect }) {
    const show = { ready: ready, unconfigured: unconfigured, refused: refused, suspended: suspended };
    return element(
        'li',
        { class: 'platform', 'data-testid': `platform-${platform.id}`, 'data-state': platform.state },
        (show[platform.state] ?? suspended)(platform, mayManage, onConnect),
        (platform.incidents ?? []).map(incident),
    );
}

/** What is wrong with the platform as a whole at the moment. */
function incident({ cause, since, message }) {
    return element('p', { class: 'reason', 'data-testid': 'incident', 'data-cause': cause }, message, ' Since ', momentElement(since), '.');
}

function heading(platform, side) {
    return element('div', { class: 'platform-head' }, element('h3', {}, platform.displayName), side);
}

const badge = (tone, text) => element('span', { class: `badge ${tone}` }, text);

function ready(platform, mayManage, onConnect) {
    if (!mayManage) return [heading(platform, badge('good', 'Ready'))];
    const name = platform.displayName;
    const connect = element(
        'button',
        {
            type: 'button',
            class: 'soft',
            'data-testid': `connect-${platform.id}`,
            'aria-label': `Connect ${name}`,
            on: { click: (event) => onConnect(event.currentTarget, platform) },
        },
        'Connect',
    );
    return [
        heading(platform, connect),
        platform.forcesAccountChoice === false && element('p', { 'data-testid': 'log-out-hint' }, logOutHint(name)),
        askedFor(platform),
    ];
}

/** What to do when the browser is signed in at the platform as somebody else. */
export function logOutHint(name) {
    return `Connects whoever is signed in to ${name} in this browser. For another account, log out there first.`;
}

function askedFor(platform) {
    const scopes = platform.scopeDetails ?? [];
    if (scopes.length === 0) return null;
    return element(
        'details',
        {},
        element('summary', {}, 'What it asks for'),
        element(
            'ul',
            { class: 'plain detail-body' },
            scopes.map((scope) =>
                element('li', {}, scopeMeaning(platform, scope.name), ' ', element('code', { class: 'muted' }, scope.name)),
            ),
        ),
    );
}

function unconfigured(platform, mayManage) {
    const head = heading(platform, badge('off', 'Not set up'));
    if (!mayManage) return [head];
    return [
        head,
        element(
            'details',
            {},
            element('summary', {}, `Set up ${platform.displayName}`),
            element(
                'div',
                { class: 'detail-body' },
                element(
                    'ol',
                    { class: 'plain steps' },
                    element('li', {}, `Register an app in the developer pages of ${platform.displayName}.`),
                    element('li', {}, 'Give it exactly this redirect address:'),
                ),
                copyable(platform.redirectUri, platform.displayName),
                element(
                    'ol',
                    { class: 'plain steps', start: 3 },
                    element('li', {}, 'Write its ', element('code', {}, 'client_id'), ' and ', element('code', {}, 'client_secret'),
                        ' into the section ', element('code', {}, `[platform.${platform.id}]`), ' of the configuration.'),
                    element('li', {}, 'Restart Postato.'),
                ),
                platform.reason && element('p', {}, platform.reason),
            ),
        ),
    ];
}

function copyable(text, name) {
    const code = element('code', { 'data-testid': 'redirect-uri' }, text);
    const said = element('span', { role: 'status' }, 'Copy');
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(text);
            said.textContent = 'Copied';
            setTimeout(() => (said.textContent = 'Copy'), 2000);
        } catch {
            getSelection().selectAllChildren(code); // not allowed here: one key press away instead
        }
    };
    const label = `Copy the redirect address of ${name}`;
    return element('div', { class: 'copy' }, code, element('button', { type: 'button', title: label, on: { click: copy } }, said));
}

function refused(platform) {
    return [
        heading(platform, badge('bad', 'Not loaded')),
        element('p', {}, platform.reason || 'The plugin of this platform was refused.'),
    ];
}

function suspended(platform) {
    return [
        heading(platform, badge('warn', 'Out of service')),
        element('p', {}, platform.reason || 'This platform is out of service at the moment.'),
    ];
}
