// What a person does with an account: connect, refresh, disconnect.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { keepPicture } from '../support/browser.mjs';
import { accountsPath, byId, cardOf, host, listed, message, north, open, page, until } from '../support/dashboard.mjs';
import { refuse } from '../support/fake_host.mjs';
import { fromNow, platform, variedAccounts } from '../support/fixtures.mjs';

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
