// A platform in trouble as a whole: everybody is told once, no account pays for it, and it ends by itself.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { withDemo } from './support/api.mjs';
import { requestJson } from './support/http.mjs';
import { until } from './support/until.mjs';

const kPlatform = 'twitter';
const kPeople = ['ada', 'ben', 'cleo'];
const kLifetime = 4; // seconds
const kTroubles = [
    { cause: 'app_refused', fault: 'invalid_client' },
    { cause: 'platform_unavailable', fault: 'status', more: { status: 503 } },
];

let demo;
let client;
withDemo((started) => ({ demo, client } = started));

const incidents = async () => {
    const { items } = await requestJson('GET', `${demo.url}/v1/platforms`, client);
    return items.find(({ id }) => id === kPlatform).incidents;
};
const sum = async (field) => (await client.sandbox.oracle(kPlatform)).grants.reduce((all, grant) => all + grant[field], 0);
const statuses = async () => (await client.accounts(kPlatform)).map(({ status }) => status);

describe('a platform in trouble', () => {
    it('has none to begin with', async () => {
        await client.sandbox.lifetimes(kPlatform, { access: kLifetime });
        for (const person of kPeople) await client.connect(kPlatform, person);
        assert.deepEqual(await incidents(), []);
    });

    for (const { cause, fault, more } of kTroubles) {
        it(`is one incident, ${cause}, and its end is noticed`, async () => {
            await client.sandbox.fault(kPlatform, 'refresh', fault, { times: 1000, ...more });
            const [incident, ...others] = await until(incidents, (open) => open.length > 0, 'the incident');
            assert.equal(incident.cause, cause);
            assert.ok(Date.parse(incident.since) > 0);
            assert.ok(incident.message.length > 0);
            assert.deepEqual(others, []);
            assert.deepEqual(await statuses(), kPeople.map(() => 'connected'));

            const rotations = await sum('rotations');
            await client.sandbox.clearFaults();
            await until(incidents, (open) => open.length === 0, 'the incident to end');
            await until(() => sum('rotations'), (now) => now >= rotations + kPeople.length, 'more rotations');
            assert.equal(await sum('reuseAttempts'), 0);
            assert.deepEqual(await statuses(), kPeople.map(() => 'connected'));
        });
    }
});
