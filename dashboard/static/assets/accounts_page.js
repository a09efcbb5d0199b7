// The Accounts page: signs in, picks the workspace, and hands it to the view.

import { bindSignOut, showSwitcher } from './header.js';
import { showNotice, showProblem } from './messages.js';
import { rememberWorkspace, takeConnectReturn } from './return_notice.js';
import { requireSession } from './session.js';
import { showEmpty, showLoadError, showLoading } from './states.js';
import { openWorkspace } from './workspace_view.js';

const accounts = document.getElementById('accounts');
const platforms = document.getElementById('platforms');
const kLastWorkspace = 'postato.workspace';

async function main() {
    bindSignOut();
    showLoading(accounts, 3);
    showLoading(platforms, 5, 'short');
    let session;
    try {
        session = await requireSession();
    } catch (error) {
        showLoadError(accounts, error, 'page', () => location.reload());
        platforms.replaceChildren();
        return;
    }
    if (session) start(session);
}

function start(session) {
    const returned = takeConnectReturn();
    const workspace =
        session.workspaces.find(({ id }) => id === returned.workspaceId) ??
        session.workspaces.find(({ id }) => id === localStorage.getItem(kLastWorkspace)) ??
        session.workspaces[0];
    let view = null;
    const open = (chosen, news) => {
        view?.close();
        localStorage.setItem(kLastWorkspace, chosen.id);
        rememberWorkspace(chosen.id);
        view = openWorkspace(session, chosen, { accounts, platforms }, news);
    };
    showSwitcher(session.workspaces, workspace, (chosen) => open(chosen));
    if (!workspace) {
        showEmpty(accounts, 'No workspace yet', 'You are not a member of any workspace. Ask an administrator to add you to one.');
        platforms.replaceChildren();
        document.getElementById('platforms-title').hidden = true;
        return;
    }
    open(workspace, workspace.id === returned.workspaceId ? returned : { connected: [], error: returned.error });
    watchConnection(() => view.reload());
    window.addEventListener('pageshow', (event) => {
        if (event.persisted) view.reload();
    });
}

function watchConnection(onBack) {
    const offline = () => showNotice('You are offline. What you see may be out of date.');
    if (!navigator.onLine) offline();
    window.addEventListener('offline', offline);
    window.addEventListener('online', onBack);
}

main().catch((error) => showProblem(error.message));
