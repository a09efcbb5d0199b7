// The primary dies and its standby takes over, again and again, under continuous rotation; the service
// knows both by one address. Once with a standby that follows as fast as it can, and once with one that has
// stopped following before the last rotations: what that one has not got must be repaired from the journals,
// by each process from its own, before another spends what only the first can repair.

import { setTimeout as pass } from 'node:timers/promises';

import { Pair } from '../../functional/support/cluster.mjs';
import { until } from '../../functional/support/until.mjs';
import { Estate } from '../support/estate.mjs';
import { kModes } from '../support/modes.mjs';
import { kShortLived, rotateSome } from '../support/rotation.mjs';

/** By then every call that was under way when the database went away has been answered. */
const kAnsweredMs = 400;

/** `lifetime`: of access tokens, in seconds. */
export async function failover({ report, rounds, accounts, replicas, lifetime }) {
    await failOver({ report, rounds, accounts, replicas, lifetime, lagging: false });
    await failOver({ report, rounds, accounts, replicas, lifetime, lagging: true });
}

async function failOver({ report, rounds, accounts, replicas, lifetime, lagging }) {
    const mode = kModes.strict;
    const database = await Pair.start();
    let estate;
    try {
        estate = await Estate.open({ mode, database, accounts, settings: { deadline: 5, quarantine: lifetime, per_platform: 32 } });
        await estate.sandbox.lifetimes(mode.platform, { access: lifetime });
        for (let replica = 0; replica < replicas; ++replica) await estate.start({ replica });
        for (const { id, client } of estate.accounts) await client.refresh(id);
        const needed = []; // answers from the journals, by round
        for (let round = 0; round < rounds; ++round) {
            const before = replayedBy(estate.replicas);
            await rotateSome(estate, mode.platform, accounts);
            if (lagging) {
                await database.standby.stopFollowing();
                await rotateSome(estate, mode.platform, Math.ceil(accounts / 2));
            }
            await database.crash();
            await pass(kAnsweredMs);
            await database.promote();
            await rotateSome(estate, mode.platform, accounts);
            await database.giveStandby();
            needed.push(replayedBy(estate.replicas) - before);
        }
        await estate.sandbox.lifetimes(mode.platform, { access: 7200 });
        await until(() => estate.number(kShortLived), (count) => count === 0, 'everybody to have a long-lived token');
        await estate.untilSettled();
        report.add({
            fault: `the primary dies, its standby ${lagging ? 'had stopped following and ' : ''}takes over`,
            database: 'postgres',
            rotation: mode.name,
            times: rounds,
            accounts,
            stock: await estate.takeStock(),
            // Without any the standby had everything, and nothing was shown.
            kept: !lagging || needed.every((count) => count > 0),
            remark: `${needed.reduce((sum, count) => sum + count, 0)} answers had to come from the journals`,
        });
    } finally {
        await (estate ? estate.close() : database.drop());
    }
}

/** How many answers these processes have put into the database again. */
function replayedBy(replicas) {
    return replicas.flatMap(({ lines }) => lines).filter((line) => line.includes('"journal.replayed"')).length;
}
