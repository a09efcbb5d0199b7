// The dashboard in a real browser against a fake host: every state of every page.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { keepPicture, launchBrowser, newPage, newProfile } from './support/browser.mjs';
import { refuse, startFakeHost } from './support/fake_host.mjs';
import { account, days, fromNow, kWorkspaces, platform, session, variedAccounts } from './support/fixtures.mjs';

const [north, south] = kWorkspaces;
const accountsPath = (workspace = north) => `/v1/workspaces/${workspace.id}/accounts`;

let browser;
let host;
let page;

before(async () => {
    [browser, host] = await Promise.all([launchBrowser(), startFakeHost()]);
});
after(async () => {
    await browser?.close();
    await host?.stop();
});
beforeEach(async () => {
    host.reset();
    page = await newPage(await newProfile(browser));
});
afterEach(async () => {
    const { faults } = page;
    await page.context().close();
    assert.deepEqual(faults, [], 'script errors or policy violations');
});

const open = (path = '/accounts') => page.goto(host.url + path);
const byId = (id) => page.getByTestId(id);
const cards = () => byId('account-card');
const cardOf = (one) => page.locator(`[data-account-id="${one.id}"]`);
const message = (kind) => page.locator(`#messages [data-kind="${kind}"]`);
const listed = (workspace = north) => host.state.accounts[workspace.id];

/** Waits until the page says so; `check` runs in the page. */
const until = (check, argument) => page.waitForFunction(check, argument);
/** By how many pixels the page is wider than the window. */
const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Presses Tab until the focus is on the element. */
async function tabTo(locator) {
    const target = await locator.elementHandle();
    for (let presses = 0; presses < 60; presses += 1) {
        if (await target.evaluate((node) => node === document.activeElement)) return;
        await page.keyboard.press('Tab');
    }
    assert.fail('the element cannot be reached with the Tab key');
}

async function assertFocusVisible() {
    const outline = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return { style: style.outlineStyle, width: parseFloat(style.outlineWidth) };
    });
    assert.notEqual(outline.style, 'none');
    assert.ok(outline.width >= 2);
}

