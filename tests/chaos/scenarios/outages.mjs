// Continuous rotation while the database crashes, or freezes, and comes back, and in every second outage
// all processes are killed while it is away. Each keeps its answers on a disk of its own. Then once more
// with processes whose clocks are ten minutes fast, right, and ten minutes slow.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { setTimeout as pass } from 'node:timers/promises';

import { until } from '../../functional/support/until.mjs';
import { Cluster } from '../support/cluster.mjs';
import { Estate } from '../support/estate.mjs';
import { kModes } from '../support/modes.mjs';
import { kShortLived, rotateSome } from '../support/rotation.mjs';

const kLifetime = 6; // seconds: an account rotates about every four
/** By then every call that was under way when the database went away has been answered. */
const kAnsweredMs = 400;

const kFakeTime = '/usr/$LIB/faketime/libfaketimeMT.so.1'; // the dynamic linker knows what $LIB is
const kClocks = ['+10m', '-10m', '+0m'];
/** The wall clock alone: the one that only counts on is right on every machine. */
const clockOf = (replica) => ({ LD_PRELOAD: kFakeTime, FAKETIME: kClocks[replica % kClocks.length], FAKETIME_DONT_FAKE_MONOTONIC: '1' });

/** What their log lines say of the time. */
function assertApart(replicas) {
    const times = replicas.map(({ lines }) => Date.parse(JSON.parse(lines.findLast((line) => line.includes('service.ready'))).at));
    assert.ok(Math.max(...times) - Math.min(...times) > 15 * 60_000, `clocks at ${times.map((time) => new Date(time).toISOString())}`);
}

const kCrash = { begin: (database) => database.crash(), end: (database) => database.comeBack() };
const kOutages = {
    crash: { name: 'the database crashes', ...kCrash },
    freeze: { name: 'the database freezes', begin: (database) => database.freeze(), end: (database) => database.thaw() },
    clocks: { name: 'clocks 10 minutes apart, the database crashes', environment: clockOf, ...kCrash },
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
            for (let replica = 0; replica < replicas; ++replica)
                await estate.start({ replica, environment: outage.environment?.(replica) });
        };
        await startAll();
        if (outage.environment) assertApart(estate.replicas);
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
