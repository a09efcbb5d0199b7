// One workspace on the Accounts page: loads its platforms and accounts, and carries out what the
// buttons ask for. Closed when another workspace is opened.

import { accountCard, accountName } from './account_card.js';
import { accountPath } from './account_details.js';
import { AccountList } from './account_list.js';
import { request } from './api.js';
import { startConnect } from './connect.js';
import { disconnect } from './disconnect.js';
import { busy, isBusy } from './dom.js';
import { clearMessage, showDone, showNotice, showProblem } from './messages.js';
import { showPlatforms } from './platforms.js';
import { mayManage } from './session.js';
import { showLoadError, showLoading } from './states.js';
import { waitText } from './time.js';
import { connectErrorSentence, refreshSentence } from './wording.js';

const kPageSize = 50;
const kStaleAfterMs = 30_000;

/** `news` is what a connect that just came back said (see return_notice.js). */
export function openWorkspace(session, workspace, sections, news = { connected: [], error: null }) {
    const controller = new AbortController();
    const { signal } = controller;
    const root = `/v1/workspaces/${encodeURIComponent(workspace.id)}`;
    const manage = mayManage(session, workspace);
    let platforms = new Map();
    let platformsText = '';
    let loadedAt = 0;

    const platformOf = (account) =>
        platforms.get(account.platform) ?? { id: account.platform, displayName: account.platform, state: 'unknown' };
    const connect = (button, platform, accountId) => startConnect(button, { workspaceId: workspace.id, platform, accountId });

    const actions = {
        reconnect: (button, account) => connect(button, platformOf(account), account.id),
        refresh: (button, account) => refresh(button, account),
        disconnect: (button, account, card) =>
            disconnect(button, account, card, {
                platform: platformOf(account),
                onDone: () => list.count(),
                onGone: (gone) => list.remove(gone),
                signal,
            }),
    };
    const list = new AccountList(sections.accounts, {
        makeCard: (account) =>
            accountCard(account, { platform: platformOf(account), actions: manage ? actions : null, userId: session.user.id }),
        empty: {
            title: 'No accounts yet',
            text: manage
                ? 'Choose a platform and press Connect. You are asked for consent there, then brought back here.'
                : 'An administrator of this workspace can connect accounts.',
        },
        onMore: (button) => more(button),
        onCount: summarise,
    });

    async function load() {
        showLoading(sections.accounts, 3);
        showLoading(sections.platforms, 5, 'short');
        platformsText = '';
        const pages = await fetchBoth();
        if (signal.aborted) return;
        showWhatCame(pages);
        if (pages.accounts.value) tellNews();
    }

    /** Brings both up to date without taking anything away that is shown. */
    async function reload() {
        const pages = await fetchBoth();
        if (signal.aborted) return;
        const failed = pages.accounts.reason ?? pages.platforms.reason;
        if (failed && loadedAt) return showNotice(`What you see may be out of date. ${failed.message}`);
        document.querySelector('#messages [data-kind="notice"]') && clearMessage();
        showWhatCame(pages);
    }

    async function fetchBoth() {
        const [platformPage, accountPage] = await Promise.allSettled([
            request('GET', `${root}/platforms`, { signal }),
            request('GET', `${root}/accounts?limit=${kPageSize}`, { signal }),
        ]);
        return { platforms: platformPage, accounts: accountPage };
    }

    function showWhatCame(pages) {
        if (pages.platforms.value) showPlatformsIfNew(pages.platforms.value.items);
        else showLoadError(sections.platforms, pages.platforms.reason, 'platforms', load);
        if (pages.accounts.value) {
            list.replace(pages.accounts.value);
            loadedAt = Date.now();
        } else {
            showLoadError(sections.accounts, pages.accounts.reason, 'accounts', load);
        }
    }

    /** The panel is built anew only for news, so that a button in use or opened details stay. */
    function showPlatformsIfNew(items) {
        const text = JSON.stringify(items);
        if (text === platformsText) return;
        platformsText = text;
        platforms = new Map(items.map((platform) => [platform.id, platform]));
        showPlatforms(sections.platforms, items, { mayManage: manage, onConnect: (button, platform) => connect(button, platform) });
    }

    async function more(button) {
        if (isBusy(button)) return;
        const putBack = busy(button, 'Loading…');
        try {
            list.append(await request('GET', `${root}/accounts?limit=${kPageSize}&cursor=${encodeURIComponent(list.cursor)}`, { signal }));
        } catch (error) {
            if (signal.aborted) return;
            putBack();
            showProblem(`No more accounts could be loaded. ${error.message}`);
        }
    }

    async function refresh(button, account) {
        if (isBusy(button)) return;
        const putBack = busy(button, 'Refreshing…');
        const name = platformOf(account).displayName;
        try {
            const { refreshed, reason, ...fresh } = await request('POST', accountPath(account, '/refresh'), { body: {} });
            list.update(fresh)?.querySelector('[data-testid="refresh"]')?.focus();
            (refreshed ? showDone : showNotice)(`${accountName(account)}: ${refreshSentence({ refreshed, reason }, name)}`);
        } catch (error) {
            const text = error.status === 429 ? `Too soon. Try again in ${waitText(error.retryAfter)}.` : error.message;
            showProblem(`${accountName(account)}: ${text}`);
        } finally {
            putBack();
        }
    }

    function tellNews() {
        const fresh = news.connected.map((id) => list.card(id)).filter(Boolean);
        fresh.forEach((card) => card.classList.add('fresh'));
        fresh[0]?.focus();
        const names = fresh.map((card) => card.querySelector('h3').textContent);
        if (names.length > 0) showDone(`${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} connected.`);
        if (news.error) {
            showProblem(connectErrorSentence(news.error.code, platforms.get(news.error.platformId)?.displayName ?? 'The platform'));
        }
    }

    function refreshWhenSeen() {
        if (document.visibilityState === 'visible' && Date.now() - loadedAt > kStaleAfterMs) reload();
    }
    document.addEventListener('visibilitychange', refreshWhenSeen, { signal });

    clearMessage();
    load();
    return { close: () => controller.abort(), reload };
}

/** The line under the title. */
function summarise(accounts, more) {
    const broken = accounts.filter(({ status }) => status !== 'connected').length;
    const count = `${accounts.length}${more ? '+' : ''} ${accounts.length === 1 ? 'account' : 'accounts'}`;
    const text =
        accounts.length === 0
            ? 'The social accounts that this workspace publishes through.'
            : broken === 0
              ? `${count}, all working.`
              : `${count}, ${broken} ${broken === 1 ? 'needs' : 'need'} attention.`;
    document.getElementById('summary').textContent = text;
}