describe('account cards', () => {
    it('say who, where, whether it works, until when and who connected it', async () => {
        await open();
        const card = cardOf(listed()[0]);
        await card.waitFor();
        assert.equal(await card.getAttribute('data-platform'), 'murmur');
        assert.equal(await card.getAttribute('data-status'), 'connected');
        assert.equal(await card.locator('h3').innerText(), '@north_shop');
        assert.equal(await card.locator('.avatar').innerText(), 'NS');
        assert.equal(await card.getByTestId('status').innerText(), 'Connected');
        const text = await card.innerText();
        assert.match(text, /Murmur · North Shop · personal/);
        assert.match(text, /by ana@example\.org/);
        assert.match(await card.getByTestId('expires').innerText(), /Access renews itself\s+by \d+ \w+ \d{4}/);
        assert.equal(await page.locator('#summary').innerText(), '3 accounts, 1 needs attention.');
        await keepPicture(page, 'accounts');
    });

    it('explain a broken account and make Reconnect prominent', async () => {
        await open();
        const card = cardOf(listed()[1]);
        assert.match(await card.getByTestId('status-reason').innerText(), /^Permission was withdrawn at Vitrine\./);
        assert.match(await card.getByTestId('reconnect').getAttribute('class'), /primary/);
        assert.equal(await card.getByTestId('refresh').count(), 0);
    });

    it('have a sentence for every reason, also one they do not know', async () => {
        const reasons = ['user_revoked', 'refresh_token_expired', 'rotation_lost', 'no_refresh_token', 'scope_missing', 'account_suspended', 'unknown', 'made_up_later'];
        host.state.accounts[north.id] = reasons.map((statusReason) => account({ status: 'token_expired', statusReason }));
        await open();
        await cards().last().waitFor();
        const sentences = await byId('status-reason').allInnerTexts();
        assert.equal(sentences.length, reasons.length);
        for (const sentence of sentences) assert.match(sentence, /Murmur.*[Rr]econnect/s);
        assert.equal(new Set(sentences).size, reasons.length - 1, 'only the unknown ones share a sentence');
    });

    it('warn before the grant ends and name what was not allowed', async () => {
        await open();
        const card = cardOf(listed()[2]);
        assert.equal(await card.locator('h3').innerText(), 'Åsa Öberg');
        assert.equal(await card.locator('.avatar').innerText(), 'ÅÖ');
        assert.match(await card.getByTestId('reconnect-by').innerText(), /in 9 days/);
        assert.equal(await card.getByTestId('expires').count(), 0);
        assert.match(await card.getByTestId('missing-scopes').innerText(), /see your name and picture \(profile\.read\)/);
        assert.match(await card.getByTestId('reconnect').getAttribute('class'), /primary/);
    });

    it('show the timeline on demand', async () => {
        const [first] = listed();
        host.state.advice = [{ code: 'reconnect_soon', message: 'Reconnect within two weeks.' }];
        host.state.events[first.id] = [
            { id: 'evt_3', type: 'account.something_new', at: fromNow(-1000), actor: 'system', data: {} },
            { id: 'evt_2', type: 'account.token_expired', at: fromNow(-2000), actor: 'system', data: {} },
            { id: 'evt_1', type: 'account.connected', at: fromNow(-3000), actor: host.state.session.user.id, data: {} },
        ];
        await open();
        const details = cardOf(first).getByTestId('details');
        await details.locator('summary').click();
        const lines = await details.getByTestId('timeline').locator('li').allInnerTexts();
        assert.equal(lines.length, 3);
        assert.match(lines[0], /Something new$/);
        assert.match(lines[1], /Access ended$/);
        assert.match(lines[2], /Connected, by you$/);
        assert.match(await details.innerText(), /Reconnect within two weeks\./);
        assert.match(await details.innerText(), new RegExp(first.id));
    });

    it('come in pages', async () => {
        host.state.pageSize = 2;
        await open();
        await byId('more').click();
        await until(() => document.querySelectorAll('[data-testid=account-card]').length === 3);
        assert.equal(await byId('more').count(), 0);
    });

    it('never turn text into elements', async () => {
        const nasty = '<img src=x onerror=window.hit=1>';
        host.state.session = session({ workspaces: [{ ...north, name: nasty }] });
        host.state.platforms = [platform('murmur', nasty), platform('reel', 'Reel', { state: 'refused', reason: nasty })];
        host.state.accounts[north.id] = [
            account({ username: nasty, displayName: nasty, accountType: nasty, profileUrl: 'javascript:window.hit=1', connectedBy: { id: 'usr_1', name: nasty }, missingScopes: [nasty] }),
        ];
        await open(`/accounts?workspace=${encodeURIComponent(nasty)}&connectError=${encodeURIComponent(nasty)}&platform=${encodeURIComponent(nasty)}`);
        await cards().waitFor();
        assert.equal(await cards().locator('h3').innerText(), nasty);
        assert.equal(await page.locator('main img, h3 a').count(), 0);
        assert.equal(await page.evaluate(() => window.hit), undefined);
        assert.equal(await message('problem').locator('p').innerText(), 'The account was not connected. Try again.');
        assert.equal(new URL(page.url()).search, `?workspace=${north.id}`);
    });
});

