// One process after the other is asked to end and starts again, under load and behind a balancer: no caller
// notices, and no refresh is left in doubt.

import assert from 'node:assert/strict';

import { until } from '../../functional/support/until.mjs';
import { Balancer, Callers } from '../support/callers.mjs';
import { Estate } from '../support/estate.mjs';
import { kModes } from '../support/modes.mjs';
import { kShortLived, rotateSome, rotationsOf } from '../support/rotation.mjs';

const kLifetime = 6; // seconds
const kInDoubt = 'SELECT count(*) FROM social_account_tokens WHERE in_doubt_since IS NOT NULL';

export async function rollingRestart({ report, rounds, accounts, replicas }) {
    const mode = kModes.strict;
    const estate = await Estate.open({ mode, database: 'postgres', accounts, settings: { per_platform: 32 } });
    let balancer, callers;
    try {
        await estate.sandbox.lifetimes(mode.platform, { access: kLifetime });
        for (let replica = 0; replica < replicas; ++replica) await estate.start({ replica });
        for (const { id, client } of estate.accounts) await client.refresh(id);
        balancer = await Balancer.start(estate);
        callers = new Callers(estate, { chooseUrl: balancer.pick });

        for (let round = 0; round < rounds; ++round) {
            const replica = round % replicas;
            await rotateSome(estate, mode.platform, Math.ceil(accounts / 2));
            assert.deepEqual(await estate.replicas[replica].stop(), { code: 0, signal: null });
            assert.equal(await estate.number(kInDoubt), 0);
            await estate.start({ replica });
        }
        const { made, failures } = await callers.stop();
        await estate.sandbox.lifetimes(mode.platform, { access: 7200 });
        await until(() => estate.number(kShortLived), (count) => count === 0, 'everybody to have a long-lived token');
        await estate.untilSettled();
        report.add({
            fault: `SIGTERM and start of one process after the other, of ${replicas}`,
            database: 'postgres',
            rotation: mode.name,
            times: rounds,
            accounts,
            stock: await estate.takeStock(),
            kept: failures.length === 0,
            remark: `${failures.length} of ${made} requests failed; ${await rotationsOf(estate, mode.platform)} rotations${failures[0] ? `; ${failures[0]}` : ''}`,
        });
    } finally {
        await callers?.stop();
        await balancer?.stop();
        await estate.close();
    }
}
