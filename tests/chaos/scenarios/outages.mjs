// Continuous rotation while the database crashes, or freezes, and comes back, and in every second outage
// all processes are killed while it is away. Each keeps its answers on a disk of its own. Then once more
// with processes whose clocks are ten minutes fast, right, and ten minutes slow, and are set anew in every round.

import { randomInt } from 'node:crypto';
import { setTimeout as pass } from 'node:timers/promises';

import { Cluster } from '../../functional/support/cluster.mjs';
import { until } from '../../functional/support/until.mjs';
import { assertJumped, Clocks } from '../support/clocks.mjs';
import { Estate } from '../support/estate.mjs';
import { kModes } from '../support/modes.mjs';
import { kShortLived, rotateSome, rotationsOf } from '../support/rotation.mjs';

const kLifetime = 6; // seconds: an account rotates about every four
/** By then every call that was under way when the database went away has been answered. */
const kAnsweredMs = 400;

const kCrash = { begin: (database) => database.crash(), end: (database) => database.comeBack() };
const kOutages = {
    crash: { name: 'the database crashes', ...kCrash },
    freeze: { name: 'the database freezes', begin: (database) => database.freeze(), end: (database) => database.thaw() },
    clocks: { name: 'clocks jump and are 10 minutes apart, the database crashes', clocks: true, ...kCrash },
};

/** `deadline`: seconds, of a call. Twice as long after a claim, others may ask in the place of whoever has not come back by then. */
export async function outages({ kinds = Object.keys(kOutages), ...size }) {
    for (const kind of kinds) await outagesOf({ outage: kOutages[kind], ...size });
}

async function outagesOf({ report, rounds, accounts, replicas, deadline, outage }) {
    const mode = kModes.strict;
    const database = await Cluster.start();
    let estate;
    try {
        estate = await Estate.open({ mode, database, accounts, settings: { deadline, quarantine: 2, per_platform: 32 } });
        await estate.sandbox.lifetimes(mode.platform, { access: kLifetime });
        const clocks = outage.clocks && new Clocks(estate.here.directory, replicas);
        await clocks?.turn();
        let slowestReturn = 0;
        // At once, as whatever watches over them does: each must settle what its own journal holds.
        const startAll = async () => {
            const began = Date.now();
            const start = (_, replica) => estate.start({ replica, environment: clocks?.environment(replica) });
            await Promise.all(Array.from({ length: replicas }, start));
            slowestReturn = Math.max(slowestReturn, Date.now() - began);
        };
        await startAll();
        for (const { id, client } of estate.accounts) await client.refresh(id);

        for (let round = 0; round < rounds; ++round) {
            await clocks?.turn();
            await rotateSome(estate, mode.platform, accounts);
            await pass(randomInt(500));
            await outage.begin(database);
            const kills = round % 2 === 1;
            await pass(kAnsweredMs + randomInt(600));
            if (clocks) estate.replicas.forEach(assertJumped);
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
        const lease = 2 * deadline;
        const remark = `${await rotationsOf(estate, mode.platform)} rotations; all back within ${(slowestReturn / 1000).toFixed(1)} s, a lease being ${lease} s`;
        report.add({ fault, database: 'postgres', rotation: mode.name, times: rounds, accounts, stock, remark });
    } finally {
        await (estate ? estate.close() : database.drop());
    }
}