describe('platforms', () => {
    it('show Connect only where it works, and what to do elsewhere', async () => {
        await open();
        await byId('platform-murmur').waitFor();
        assert.ok(await byId('connect-murmur').isVisible());
        assert.equal(await byId('platform-murmur').getByTestId('log-out-hint').count(), 0);
        assert.match(await byId('platform-vitrine').getByTestId('log-out-hint').innerText(), /log out there first/);
        for (const id of ['reel', 'ledger', 'drift']) assert.equal(await byId(`connect-${id}`).count(), 0);
        assert.match(await byId('platform-ledger').innerText(), /Not loaded\s+Built for ABI 1/);
        assert.match(await byId('platform-drift').innerText(), /Out of service\s+The plugin stopped/);
    });

    it('give the exact redirect address of one that is not set up, and copy it', async () => {
        await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: host.url });
        await open();
        const row = byId('platform-reel');
        await row.locator('summary').click();
        const wanted = host.state.platforms.find(({ id }) => id === 'reel').redirectUri;
        assert.equal(await row.getByTestId('redirect-uri').innerText(), wanted);
        assert.match(await row.innerText(), /\[platform\.reel\]/);
        await row.getByRole('button').click();
        await row.getByText('Copied').waitFor();
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), wanted);
    });

    it('list the permissions that will be asked for', async () => {
        await open();
        await byId('platform-murmur').locator('summary').click();
        assert.match(await byId('platform-murmur').innerText(), /Publish in your name\s+post\.write/);
    });

    it('may be absent', async () => {
        host.state.platforms = [];
        await open();
        await page.getByText('No platforms yet').waitFor();
    });
});

describe('connecting', () => {
    it('goes to the platform once, however often the button is pressed', async () => {
        const path = '/connect/murmur/start';
        let answer;
        host.state.answers[`POST ${path}`] = () => new Promise((resolve) => (answer = resolve));
        await open();
        await byId('connect-murmur').dblclick();
        await byId('connect-vitrine').click();
        await until(() => document.querySelector('[data-testid=connect-murmur]').getAttribute('aria-busy') === 'true');
        answer({ status: 200, body: { url: host.platformUrl } });
        await page.waitForURL(host.platformUrl);
        assert.equal(host.count('POST', path), 1);
        assert.equal(host.count('POST', '/connect/vitrine/start'), 0);
        assert.equal(host.count('GET', '/platform/consent'), 1);
        const { body, headers } = host.requests.find((one) => one.path === path);
        assert.deepEqual(body, { workspaceId: north.id });
        assert.equal(headers['x-csrf-token'], 'csrf-1');
    });

    it('works again after Back', async () => {
        await open();
        await byId('connect-murmur').click();
        await page.waitForURL(host.platformUrl);
        await page.goBack();
        await byId('connect-murmur').click();
        await page.waitForURL(host.platformUrl);
        assert.equal(host.count('POST', '/connect/murmur/start'), 2);
    });

    it('says why it could not start, and can be tried again', async () => {
        host.state.answers['POST /connect/murmur/start'] = () => refuse(503, 'unavailable', { message: 'Try again shortly.' });
        await open();
        await byId('connect-murmur').click();
        assert.match(await message('problem').innerText(), /Murmur could not be opened\. Try again shortly\./);
        delete host.state.answers['POST /connect/murmur/start'];
        await byId('connect-murmur').click();
        await page.waitForURL(host.platformUrl);
    });

    it('follows no address that is not a web address', async () => {
        host.state.answers['POST /connect/murmur/start'] = () => ({ status: 200, body: { url: 'javascript:window.hit=1' } });
        await open();
        await byId('connect-murmur').click();
        assert.match(await message('problem').innerText(), /no usable address/);
        assert.equal(await page.evaluate(() => window.hit), undefined);
    });

    it('pins a reconnect to its account', async () => {
        await open();
        await cardOf(listed()[1]).getByTestId('reconnect').click();
        await page.waitForURL(host.platformUrl);
        const { body } = host.requests.find((one) => one.path === '/connect/vitrine/start');
        assert.deepEqual(body, { workspaceId: north.id, accountId: listed()[1].id });
    });

    it('comes back with the new card in focus and a clean address', async () => {
        const [first, , third] = listed();
        await open(`/accounts?workspace=${north.id}&connected=${first.id},${third.id}`);
        assert.equal(await message('done').locator('p').innerText(), '@north_shop, Åsa Öberg are connected.');
        assert.equal(new URL(page.url()).search, `?workspace=${north.id}`);
        assert.equal(await page.evaluate(() => document.activeElement.dataset.accountId), first.id);
        assert.match(await cardOf(third).getAttribute('class'), /fresh/);
    });

    for (const code of ['access_denied', 'scope_missing', 'account_mismatch', 'connect_expired', 'no_publishable_account', 'platform_error', 'platform_unavailable', 'app_misconfigured', 'interrupted']) {
        it(`has a text of its own for ${code}`, async () => {
            await open(`/accounts?workspace=${north.id}&connectError=${code}&platform=murmur`);
            const text = await message('problem').locator('p').innerText();
            assert.notEqual(text, 'The account was not connected. Try again.');
            assert.equal(new URL(page.url()).search, `?workspace=${north.id}`);
        });
    }
});

