// A browser on the dashboard of a fake host, a page of its own for every test, and the words for what is on it.
// Importing this sets up and takes down all of it.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';

import { launchBrowser, newPage, newProfile } from './browser.mjs';
import { startFakeHost } from './fake_host.mjs';
import { account, kWorkspaces } from './fixtures.mjs';

export const [north, south] = kWorkspaces;
export const accountsPath = (workspace = north) => `/v1/workspaces/${workspace.id}/accounts`;

export let browser;
export let host;
export let page;

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

export const open = (path = '/accounts') => page.goto(host.url + path);
export const byId = (id) => page.getByTestId(id);
export const cards = () => byId('account-card');
export const cardOf = (one) => page.locator(`[data-account-id="${one.id}"]`);
export const message = (kind) => page.locator(`#messages [data-kind="${kind}"]`);
export const listed = (workspace = north) => host.state.accounts[workspace.id];

/** Waits until the page says so; `check` runs in the page. */
export const until = (check, argument) => page.waitForFunction(check, argument);
/** By how many pixels the page is wider than the window. */
export const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Presses Tab until the focus is on the element. */
export async function tabTo(locator) {
    const target = await locator.elementHandle();
    for (let presses = 0; presses < 60; presses += 1) {
        if (await target.evaluate((node) => node === document.activeElement)) return;
        await page.keyboard.press('Tab');
    }
    assert.fail('the element cannot be reached with the Tab key');
}

export async function assertFocusVisible() {
    const outline = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return { style: style.outlineStyle, width: parseFloat(style.outlineWidth) };
    });
    assert.notEqual(outline.style, 'none');
    assert.ok(outline.width >= 2);
}
