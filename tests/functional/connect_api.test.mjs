// An API client makes a link, a person follows it: the connect flow by plain HTTP on every platform.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { withDemo } from './support/api.mjs';
import { request } from './support/http.mjs';
import { until } from './support/until.mjs';
import { Visitor } from './support/visitor.mjs';

const kPlatforms = ['twitter', 'linkedin', 'instagram', 'tiktok', 'youtube'];

let demo;
let client;
withDemo((started) => ({ demo, client } = started));

for (const platform of kPlatforms) {
    describe(platform, () => {
        let account;

        it('connects through a link', async () => {
            account = await client.connect(platform, 'ada');
            assert.match(account.id, /^acc_[0-9A-HJKMNP-TV-Z]{26}$/);
            assert.equal(account.platform, platform);
            assert.equal(account.status, 'connected');
            const { grants } = await client.sandbox.oracle(platform);
            assert.deepEqual(grants.map(({ personId, alive }) => ({ personId, alive })), [
                { personId: 'ada', alive: true },
            ]);
        });

        it('keeps the account id when the same person connects again', async () => {
            assert.equal((await client.connect(platform, 'ada')).id, account.id);
            assert.equal((await client.accounts(platform)).length, 1);
        });

        it('disconnects once, and ends the grant at the platform', async () => {
            assert.equal((await client.disconnect(account.id)).status, 200);
            assert.equal((await client.disconnect(account.id)).status, 404);
            assert.deepEqual(await client.accounts(platform), []);
            await until(
                () => client.sandbox.oracle(platform),
                ({ grants }) => grants.at(-1).alive === false,
                'the grant to end',
            );
        });
    });
}

describe('connect links', () => {
    it('work once', async () => {
        const { url } = await client.link({ platform: 'twitter' });
        const first = await new Visitor().submit(url);
        assert.equal(first.status, 303);
        const second = await new Visitor().submit(url);
        assert.notEqual(second.status, 303);
        assert.equal(second.headers.location, undefined);
    });

    it('return where the client asked, with an account id and nothing secret', async () => {
        const returnUrl = `${demo.url}/accounts`;
        const { visitor, callback } = await client.consentByLink('tiktok', 'ben', { link: { returnUrl } });
        const end = await client.confirm(visitor, await visitor.follow(callback));
        const { searchParams } = new URL(end.url);
        assert.equal(searchParams.get('status'), 'connected');
        assert.match(searchParams.get('accountId'), /^acc_/);
        assert.deepEqual([...searchParams.keys()].sort(), ['accountId', 'status']);
    });

    it('say that the person declined', async () => {
        const { visitor, callback } = await client.consentByLink('twitter', 'ben', {
            consent: { decision: 'deny' },
            link: { returnUrl: `${demo.url}/accounts` },
        });
        const end = await visitor.follow(callback);
        assert.equal(new URL(end.url).searchParams.get('status'), 'denied');
        assert.equal(new URL(end.url).searchParams.get('code'), 'access_denied');
        assert.deepEqual(await client.accounts('twitter'), []);
    });

    it('do not let an API key walk the human part', async () => {
        const response = await request('POST', `${demo.url}/connect/twitter/start`, { headers: client.headers, body: {} });
        assert.equal(response.status, 403);
        assert.equal(JSON.parse(response.body).error, 'permission_denied');
    });
});