describe('refreshing', () => {
    it('renews and says so', async () => {
        await open();
        const card = cardOf(listed()[0]);
        const before = await card.getByTestId('expires').innerText();
        await card.getByTestId('refresh').click();
        assert.match(await message('done').innerText(), /@north_shop: Access renewed at Murmur\./);
        assert.notEqual(await card.getByTestId('expires').innerText(), before);
        assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), 'refresh');
    });

    it('shows an account that turns out broken', async () => {
        const [first] = listed();
        host.state.answers[`POST ${accountsPath()}/${first.id}/refresh`] = () => ({
            status: 200,
            body: { ...first, status: 'token_expired', statusReason: 'user_revoked', refreshed: false, reason: 'reconnect_required' },
        });
        await open();
        await cardOf(first).getByTestId('refresh').click();
        await message('notice').waitFor();
        assert.equal(await cardOf(first).getAttribute('data-status'), 'token_expired');
        assert.equal(await page.locator('#summary').innerText(), '3 accounts, 2 need attention.');
    });

    it('says when to try again', async () => {
        const [first] = listed();
        host.state.answers[`POST ${accountsPath()}/${first.id}/refresh`] = () => ({ ...refuse(429, 'rate_limited'), headers: { 'Retry-After': '150' } });
        await open();
        await cardOf(first).getByTestId('refresh').click();
        assert.match(await message('problem').innerText(), /Try again in 3 minutes\./);
    });
});

