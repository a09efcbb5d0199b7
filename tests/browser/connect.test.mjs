// Connecting accounts in a real browser against the real service and the sandbox of the platforms:
// the whole way a person goes, on each platform, with what can go wrong on it.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { keepPicture, launchBrowser, newPage, newProfile } from './support/browser.mjs';
import { apiGet, sandboxOf, startDemo } from './support/demo.mjs';

const kPlatforms = ['twitter', 'linkedin', 'instagram', 'tiktok', 'youtube'];
const kSettledMs = 30_000;

let browser;
let context;
let demo;
let page;
let sandbox;

before(async () => {
    demo = await startDemo();
    sandbox = sandboxOf(demo);
    browser = await launchBrowser();
    context = await newProfile(browser);
    const first = await newPage(context);
    await first.goto(demo.signInUrl);
    await first.getByTestId('sign-in-with-link').click();
    await first.getByTestId('platform-twitter').waitFor();
    await first.close();
});
after(async () => {
    await browser?.close();
    await demo?.stop();
});
beforeEach(async () => {
    page = await newPage(context);
});
afterEach(async () => {
    const { faults } = page;
    await page.close();
    assert.deepEqual(faults, [], 'script errors or policy violations');
});

const byId = (id) => page.getByTestId(id);
const cardsOf = (platform) => page.locator(`[data-testid="account-card"][data-platform="${platform}"]`);
const accountsOf = async (platform) =>
    (await apiGet(demo, `/v1/workspaces/${demo.workspaceId}/accounts?platform=${platform}`)).items;
const isOurs = (url) => url.origin === new URL(demo.url).origin;
const isOutcome = (url) => isOurs(url) && !/^\/connect\/[a-z]+\/start$/.test(url.pathname);

async function openAccounts() {
    await page.goto(`${demo.url}/accounts?workspace=${demo.workspaceId}`);
    await page.locator('#accounts[aria-busy="false"]').waitFor();
}

/** From the Accounts page to the platform's consent page. */
async function pressConnect(platform, press = (button) => button.click()) {
    await openAccounts();
    await press(byId(`connect-${platform}`));
    await page.locator('#allow').waitFor();
}

/** On the consent page. Comes back when the browser is on a page of ours again. */
async function allowAs(person, { without } = {}) {
    await page.locator(`[data-person="${person.id}"]`).click();
    if (without) await page.locator(`input[name="scope"][value="${without}"]`).uncheck();
    await Promise.all([page.waitForURL(isOutcome), page.locator('#allow').click()]);
}

/** Where a platform holds several identities of the person, ours asks which: take them all. */
async function chooseIfAsked() {
    const choices = page.locator('input[name="identity"]');
    await page.locator('main').first().waitFor();
    if ((await choices.count()) === 0) return;
    await keepPicture(page, 'choose');
    for (const choice of await choices.all()) await choice.check();
    await page.locator('form button.primary').click();
}

async function connect(platform, person, press) {
    await pressConnect(platform, press);
    await allowAs(person);
    await chooseIfAsked();
    await page.waitForURL((url) => isOurs(url) && url.pathname === '/accounts');
    await cardsOf(platform).first().waitFor();
}

/** What the page says after a connect that came to nothing for this reason. */
async function refusal(code) {
    await page.waitForURL(isOutcome);
    assert.equal(await byId('connect-code').innerText(), code);
    return page.locator('main').innerText();
}

/** A pair that was refused is given back to the platform. */
async function settleRefused(platform, person) {
    await eventually(() => sandbox.livingGrants(platform, person), (grants) => grants.length === 0);
}

