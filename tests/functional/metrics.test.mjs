// What a running service says of itself to Prometheus.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { Client } from './support/api.mjs';
import { startDemo } from './support/demo.mjs';
import { request } from './support/http.mjs';
import { until } from './support/until.mjs';

const kToken = 'a token for the metrics';

describe('metrics', () => {
    let demo;
    let client;
    beforeEach(async () => {
        demo = await startDemo([], () => ({ POSTATO_METRICS__TOKEN: kToken }));
        client = new Client(demo);
    });
    afterEach(() => demo?.stop());

    const read = (headers = { authorization: `Bearer ${kToken}` }) => request('GET', `${demo.url}/metrics`, { headers });
    /** The value of one line; undefined where there is none. */
    const value = async (name) => {
        const line = (await read()).body.split('\n').find((text) => text.startsWith(`${name} `));
        return line === undefined ? undefined : Number(line.slice(name.length + 1));
    };

    it('are for whoever holds the token, and follow what happens', async () => {
        assert.equal((await read({})).status, 401);
        assert.equal((await read({ authorization: `Bearer ${demo.apiKey}` })).status, 401);
        assert.equal(await value('postato_database_up'), 1);
        assert.equal(await value('postato_keys_complete'), 1);

        await client.sandbox.lifetimes('twitter', { access: 4 });
        const { id } = await client.connect('twitter', 'ada');
        await until(() => value('postato_refreshes_total{outcome="refreshed",platform="twitter"}'), (count) => count > 0, 'a refresh');
        assert.equal(await value('postato_accounts_to_reseal'), 0);
        await until(() => value('postato_data_key_seals{data_key="1"}'), (count) => count > 0, 'the seals');
        assert.ok((await value('postato_journal_entries{part="settled"}')) > 0);
        const route = '/v1/workspaces/{workspaceId}/accounts/{accountId}';
        await client.account(id);
        assert.ok((await value(`postato_http_requests_total{method="GET",route="${route}",status="200"}`)) > 0);

        await client.sandbox.fault('twitter', 'refresh', 'invalid_client', { times: 1000 });
        await until(() => value('postato_platform_incidents{cause="app_refused",platform="twitter"}'), (open) => open === 1, 'an incident');
        await client.sandbox.clearFaults();
        await until(() => value('postato_platform_incidents{cause="app_refused",platform="twitter"}'), (open) => open === undefined, 'its end');

        const { body } = await read();
        for (const known of [id, demo.workspaceId, demo.apiKey, kToken]) assert.ok(!body.includes(known), known);
    });
});