describe('disconnecting', () => {
    const begin = async (one) => {
        await cardOf(one).getByTestId('disconnect').click();
        await page.locator('dialog[open]').waitFor();
    };

    it('asks first, and Escape or Cancel change nothing', async () => {
        const [first] = listed();
        await open();
        await begin(first);
        assert.match(await page.locator('dialog').innerText(), /Disconnect @north_shop\?/);
        await keepPicture(page, 'confirm');
        assert.equal(await page.evaluate(() => document.activeElement.value), 'cancel');
        await page.keyboard.press('Escape');
        await begin(first);
        await page.getByRole('button', { name: 'Cancel' }).click();
        await page.locator('dialog[open]').waitFor({ state: 'hidden' });
        assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), 'disconnect');
        assert.equal(host.count('DELETE', `${accountsPath()}/${first.id}`), 0);
    });

    it('waits for the outcome at the platform, past older outcomes', async () => {
        const [first] = listed();
        const old = [
            { id: 'evt_2', type: 'account.disconnected', at: fromNow(0), actor: 'usr_1', data: {} },
            { id: 'evt_1', type: 'account.revocation', at: fromNow(-9000), actor: 'system', data: { outcome: 'failed' } },
        ];
        host.state.events[first.id] = old;
        await open();
        await begin(first);
        await byId('confirm-disconnect').click();
        const outcome = cardOf(first).getByTestId('revocation-outcome');
        await outcome.waitFor();
        assert.equal(await outcome.getAttribute('data-outcome'), 'queued');
        assert.equal(await cardOf(first).getAttribute('data-status'), 'disconnected');
        assert.equal(await page.evaluate(() => document.activeElement.dataset.accountId), first.id);
        await until((path) => performance.getEntriesByType('resource').filter(({ name }) => name.includes(path)).length >= 2, `${first.id}/events`);
        assert.equal(await outcome.getAttribute('data-outcome'), 'queued');
        host.state.events[first.id] = [{ id: 'evt_3', type: 'account.revocation', at: fromNow(0), actor: 'system', data: { outcome: 'revoked' } }, ...old];
        await page.locator('[data-outcome="revoked"]').waitFor();
        assert.match(await outcome.innerText(), /withdrawn at Murmur/);
        assert.equal(await page.locator('#summary').innerText(), '2 accounts, 1 needs attention.');
        await keepPicture(page, 'disconnected');
        await cardOf(first).getByRole('button', { name: /^Hide/ }).click();
        assert.equal(await cardOf(first).count(), 0);
    });

    for (const outcome of ['unsupported', 'skipped_shared_grant']) {
        it(`says at once that the permission is ${outcome}`, async () => {
            const [first] = listed();
            host.state.revocation = outcome;
            await open();
            await begin(first);
            await byId('confirm-disconnect').click();
            await page.locator(`[data-outcome="${outcome}"]`).waitFor();
            assert.equal(host.count('GET', `${accountsPath()}/${first.id}/events`), 0);
        });
    }

    for (const outcome of ['already_gone', 'failed']) {
        it(`shows the outcome ${outcome}`, async () => {
            const [first] = listed();
            host.state.events[first.id] = [{ id: 'evt_1', type: 'account.revocation', at: fromNow(0), actor: 'system', data: { outcome } }];
            await open();
            await begin(first);
            await byId('confirm-disconnect').click();
            await page.locator(`[data-outcome="${outcome}"]`).waitFor();
        });
    }

    it('keeps the card when the host refuses', async () => {
        const [first] = listed();
        host.state.answers[`DELETE ${accountsPath()}/${first.id}`] = () => refuse(503, 'unavailable');
        await open();
        await begin(first);
        await byId('confirm-disconnect').click();
        assert.match(await message('problem').innerText(), /@north_shop is still connected/);
        assert.equal(await cardOf(first).getAttribute('data-status'), 'connected');
    });

    it('takes a card away that was disconnected elsewhere', async () => {
        const [first] = listed();
        await open();
        await cardOf(first).waitFor();
        host.state.accounts[north.id] = listed().slice(1);
        await begin(first);
        await byId('confirm-disconnect').click();
        assert.match(await message('done').innerText(), /already disconnected/);
        assert.equal(await cardOf(first).count(), 0);
    });

    it('ends in the empty state when the last card is hidden', async () => {
        host.state.accounts[north.id] = variedAccounts().slice(0, 1);
        host.state.revocation = 'unsupported';
        const [only] = listed();
        await open();
        await begin(only);
        await byId('confirm-disconnect').click();
        await cardOf(only).getByRole('button', { name: /^Hide/ }).click();
        await byId('empty').waitFor();
    });
});

