// Fifty identical callbacks at once: one exchange, one account, the same answer for everybody.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { withDemo } from './support/api.mjs';
import { withoutPostgres } from './support/postgres.mjs';
import { Replicas } from './support/replicas.mjs';
import { Visitor } from './support/visitor.mjs';

const kCallers = 50;

/** Where as many tabs of one browser are led that come at once; `addressOf(caller)` says to what. */
async function comeAtOnce(visitor, addressOf) {
    const callers = Array.from({ length: kCallers }, (_, caller) => visitor.clone().get(addressOf(caller)));
    const answers = await Promise.all(callers);
    for (const { status, body } of answers) assert.equal(status, 303, body);
    return new Set(answers.map(({ headers }) => headers.location));
}

/** Where the dashboard shows the account that was just connected. */
const accountsPage = ({ demo }, { id }) => `/accounts?workspace=${demo.workspaceId}&connected=${id}`;

describe('at one process', () => {
    let demo;
    let client;
    withDemo((started) => ({ demo, client } = started));

    it('exchanges the code of a link once', async () => {
        const { visitor, callback } = await client.consentByLink('twitter', 'ada');
        for (const place of await comeAtOnce(visitor, () => callback))
            assert.match(place, /^\/connect\/twitter\/(choose|result)\b/);
        assert.equal((await client.sandbox.requests('twitter')).token, 1);

        // Whoever came second is led to the same question; confirming it twice changes nothing more.
        const loser = visitor.clone();
        const end = await client.confirm(visitor, await visitor.follow(callback));
        assert.equal(end.status, 200, end.body);
        const late = await loser.follow(callback);
        assert.equal(late.status, 200, late.body);
        assert.equal(late.url, end.url);
        assert.equal((await client.accounts('twitter')).length, 1);
        assert.equal((await client.sandbox.requests('twitter')).token, 1);
    });

    it('exchanges the code of the dashboard once, and shows everybody the account', async () => {
        const { visitor, callback } = await client.consentByDashboard('tiktok', 'ada', demo.signInUrl);
        const places = await comeAtOnce(visitor, () => callback);
        assert.equal((await client.sandbox.requests('tiktok')).token, 1);
        const [account, ...others] = await client.accounts('tiktok');
        assert.deepEqual(others, []);

        const end = accountsPage(client, account);
        for (const place of places) assert.ok(place === end || place.startsWith('/connect/tiktok/result'), place);
        assert.deepEqual([...(await comeAtOnce(visitor, () => callback))], [end]);
        for (const place of places) {
            const { url, status } = await visitor.follow(new URL(place, callback).href);
            assert.equal(status, 200);
            assert.equal(url, new URL(end, callback).href);
        }
        assert.equal((await client.sandbox.requests('tiktok')).token, 1);
    });

    it('does not exchange a code for another browser, and leaves it to its own', async () => {
        const { visitor, callback } = await client.consentByLink('linkedin', 'ada');
        const stranger = await new Visitor().get(callback);
        assert.equal(stranger.status, 400, stranger.body);
        assert.equal((await client.sandbox.requests('linkedin')).token, 0);

        await client.confirm(visitor, await visitor.follow(callback));
        assert.equal((await client.accounts('linkedin')).length, 1);
    });

    it('does not accept a state at another platform', async () => {
        const { visitor, callback } = await client.consentByLink('instagram', 'ada');
        const moved = await visitor.get(callback.replace('/connect/instagram/', '/connect/youtube/'));
        assert.equal(moved.status, 400, moved.body);
        assert.equal((await client.sandbox.requests('youtube')).token, 0);
        assert.equal((await client.sandbox.requests('instagram')).token, 0);
    });
});

describe('at two processes', { skip: withoutPostgres }, () => {
    let replicas;
    before(async () => {
        replicas = await Replicas.start();
    });
    after(() => replicas?.stop());

    it('exchanges the code once', async () => {
        const { demo, clients } = replicas;
        const [{ sandbox }] = clients;
        const { visitor, callback } = await clients[0].consentByDashboard('twitter', 'ada', demo.signInUrl);
        const addresses = clients.map(({ url }) => callback.replace(demo.url, url));
        const addressOf = (caller) => addresses[caller % addresses.length];
        await comeAtOnce(visitor, addressOf);
        assert.equal((await sandbox.requests('twitter')).token, 1);
        const [account, ...others] = await clients[1].accounts('twitter');
        assert.deepEqual(others, []);
        assert.deepEqual([...(await comeAtOnce(visitor, addressOf))], [accountsPage(clients[0], account)]);
        assert.equal((await sandbox.requests('twitter')).token, 1);
    });
});
