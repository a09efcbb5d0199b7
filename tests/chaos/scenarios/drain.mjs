// SIGTERM while the platform has yet to answer: nothing is left in doubt, and nothing is lost.

import assert from 'node:assert/strict';

import { until } from '../../functional/support/until.mjs';
import { Estate } from '../support/estate.mjs';
import { kModes } from '../support/modes.mjs';

const kLifetime = 6; // seconds
const kUnsettled = 'SELECT count(*) FROM social_account_tokens WHERE lease_owner IS NOT NULL OR in_doubt_since IS NOT NULL';

export async function drain({ report, databases, accounts }) {
    for (const database of databases) await drainOn({ report, database, accounts });
}

async function drainOn({ report, database, accounts }) {
    const mode = kModes.strict;
    const estate = await Estate.open({ mode, database, accounts, lifetime: kLifetime, settings: { deadline: 30, per_platform: Math.min(accounts, 64) } });
    try {
        const refreshes = async () => (await estate.sandbox.requests(mode.platform)).refresh;
        const before = await refreshes();
        await estate.sandbox.hold(mode.platform, 'refresh', { times: accounts });
        const child = await estate.start();
        await until(() => estate.sandbox.held(mode.platform), (held) => held === accounts, 'all to be at the platform');
        const ended = child.stop();
        await until(() => child.said, (said) => said.includes('service.finishing'), 'the process to wait for them');
        await estate.sandbox.lifetimes(mode.platform, { access: 7200 });
        await estate.sandbox.release();
        assert.deepEqual(await ended, { code: 0, signal: null });
        assert.equal(await estate.number(kUnsettled), 0);

        await estate.start();
        await estate.untilSettled();
        const stock = await estate.takeStock();
        assert.equal(await refreshes(), before + accounts);
        report.add({ fault: 'SIGTERM during every refresh', database, rotation: mode.name, times: 1, accounts, stock });
    } finally {
        await estate.close();
    }
}