describe('states of the page', () => {
    it('shows that it is loading', async () => {
        let answer;
        host.state.answers[`GET ${accountsPath()}`] = () => new Promise((resolve) => (answer = resolve));
        await open();
        await byId('loading').first().waitFor();
        await until(() => document.getElementById('accounts').getAttribute('aria-busy') === 'true');
        while (!answer) await page.waitForRequest(new RegExp(`${accountsPath()}\\?`));
        answer({ status: 200, body: { items: [], cursor: null, limit: 50 } });
        await byId('empty').waitFor();
        assert.equal(await page.locator('#accounts').getAttribute('aria-busy'), 'false');
    });

    it('explains an empty workspace', async () => {
        host.state.accounts[north.id] = [];
        await open();
        assert.match(await byId('empty').innerText(), /No accounts yet\s+Choose a platform/);
        await keepPicture(page, 'empty');
    });

    it('shows a failure with a way to try again', async () => {
        host.state.answers[`GET ${accountsPath()}`] = () => refuse(503, 'unavailable', { message: 'The database is away.' });
        await open();
        assert.match(await byId('load-error').innerText(), /could not be loaded\s+The database is away\./);
        await byId('platform-murmur').waitFor();
        await keepPicture(page, 'error');
        delete host.state.answers[`GET ${accountsPath()}`];
        await byId('retry').click();
        await cards().first().waitFor();
    });

    it('survives answers that are not JSON and connections that break', async () => {
        host.state.answers[`GET ${accountsPath()}`] = () => ({ drop: true });
        await open();
        assert.match(await byId('load-error').innerText(), /The server cannot be reached\./);
        host.state.answers[`GET ${accountsPath()}`] = () => ({ status: 502, text: '<h1>Bad gateway</h1>' });
        await byId('retry').click();
        await page.getByText('The server answered with status 502.').waitFor();
    });

    it('says when it is offline and catches up afterwards', async () => {
        await open();
        await cards().first().waitFor();
        await page.context().setOffline(true);
        assert.match(await message('notice').innerText(), /You are offline/);
        await cardOf(listed()[0]).getByTestId('refresh').click();
        assert.match(await message('problem').innerText(), /You are offline/);
        host.state.accounts[north.id] = listed().slice(1);
        await page.context().setOffline(false);
        await until(() => document.querySelectorAll('[data-testid=account-card]').length === 2);
    });

    it('switches the workspace and remembers it', async () => {
        await open();
        await cards().first().waitFor();
        await byId('workspace-switcher').selectOption(south.id);
        assert.match(await byId('empty').innerText(), /An administrator/);
        assert.equal(new URL(page.url()).search, `?workspace=${south.id}`);
        await open();
        await byId('empty').waitFor();
        assert.equal(await byId('workspace-switcher').inputValue(), south.id);
    });

    it('drops the answer of a workspace that was left', async () => {
        let late;
        host.state.answers[`GET ${accountsPath()}`] = () => new Promise((resolve) => (late = resolve));
        await open();
        await until(() => !document.getElementById('workspace-switcher').disabled);
        await byId('workspace-switcher').selectOption(south.id);
        await byId('empty').waitFor();
        late({ status: 200, body: { items: listed(), cursor: null, limit: 50 } });
        await page.evaluate(() => fetch('/session'));
        assert.equal(await cards().count(), 0);
    });

    it('shows a viewer no buttons that change something', async () => {
        host.state.accounts[south.id] = variedAccounts();
        await open(`/accounts?workspace=${south.id}`);
        await cards().first().waitFor();
        await byId('platform-murmur').waitFor();
        for (const id of ['reconnect', 'refresh', 'disconnect', 'connect-murmur', 'redirect-uri']) assert.equal(await byId(id).count(), 0, id);
        assert.equal(await byId('status-reason').count(), 1);
    });

    it('lets the owner of the installation manage any workspace', async () => {
        host.state.session.user.tenantRole = 'owner';
        host.state.accounts[south.id] = variedAccounts();
        await open(`/accounts?workspace=${south.id}`);
        await cards().first().waitFor();
        assert.equal(await byId('disconnect').count(), 3);
    });

    it('explains a person without a workspace', async () => {
        host.state.session = session({ workspaces: [] });
        await open();
        assert.match(await byId('empty').innerText(), /No workspace yet/);
        assert.ok(await byId('workspace-switcher').isDisabled());
    });
});

