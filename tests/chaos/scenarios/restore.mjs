// A backup is restored that is older than the last rotations of every account. What it lacks is in the journal,
// which is no part of it. Where the data key was replaced after the backup, the key is in the copy beside the
// journal.

import { copyFile, rm } from 'node:fs/promises';

import { run } from '../../functional/support/demo.mjs';
import { until } from '../../functional/support/until.mjs';
import { Estate } from '../support/estate.mjs';
import { kModes } from '../support/modes.mjs';
import { kShortLived, rotateSome } from '../support/rotation.mjs';

const kLifetime = 6; // seconds

export async function restore({ report, cases, accounts }) {
    for (const [database, keyReplaced] of cases) await restoreOn({ report, database, keyReplaced, accounts });
}

async function restoreOn({ report, database, keyReplaced, accounts }) {
    const mode = kModes.strict;
    const estate = await Estate.open({ mode, database, accounts, settings: { deadline: 5, quarantine: kLifetime, per_platform: 32 } });
    try {
        await estate.sandbox.lifetimes(mode.platform, { access: kLifetime });
        await estate.start();
        for (const { id, client } of estate.accounts) await client.refresh(id);
        const backup = await backUp(estate);
        if (keyReplaced) await replaceKey(estate);
        await rotateSome(estate, mode.platform, accounts * 2);
        await estate.stop();

        await bringBack(estate, backup);
        await estate.sandbox.lifetimes(mode.platform, { access: 7200 });
        await estate.start();
        await until(() => estate.number(kShortLived), (count) => count === 0, 'everybody to have a long-lived token, or none');
        await estate.untilSettled();
        report.add({
            fault: `a backup from before the last rotations${keyReplaced ? ' and before a new data key' : ''} is restored`,
            database,
            rotation: mode.name,
            times: 1,
            accounts,
            stock: await estate.takeStock(),
        });
    } finally {
        await estate.close();
    }
}

/** Until every account's tokens are under the new key. */
async function replaceKey(estate) {
    const { dataKey } = await estate.here.json('key', 'rotate');
    const left = () => estate.number(`SELECT count(*) FROM social_account_tokens WHERE key_id < ${dataKey}`);
    await until(left, (count) => count === 0, 'everything to be under the new key');
}

async function command(program, ...words) {
    const { code, stderr } = await run(program, words);
    if (code !== 0) throw new Error(`${program}: ${stderr}`);
}

/** As docs/backup.md says; the service runs meanwhile. */
async function backUp({ database, here }) {
    const file = here.inside('backup');
    if (database) await command('pg_dump', '--format=custom', `--file=${file}`, database.url);
    else await command('sqlite3', here.inside('postato.db'), `.backup ${file}`);
    return file;
}

async function bringBack({ database, here }, file) {
    if (database) return command('pg_restore', '--clean', '--if-exists', `--dbname=${database.url}`, file);
    const place = here.inside('postato.db');
    for (const rest of ['-wal', '-shm']) await rm(place + rest, { force: true });
    return copyFile(file, place);
}
