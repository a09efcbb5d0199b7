// Continuous rotation while the database crashes, or freezes, and comes back, and in every second outage
// all processes are killed while it is away. Each keeps its answers on a disk of its own.

import { randomInt } from 'node:crypto';
import { setTimeout as pass } from 'node:timers/promises';

import { until } from '../../functional/support/until.mjs';
import { Cluster } from '../support/cluster.mjs';
import { Estate } from '../support/estate.mjs';
import { kModes } from '../support/modes.mjs';

const kLifetime = 6; // seconds: an account rotates about every four
/** By then every call that was under way when the database went away has been answered. */
const kAnsweredMs = 400;

const kShortLived =
    'SELECT count(*) FROM social_account_tokens t JOIN social_accounts a ON a.id = t.account_id ' +
    "WHERE a.status = 'connected' AND t.access_expires_at - t.issued_at < 3600000";

const kOutages = {
    crash: { name: 'the database crashes', begin: (database) => database.crash(), end: (database) => database.comeBack() },
    freeze: { name: 'the database freezes', begin: (database) => database.freeze(), end: (database) => database.thaw() },
};

export async function outages({ report, rounds, accounts, replicas, kinds = Object.keys(kOutages) }) {
    for (const kind of kinds) await outagesOf({ report, rounds, accounts, replicas, outage: kOutages[kind] });
}

async function outagesOf({ report, rounds, accounts, replicas, outage }) {
    const mode = kModes.strict;
    const database = await Cluster.start();
    let estate;
    try {
        estate = await Estate.open({ mode, database, accounts, settings: { deadline: 5, quarantine: 2, per_platform: 32 } });
        await estate.sandbox.lifetimes(mode.platform, { access: kLifetime });
        const startAll = async () => {
            for (let replica = 0; replica < replicas; ++replica) await estate.start({ replica });
        };
        await startAll();
        for (const { id, client } of estate.accounts) await client.refresh(id);

        for (let round = 0; round < rounds; ++round) {
            await rotateSome(estate, mode.platform, accounts);
            await pass(randomInt(500));
            await outage.begin(database);
            const kills = round % 2 === 1;
            await pass(kAnsweredMs + randomInt(600));
            if (kills) await estate.killAll();
            await outage.end(database);
            if (kills) await startAll();
        }
        await rotateSome(estate, mode.platform, accounts);
        await estate.sandbox.lifetimes(mode.platform, { access: 7200 });
        await until(() => estate.number(kShortLived), (count) => count === 0, 'everybody to have a long-lived token');
        await estate.untilSettled();
        const stock = await estate.takeStock();
        const fault = `${outage.name}; kill -9 of all in every second`;
        report.add({ fault, database: 'postgres', rotation: mode.name, times: rounds, accounts, stock });
    } finally {
        await (estate ? estate.close() : database.drop());
    }
}

/** Resolves when the platform has rotated so often again. */
async function rotateSome(estate, platform, times) {
    const rotations = async () => {
        const { grants } = await estate.sandbox.oracle(platform);
        return grants.reduce((sum, grant) => sum + grant.rotations, 0);
    };
    const before = await rotations();
    await until(rotations, (now) => now >= before + times, `${times} rotations`);
}
