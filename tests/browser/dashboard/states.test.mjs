// The states of the page, from loading to offline, and who sees what.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { keepPicture } from '../support/browser.mjs';
import { accountsPath, byId, cardOf, cards, host, listed, message, north, open, page, south, until } from '../support/dashboard.mjs';
import { refuse } from '../support/fake_host.mjs';
import { platform, session, variedAccounts } from '../support/fixtures.mjs';

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

    it('says what is wrong with a platform as a whole', async () => {
        const since = '2026-11-26T12:00:00.000Z';
        const message = 'The platform refuses this app.';
        host.state.platforms = [
            platform('murmur', 'Murmur', { incidents: [{ cause: 'app_refused', since, message }] }),
            platform('vitrine', 'Vitrine', { incidents: [] }),
        ];
        await open();
        const incident = byId('platform-murmur').getByTestId('incident');
        assert.match(await incident.innerText(), /^The platform refuses this app\. Since /);
        assert.equal(await incident.locator('time').getAttribute('datetime'), since);
        assert.equal(await byId('incident').count(), 1);
        await byId('connect-murmur').waitFor(); // trying it is a way to see whether it is over
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
