// `kill -9` at every step of a refresh, one account after the other, and the recovery of all.

import assert from 'node:assert/strict';

import { Estate } from '../support/estate.mjs';
import { kModes } from '../support/modes.mjs';

export const kKillPoints = ['K0', 'K1', 'K2', 'K3', 'K4', 'K5', 'K6', 'K7', 'K8', 'K9'];
/** Between the request and the journal nobody but the platform knows what it did. */
const kUnknowable = ['K3', 'K4', 'K5'];

/** On all databases at once: each has an installation of its own, and most of the time is spent waiting. */
export async function killPoints({ report, databases, modes, points = kKillPoints, rounds }) {
    const killOn = async (database) => {
        for (const mode of modes)
            for (const point of points) await killAt({ report, database, mode: kModes[mode], point, rounds });
    };
    const ends = await Promise.allSettled(databases.map(killOn));
    const failed = ends.find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
}

async function killAt({ report, database, mode, point, rounds }) {
    const estate = await Estate.open({ mode, database, accounts: rounds });
    try {
        // Only in pieces is there a half of an answer.
        if (point === 'K4')
            await estate.sandbox.fault(mode.platform, 'refresh', 'drip', { afterChange: true, delayMs: 1, times: rounds * 4 });
        for (const account of estate.accounts) await refreshAndDie(estate, account, point);
        await estate.start();
        await estate.sandbox.clearFaults();
        await assertStillServed(estate);
        await estate.untilSettled();
        const stock = await estate.takeStock();
        const allowed = mode === kModes.strict && kUnknowable.includes(point) ? rounds : 0;
        report.add({ fault: `kill -9 at ${point}`, database, rotation: mode.name, times: rounds, accounts: rounds, stock, allowed });
    } finally {
        await estate.close();
    }
}

/** What became of its refresh is not known yet; its access token goes on. */
async function assertStillServed(estate) {
    const { id, client } = estate.accounts.at(-1);
    assert.equal(await estate.probe(client, id), 'probe_ok');
    assert.equal((await client.account(id)).status, 'connected');
}

/** Ends when the process has been killed: by this account's refresh, or by one left over from an earlier round. */
async function refreshAndDie(estate, { id, client }, point) {
    const child = await estate.start({ killAt: point });
    await client.refresh(id).catch(() => undefined); // its connection breaks with the process
    const { signal } = await child.ended;
    if (signal !== 'SIGKILL') throw new Error(`the process ended by ${signal}, not at ${point}:\n${child.said}`);
    estate.replicas = [];
}
