// Instagram in its second mode: Facebook Login, where one consent opens every Instagram account
// behind the Pages that a person looks after.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { withDemo } from './support/api.mjs';
import { until } from './support/until.mjs';
import { formFields } from './support/visitor.mjs';

const kMode = (sandbox) => {
    const facebook = `${sandbox}/facebook`;
    return {
        POSTATO_PLATFORM__INSTAGRAM__LOGIN: 'facebook',
        POSTATO_PLATFORM__INSTAGRAM__CLIENT_ID: 'sandbox-facebook',
        POSTATO_PLATFORM__INSTAGRAM__CLIENT_SECRET: 'sandbox-facebook-secret',
        POSTATO_PLATFORM__INSTAGRAM__AUTHORIZATION_ENDPOINT: `${facebook}/v25.0/dialog/oauth`,
        POSTATO_PLATFORM__INSTAGRAM__TOKEN_ENDPOINT: `${facebook}/v25.0/oauth/access_token`,
        POSTATO_PLATFORM__INSTAGRAM__REVOCATION_ENDPOINT: `${facebook}/v25.0/me/permissions`,
        POSTATO_PLATFORM__INSTAGRAM__API_BASE: facebook,
    };
};
const kConfigured = (sandbox) => ({ ...kMode(sandbox), POSTATO_PLATFORM__INSTAGRAM__CONFIG_ID: '1234567890' });

let client;
const consent = (person, more) => client.consentByLink('instagram', person, { at: 'facebook', ...more });
const usernames = (accounts) => accounts.map(({ username }) => username).sort();
const grantOf = async (person) =>
    (await client.sandbox.oracle('facebook')).grants.filter(({ personId }) => personId === person).at(-1);

/** Consents as `person` and takes of the accounts offered those that `isWanted` says. */
async function connect(person, isWanted = () => true, options) {
    const { visitor, callback } = await consent(person, options);
    const page = await visitor.follow(callback);
    assert.match(new URL(page.url).pathname, /\/choose$/, page.body);
    const chosen = formFields(page.body).filter(({ name, value }) => name !== 'identity' || isWanted(value));
    const fields = [...chosen.map(({ name, value }) => [name, value]), ['decision', 'connect']];
    const answer = await visitor.submit(page.url, fields);
    assert.equal(answer.status, 303, answer.body);
    return { page, end: await visitor.follow(new URL(answer.headers.location, page.url).href) };
}

describe('with scopes', () => {
    withDemo((started) => ({ client } = started), kMode);

    it('offers every account of the person, and connects those that were picked', async () => {
        const { page } = await connect('ada');
        for (const name of ['example.bakery', 'example.bookshop']) assert.ok(page.body.includes(name), page.body);
        const accounts = await client.accounts('instagram');
        assert.deepEqual(usernames(accounts), ['example.bakery', 'example.bookshop']);
        assert.deepEqual(accounts.map(({ status }) => status), ['connected', 'connected']);
        assert.equal((await grantOf('ada')).alive, true);
    });

    it('keeps the grant until the last account on it is disconnected', async () => {
        const [first, last] = await client.accounts('instagram');
        const one = await client.disconnect(first.id);
        assert.equal(JSON.parse(one.body).revocation, 'skipped_shared_grant');
        assert.equal((await grantOf('ada')).alive, true);
        const other = await client.disconnect(last.id);
        assert.equal(JSON.parse(other.body).revocation, 'queued');
        await until(() => grantOf('ada'), ({ alive }) => !alive, 'the grant to end');
    });

    it('leaves out an account whose Page was not picked', async () => {
        await client.sandbox.reset();
        let offered = 0;
        await connect('ada', () => offered++ === 0);
        assert.equal(offered, 2);
        assert.equal((await client.accounts('instagram')).length, 1);
    });

    it('finds accounts behind the Pages of a business, and none behind a Page without one', async () => {
        const { page } = await connect('cleo');
        assert.ok(!page.body.includes('Pretend Garage'), page.body);
        assert.ok(usernames(await client.accounts('instagram')).includes('pretend.holdings'));
    });

    it('says so when no Page has an account, and gives the grant back', async () => {
        const { visitor, callback } = await consent('ben', { link: { returnUrl: `${client.url}/accounts` } });
        const end = await visitor.follow(callback);
        assert.equal(new URL(end.url).searchParams.get('code'), 'no_publishable_account');
        await until(() => grantOf('ben'), ({ alive }) => !alive, 'the grant to end');
    });

    it('finds by a probe that the person has removed the app, which is no reason to expire the account', async () => {
        const [{ id }] = await client.accounts('instagram');
        const probed = async () => (await client.health(id, { probe: true })).advice.map(({ code }) => code);
        assert.deepEqual(await probed(), ['probe_ok']);
        for (const person of ['ada', 'cleo']) await client.sandbox.withdraw('facebook', person);
        assert.deepEqual(await probed(), ['probe_failed']);
        assert.equal((await client.account(id)).status, 'connected');
    });
});

describe('with a configuration of Login for Business', () => {
    withDemo((started) => ({ client } = started), kConfigured);

    it('asks by config_id, and is granted what the configuration holds', async () => {
        await connect('ada');
        const [{ id }] = await client.accounts('instagram');
        const { scopes } = await client.health(id);
        assert.deepEqual(scopes.missing, []);
        assert.ok(scopes.granted.includes('instagram_content_publish'), scopes.granted.join(' '));
        const calls = await client.sandbox.journal('facebook');
        const { query } = calls.find(({ path }) => path.endsWith('/dialog/oauth'));
        assert.equal(query.config_id, '1234567890');
        assert.equal(query.scope, undefined);
    });
});
