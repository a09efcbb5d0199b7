// The data key is replaced again and again while accounts rotate and callers ask, and the process that
// seals everything anew is killed every second. On PostgreSQL another process answers the callers:
// none of them may notice. Two accounts of three have tokens that nobody refreshes meanwhile, so only the
// re-sealer can bring them under the new key.

import { setTimeout as pass } from 'node:timers/promises';

import { until } from '../../functional/support/until.mjs';
import { Callers } from '../support/callers.mjs';
import { Estate } from '../support/estate.mjs';
import { kModes } from '../support/modes.mjs';
import { kShortLived } from '../support/rotation.mjs';

const kLifetime = 6; // seconds
const kKillEveryMs = 1000;
/** One account of three. */
const isRotating = ({ number }) => number % 3 === 0;
/** How many times what its rate allows the re-sealer may take, beside what its starts cost. */
const kPatience = 5;
const kStartsMs = 30_000;

export async function keyRotation({ report, databases, accounts, rotations, perSecond }) {
    for (const database of databases) await rotateOn({ report, database, accounts, rotations, perSecond });
}

async function rotateOn({ report, database, accounts, rotations, perSecond }) {
    const mode = kModes.grace; // a kill may hit a refresh on its way, which strict rotation does not forgive
    const estate = await Estate.open({
        mode,
        database,
        accounts,
        settings: { deadline: 5, quarantine: 2, per_platform: 32 },
        encryption: { reseal_per_second: perSecond },
    });
    try {
        await estate.sandbox.lifetimes(mode.platform, { access: kLifetime });
        const answersOthers = database !== 'sqlite';
        // Whoever answers seals nearly nothing anew: that is left to the one that is killed.
        const quiet = { POSTATO_ENCRYPTION__RESEAL_PER_SECOND: '1' };
        await estate.start(answersOthers ? { environment: quiet } : {});
        for (const { id, client } of estate.accounts.filter(isRotating)) await client.refresh(id);
        // SQLite is for one process: there the one that is killed is the only one.
        if (!answersOthers) await estate.stop();
        // A refresh that is killed holds its account for longer than such a token lives.
        const callers = answersOthers ? new Callers(estate, { mayEnd: isRotating }) : null;

        const totals = { kills: 0, seconds: 0, sealedAnew: 0 };
        const patience = kStartsMs + (kPatience * 1000 * accounts) / perSecond;
        for (let round = 0; round < rotations; ++round) await rotateOnce(estate, answersOthers ? 1 : 0, patience, totals);
        const asked = await callers?.stop();
        if (!answersOthers) await estate.start();

        await estate.sandbox.lifetimes(mode.platform, { access: 7200 });
        await until(() => estate.number(kShortLived), (count) => count === 0, 'everybody to have a long-lived token');
        await estate.untilSettled();
        const proof = await estate.here.json('key', 'verify');
        const stock = await estate.takeStock();
        report.add({
            fault: `key replaced ${rotations} times, kill -9 of the re-sealer every second`,
            database,
            rotation: mode.name,
            times: totals.kills,
            accounts,
            stock,
            kept: proof.ok && proof.accounts === accounts && (asked?.failures.length ?? 0) === 0,
            remark:
                `${asked ? `${asked.failures.length} of ${asked.made} requests failed; ` : ''}` +
                `${proof.accounts} accounts open, ${proof.failed} texts do not; ` +
                `the re-sealer sealed ${totals.sealedAnew} accounts anew, ` +
                `${Math.round(totals.sealedAnew / totals.seconds)} per second, the limit being ${perSecond}` +
                `${asked?.failures[0] ? `; ${asked.failures[0]}` : ''}`,
        });
    } finally {
        await estate.close();
    }
}

/** Replaces the key; kills process number `replica` every second until nothing is under an older key. */
async function rotateOnce(estate, replica, patience, totals) {
    const { dataKey } = await estate.here.json('key', 'rotate');
    const left = () => estate.number(`SELECT count(*) FROM social_account_tokens WHERE key_id < ${dataKey}`);
    const began = Date.now();
    for (let count = await left(); count > 0; count = await left()) {
        if (Date.now() > began + patience) throw new Error(`after ${patience} ms ${count} accounts are still under an older key`);
        const child = await estate.start({ replica });
        await pass(kKillEveryMs);
        await child.stop('SIGKILL');
        totals.kills += 1;
        totals.sealedAnew += sealedAnewBy(child);
    }
    totals.seconds += (Date.now() - began) / 1000;
}

/** By its own word, said after each share; refreshes, which also seal under the new key, are not in it. */
function sealedAnewBy(child) {
    const shares = child.lines.filter((line) => line.includes('"reseal.progress"')).map((line) => JSON.parse(line));
    return shares.reduce((sum, { accounts }) => sum + accounts, 0);
}