/** Asks until the answer is right; what it was last time becomes the message. */
async function eventually(ask, isRight) {
    const until = Date.now() + kSettledMs;
    for (;;) {
        const answer = await ask();
        if (isRight(answer)) return answer;
        assert.ok(Date.now() < until, `still ${JSON.stringify(answer)}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
}

for (const platform of kPlatforms) {
    describe(`connecting ${platform}`, () => {
        let people;
        let connected;

        before(async () => {
            people = await sandbox.people(platform);
        });

        it('leaves nothing behind when the person says no', async () => {
            await pressConnect(platform);
            await keepPicture(page, `consent-${platform}`);
            await page.locator(`[data-person="${people[0].id}"]`).click();
            await page.locator('#deny').click();
            assert.match(await refusal('access_denied'), /Nothing was connected/);
            await keepPicture(page, `denied-${platform}`);
            assert.deepEqual(await accountsOf(platform), []);
            assert.equal((await sandbox.oracle(platform)).requests.token, 0);
        });

        it('refuses to connect without a permission that was unticked', async (test) => {
            await pressConnect(platform);
            const scopes = page.locator('input[name="scope"]');
            if ((await scopes.count()) === 0) return test.skip('this platform grants all or nothing');
            const unticked = await scopes.first().inputValue();
            await allowAs(people[0], { without: unticked });
            assert.ok((await refusal('scope_missing')).includes(unticked), `the refusal names ${unticked}`);
            await keepPicture(page, `scope-missing-${platform}`);
            assert.deepEqual(await accountsOf(platform), []);
            await settleRefused(platform, people[0]);
        });

        it('makes one account, however often the button is pressed', async () => {
            const before = (await sandbox.oracle(platform)).requests.token;
            const starts = [];
            page.on('request', (request) => request.method() === 'POST' && request.url().endsWith(`/connect/${platform}/start`) && starts.push(request));
            await connect(platform, people[0], (button) => button.dblclick());
            assert.equal(starts.length, 1);
            const [account, ...others] = await accountsOf(platform);
            assert.deepEqual(others, []);
            assert.equal(account.status, 'connected');
            assert.equal(await cardsOf(platform).getAttribute('data-account-id'), account.id);
            assert.deepEqual(account.missingScopes, []);
            const { requests } = await sandbox.oracle(platform);
            assert.ok(requests.token > before);
            assert.ok((await sandbox.livingGrants(platform, people[0])).length >= 1);
            connected = account;
        });

        it('refuses somebody else at a reconnect and changes nothing', async () => {
            await openAccounts();
            await page.locator(`[data-account-id="${connected.id}"]`).getByTestId('reconnect').click();
            await page.locator('#allow').waitFor();
            await allowAs(people[1]);
            const expected = connected.username ?? connected.displayName;
            assert.ok((await refusal('account_mismatch')).includes(expected), `the refusal names ${expected}`);
            await keepPicture(page, `mismatch-${platform}`);
            assert.deepEqual(await accountsOf(platform), [connected]);
            await settleRefused(platform, people[1]);
        });

        it('keeps the account id at a reconnect', async () => {
            await openAccounts();
            await page.locator(`[data-account-id="${connected.id}"]`).getByTestId('reconnect').click();
            await page.locator('#allow').waitFor();
            await allowAs(people[0]);
            await chooseIfAsked();
            await page.waitForURL((url) => isOurs(url) && url.pathname === '/accounts');
            await cardsOf(platform).first().waitFor();
            const after = await accountsOf(platform);
            assert.deepEqual(after.map(({ id, status }) => ({ id, status })), [{ id: connected.id, status: 'connected' }]);
        });
    });
}

describe('all platforms together', () => {
    it('stand on one page as five working accounts', async () => {
        await openAccounts();
        for (const platform of kPlatforms) {
            assert.equal(await cardsOf(platform).count(), 1, platform);
            assert.equal(await cardsOf(platform).getAttribute('data-status'), 'connected', platform);
        }
        await keepPicture(page, 'five-accounts');
    });

    it('tell their history and can be refreshed', async () => {
        await openAccounts();
        // Where a revocation ends the whole grant: elsewhere a replaced access token lives to its end.
        const card = cardsOf('tiktok');
        await card.getByTestId('details').locator('summary').click();
        const timeline = card.getByTestId('timeline').locator('li');
        await timeline.first().waitFor();
        const lines = await timeline.allInnerTexts();
        assert.match(lines.at(-1), /Connected, by you$/);
        assert.match(lines[0], /Reconnected, by you$|Permission at the platform/);
        await card.getByTestId('refresh').click();
        // Connected less than a minute ago, the account may be told to wait; both are no failure.
        await page.locator('#messages [data-kind="done"], #messages [data-kind="notice"]').waitFor();
        assert.equal(await card.getAttribute('data-status'), 'connected');
    });

    for (const platform of kPlatforms) {
        it(`disconnect at ${platform} and say what became of the permission`, async () => {
            const [person] = await sandbox.people(platform);
            const [account] = await accountsOf(platform);
            await openAccounts();
            const card = page.locator(`[data-account-id="${account.id}"]`);
            await card.getByTestId('disconnect').click();
            await byId('confirm-disconnect').click();
            const outcome = card.getByTestId('revocation-outcome');
            const word = await eventually(() => outcome.getAttribute('data-outcome'), (now) => now !== null && now !== 'queued');
            await keepPicture(page, `disconnected-${platform}`);
            assert.equal(word, 'revoked');
            assert.equal((await sandbox.newestGrant(platform, person)).alive, false);
            assert.deepEqual(await accountsOf(platform), []);
            await openAccounts();
            assert.equal(await card.count(), 0);
        });
    }

    it('offer what the person has at one platform as a choice', async () => {
        const platform = 'youtube';
        const several = (await sandbox.people(platform)).find(({ channels }) => channels?.length > 1);
        await pressConnect(platform);
        await allowAs(several);
        const choices = page.locator('input[name="identity"]');
        await choices.first().waitFor();
        assert.equal(await choices.count(), several.channels.length);
        for (const choice of await choices.all()) await choice.uncheck();
        await choices.last().check();
        await page.locator('form button.primary').click();
        await page.waitForURL((url) => isOurs(url) && url.pathname === '/accounts');
        await cardsOf(platform).waitFor();
        assert.equal((await accountsOf(platform)).length, 1);
    });

    it('are left by Sign out and come back with a password', async () => {
        const password = 'four words are enough';
        await page.goto(`${demo.url}/settings`);
        const email = (await page.getByText('Signed in as').innerText()).replace('Signed in as ', '');
        await page.getByLabel('New password').fill(password);
        await page.keyboard.press('Enter');
        await page.getByText('Your password is set.').waitFor();
        await byId('sign-out').click();
        await page.waitForURL(/\/sign-in$/);
        await page.goto(`${demo.url}/accounts`);
        await page.waitForURL(/\/sign-in$/);
        await page.getByLabel('E-mail').fill(email);
        await page.getByLabel('Password').fill('not the password');
        await page.keyboard.press('Enter');
        await page.getByText('The e-mail or the password is not right.').waitFor();
        await page.getByLabel('Password').fill(password);
        await page.keyboard.press('Enter');
        await page.waitForURL(/\/accounts/);
        await byId('platform-twitter').waitFor();
    });
});
