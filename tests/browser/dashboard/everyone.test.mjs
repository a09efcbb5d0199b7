// For every page: policy, keyboard, screen readers, dark colours.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { keepPicture } from '../support/browser.mjs';
import { assertFocusVisible, byId, cardOf, cards, host, listed, message, north, open, overflow, page, tabTo } from '../support/dashboard.mjs';
import { account, platform, variedAccounts } from '../support/fixtures.mjs';

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
