// Account cards and platforms: what is shown of each.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { keepPicture } from '../support/browser.mjs';
import { byId, cardOf, cards, host, listed, message, north, open, page, until } from '../support/dashboard.mjs';
import { account, fromNow, platform, session } from '../support/fixtures.mjs';

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
