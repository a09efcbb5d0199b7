// Tokens that live for seconds: accounts outlive many rotations, end only when the person ends them,
// and come back under the same id.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { withDemo } from './support/api.mjs';
import { until } from './support/until.mjs';

const kLifetime = 4;
const kRotations = 10;
// What a platform may answer, or not, without anything having changed there.
const kTransientFaults = [
    ['status', { status: 500 }],
    ['status', { status: 503 }],
    ['status', { status: 429 }],
    ['status', { status: 408 }],
    ['status', { status: 403, body: '<html>blocked</html>' }],
    ['delay', { delayMs: 500 }],
    ['reset', {}],
    ['truncate', {}],
    ['html', {}],
    ['empty', {}],
    // Where the platform says how long to wait, that is obeyed; so it says little.
    ['rate_limit', { headers: { 'x-rate-limit-reset': `${Math.floor(Date.now() / 1000)}`, 'retry-after': '1' } }],
    ['redirect', {}],
    ['huge', {}],
    ['bad_utf8', {}],
    ['duplicate_keys', {}],
    ['drip', { delayMs: 20 }],
    ['spurious_invalid_grant', {}],
    ['invalid_client', {}],
];

let demo;
let client;
withDemo((started) => ({ demo, client } = started));

const newestGrant = async (platform) =>
    (await client.sandbox.oracle(platform)).grants.filter(({ personId }) => personId === 'ada').at(-1);

// Side by side: most of the time goes by with waiting.
describe('short-lived tokens', { concurrency: true }, () => {
    for (const platform of ['twitter', 'tiktok']) {
        describe(platform, { concurrency: 1 }, () => {
            let account;

            it('stays connected over many rotations', async () => {
                await client.sandbox.lifetimes(platform, { access: kLifetime });
                account = await client.connect(platform, 'ada');
                const grant = await until(
                    () => newestGrant(platform),
                    ({ rotations }) => rotations >= kRotations,
                    `${kRotations} rotations`,
                );
                assert.equal(grant.alive, true);
                assert.equal(grant.reuseAttempts, 0);
                assert.equal((await client.account(account.id)).status, 'connected');
            });

            it('becomes token_expired with a reason when the person withdraws the app', async () => {
                await client.sandbox.withdraw(platform, 'ada');
                const expired = await client.untilStatus(account.id, 'token_expired');
                assert.equal(expired.statusReason, 'unknown'); // neither platform says who ended it
                assert.ok(Date.parse(expired.statusSince) > 0);
                const events = await client.events(account.id);
                assert.equal(events.filter(({ type }) => type === 'account.token_expired').length, 1);
                assert.equal((await newestGrant(platform)).reuseAttempts, 0);
            });

            it('is the same account after reconnecting', async () => {
                const again = await client.connect(platform, 'ada', { link: { accountId: account.id } });
                assert.equal(again.id, account.id);
                assert.equal(again.status, 'connected');
            });

            it('refuses another person at a reconnect and changes nothing', async () => {
                const { visitor, callback } = await client.consentByLink(platform, 'ben', {
                    link: { accountId: account.id },
                });
                const end = await visitor.follow(callback);
                assert.match(end.body, /ada/i);
                const [only, ...others] = await client.accounts(platform);
                assert.equal(only.id, account.id);
                assert.deepEqual(others, []);
            });

            it('keeps its status through every transient fault', async () => {
                for (const [kind, more] of kTransientFaults) {
                    const before = await client.sandbox.requests(platform);
                    await client.sandbox.fault(platform, 'refresh', kind, more);
                    await until(
                        () => client.sandbox.requests(platform),
                        ({ refresh }) => refresh >= before.refresh + 2,
                        `the refresh after ${kind} ${JSON.stringify(more)}`,
                    );
                    assert.equal((await client.account(account.id)).status, 'connected', kind);
                }
                const grant = await newestGrant(platform);
                assert.equal(grant.alive, true);
                assert.equal(grant.reuseAttempts, 0);
                assert.deepEqual(
                    (await client.events(account.id)).filter(({ type }) => type === 'account.token_expired').length,
                    1,
                );
            });
        });
    }
});
