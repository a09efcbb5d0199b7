// The primary dies and its standby takes over, again and again, under continuous rotation; the service
// knows both by one address. The standby may lag: what it has not got is repaired from the journals.

import { setTimeout as pass } from 'node:timers/promises';

import { until } from '../../functional/support/until.mjs';
import { Pair } from '../support/cluster.mjs';
import { Estate } from '../support/estate.mjs';
import { kModes } from '../support/modes.mjs';
import { kShortLived, rotateSome } from '../support/rotation.mjs';

const kLifetime = 6; // seconds
/** By then every call that was under way when the database went away has been answered. */
const kAnsweredMs = 400;

export async function failover({ report, rounds, accounts, replicas }) {
    const mode = kModes.strict;
    const database = await Pair.start();
    let estate;
    try {
        estate = await Estate.open({ mode, database, accounts, settings: { deadline: 5, quarantine: 2, per_platform: 32 } });
        await estate.sandbox.lifetimes(mode.platform, { access: kLifetime });
        for (let replica = 0; replica < replicas; ++replica) await estate.start({ replica });
        for (const { id, client } of estate.accounts) await client.refresh(id);
        for (let round = 0; round < rounds; ++round) {
            await rotateSome(estate, mode.platform, accounts);
            await database.crash();
            await pass(kAnsweredMs);
            await database.promote();
            await rotateSome(estate, mode.platform, accounts);
            await database.giveStandby();
        }
        await estate.sandbox.lifetimes(mode.platform, { access: 7200 });
        await until(() => estate.number(kShortLived), (count) => count === 0, 'everybody to have a long-lived token');
        await estate.untilSettled();
        const stock = await estate.takeStock();
        report.add({ fault: 'the primary dies, its standby takes over', database: 'postgres', rotation: mode.name, times: rounds, accounts, stock });
    } finally {
        await (estate ? estate.close() : database.drop());
    }
}