describe('session', () => {
    it('is needed', async () => {
        host.state.signedIn = false;
        await open();
        await page.waitForURL(`${host.url}/sign-in`);
    });

    it('leads to the sign-in page when it ends', async () => {
        await open();
        await cards().first().waitFor();
        host.state.signedIn = false;
        await cardOf(listed()[0]).getByTestId('refresh').click();
        await page.waitForURL(`${host.url}/sign-in`);
    });

    it('goes on with the new token after signing in again in another tab', async () => {
        await open();
        await cards().first().waitFor();
        host.state.session = session({ csrfToken: 'csrf-9' });
        await cardOf(listed()[0]).getByTestId('refresh').click();
        await message('done').waitFor();
    });

    it('ends with Sign out', async () => {
        await open();
        await byId('sign-out').click();
        await page.waitForURL(`${host.url}/sign-in`);
        assert.equal(host.count('DELETE', '/session'), 1);
    });

    it('begins with e-mail and password', async () => {
        host.state.signedIn = false;
        await open('/sign-in');
        await keepPicture(page, 'sign-in');
        await page.getByRole('button', { name: 'Sign in' }).click();
        assert.match(await page.locator('#problem').innerText(), /Enter your e-mail/);
        await page.getByLabel('E-mail').fill('ana@example.org');
        await page.getByLabel('Password').fill('correct horse battery');
        await page.keyboard.press('Enter');
        await page.waitForURL(/\/accounts/);
        const { body } = host.requests.find((one) => one.method === 'POST' && one.path === '/session');
        assert.deepEqual(body, { email: 'ana@example.org', password: 'correct horse battery' });
    });

    it('is not begun by a wrong password, nor by too many', async () => {
        host.state.signedIn = false;
        host.state.answers['POST /session'] = () => refuse(401, 'unauthorized');
        await open('/sign-in');
        await page.getByLabel('E-mail').fill('ana@example.org');
        await page.getByLabel('Password').fill('wrong');
        await page.keyboard.press('Enter');
        await page.getByText('The e-mail or the password is not right.').waitFor();
        host.state.answers['POST /session'] = () => ({ ...refuse(429, 'rate_limited'), headers: { 'Retry-After': '600' } });
        await page.keyboard.press('Enter');
        await page.getByText('Too many attempts. Try again in 10 minutes.').waitFor();
    });

    it('begins with a one-time link only when the button is pressed', async () => {
        host.state.signedIn = false;
        await open('/sign-in/link#s3cret-AZaz_09');
        await byId('sign-in-with-link').waitFor();
        assert.equal(host.count('POST', '/session/link'), 0);
        await byId('sign-in-with-link').click();
        await page.waitForURL(/\/accounts/);
        const { body } = host.requests.find((one) => one.path === '/session/link');
        assert.deepEqual(body, { secret: 's3cret-AZaz_09' });
        assert.ok(host.requests.every(({ path, headers }) => !`${path}${headers.referer}`.includes('s3cret')));
    });

    it('explains a used or cut link', async () => {
        host.state.signedIn = false;
        host.state.answers['POST /session/link'] = () => refuse(401, 'unauthorized');
        await open('/sign-in/link#spent');
        await byId('sign-in-with-link').click();
        await page.getByText('This link was used already or is too old.').waitFor();
        assert.equal(page.url(), `${host.url}/sign-in/link`);
        await open('/sign-in/link');
        await page.getByText('This link is not complete.').waitFor();
        assert.ok(!(await byId('sign-in-with-link').isVisible()));
    });
});

describe('settings', () => {
    it('set a first password', async () => {
        host.state.session.user.hasPassword = false;
        await open('/settings');
        await page.getByText('Signed in as ana@example.org').waitFor();
        assert.ok(!(await page.getByLabel('Current password').isVisible()));
        await page.getByLabel('New password').fill('too short');
        await page.keyboard.press('Enter');
        await page.getByText('Use at least 12 characters.').waitFor();
        assert.equal(host.count('PUT', '/session/password'), 0);
        await page.getByLabel('New password').fill('four words are enough');
        await page.keyboard.press('Enter');
        assert.match(await message('done').innerText(), /Your password is set\./);
        await page.getByLabel('Current password').waitFor();
        const { body } = host.requests.find((one) => one.path === '/session/password');
        assert.deepEqual(body, { newPassword: 'four words are enough' });
    });

    it('change a password, with the problem beside its field', async () => {
        host.state.answers['PUT /session/password'] = () => refuse(400, 'INVALID_REQUEST', { details: { currentPassword: ['This is not your password'] } });
        await open('/settings');
        await page.getByLabel('Current password').fill('not it');
        await page.getByLabel('New password').fill('four words are enough');
        await page.getByRole('button', { name: 'Save password' }).click();
        await page.getByText('This is not your password').waitFor();
        assert.equal(await page.getByLabel('Current password').getAttribute('aria-invalid'), 'true');
        await keepPicture(page, 'settings');
        delete host.state.answers['PUT /session/password'];
        await page.getByRole('button', { name: 'Save password' }).click();
        await message('done').waitFor();
        assert.equal(await page.getByLabel('Current password').inputValue(), '');
        // The session was renewed with it: the next change carries its new token.
        await byId('sign-out').click();
        await page.waitForURL(/\/sign-in/);
    });
});

