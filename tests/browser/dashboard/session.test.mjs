// Signing in and out, and the password.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { keepPicture } from '../support/browser.mjs';
import { byId, cardOf, cards, host, listed, message, open, page } from '../support/dashboard.mjs';
import { refuse } from '../support/fake_host.mjs';
import { session } from '../support/fixtures.mjs';

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