describe('for everyone', () => {
    it('runs under a policy that stops foreign script, and the tests would notice', async () => {
        await open('/settings');
        await page.evaluate(() => {
            const script = document.createElement('script');
            script.textContent = 'window.hit = 1';
            document.body.append(script);
        });
        assert.equal(await page.evaluate(() => window.hit), undefined);
        assert.equal(page.faults.length, 1);
        page.faults.length = 0;
    });

    it('works with the keyboard alone', async () => {
        const [first] = listed();
        host.state.revocation = 'unsupported';
        await open();
        await cards().first().waitFor();
        await page.keyboard.press('Tab');
        assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
        await assertFocusVisible();
        await page.keyboard.press('Enter');
        await tabTo(cardOf(first).getByTestId('details').locator('summary'));
        await page.keyboard.press('Enter');
        await cardOf(first).getByText('For the API').waitFor();
        await page.keyboard.press('Shift+Tab');
        assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), 'disconnect');
        await assertFocusVisible();
        await page.keyboard.press('Enter');
        await page.locator('dialog[open]').waitFor();
        await page.keyboard.press('Tab');
        assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), 'confirm-disconnect');
        await page.keyboard.press('Enter');
        await page.locator('[data-outcome="unsupported"]').waitFor();
        await tabTo(byId('connect-murmur'));
        await assertFocusVisible();
        await page.keyboard.press('Enter');
        await page.waitForURL(host.platformUrl);
    });

    it('announces messages', async () => {
        await open(`/accounts?connectError=access_denied&platform=murmur`);
        await message('problem').waitFor();
        assert.equal(await page.locator('#messages').getAttribute('aria-live'), 'polite');
    });

    for (const path of ['/accounts', '/settings', '/sign-in', '/sign-in/link#s']) {
        it(`fits a phone: ${path}`, async () => {
            await page.setViewportSize({ width: 320, height: 640 });
            host.state.signedIn = path === '/accounts' || path === '/settings';
            host.state.accounts[north.id] = [
                ...variedAccounts(),
                account({ username: `@${'very_long_handle_'.repeat(8)}`, displayName: 'W'.repeat(120), missingScopes: [`https://scopes.example/${'x'.repeat(90)}`] }),
            ];
            await open(path);
            if (path === '/accounts') {
                await cards().last().waitFor();
                await byId('platform-reel').locator('summary').click();
                await cards().last().getByTestId('details').locator('summary').click();
                await cards().last().getByText('For the API').waitFor();
            }
            await page.locator('main').waitFor();
            assert.ok((await overflow()) <= 0, 'no sideways scrolling');
            await keepPicture(page, `phone${path.replaceAll(/\W/g, '-')}`);
        });
    }

    it('follows the dark colours of the system', async () => {
        await page.emulateMedia({ colorScheme: 'dark' });
        await open();
        await cards().first().waitFor();
        const [ink, paper] = await page.evaluate(() => {
            const { color, backgroundColor } = getComputedStyle(document.body);
            return [color, backgroundColor].map((text) => text.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0));
        });
        assert.ok(ink > 600 && paper < 100);
        await keepPicture(page, 'dark');
    });
});
