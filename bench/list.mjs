// Listing accounts, beside the two things it is made of: a server that hands out as many bytes, and
// the database answering the same query.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { freePort, run } from '../tests/functional/support/demo.mjs';
import { request } from '../tests/functional/support/http.mjs';
import { until } from '../tests/functional/support/until.mjs';
import { startNginx } from './nginx.mjs';

/** One round of wrk: requests a second. Every answer must have been good. */
async function wrk(url, { clients, seconds }, headers = []) {
    const { code, stdout, stderr } = await run('wrk', [
        '-t1', `-c${clients}`, `-d${seconds}s`, ...headers.flatMap((header) => ['-H', header]), url,
    ]);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout, /Non-2xx|Socket errors/, stdout);
    return Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)[1]);
}

/** One round of pgbench: transactions a second. */
async function pgbench(database, script, { clients, seconds }) {
    const { code, stdout, stderr } = await run('pgbench', [
        '-n', '-M', 'prepared', '-c', `${clients}`, '-j', '1', '-T', `${seconds}`, '-f', script, database.url,
    ]);
    assert.equal(code, 0, stderr);
    return Number(stdout.match(/tps = ([\d.]+)/)[1]);
}

/** The text of list.sql must be what the service really asks: the parameters aside. */
async function checkQuery(database, text, askForList) {
    // A session shows its latest statement only, and the workers use the same sessions.
    const latest = async () => {
        await askForList();
        return database.execute(
            "SELECT DISTINCT query FROM pg_stat_activity WHERE application_name = 'postato' AND query LIKE 'SELECT a.id%OFFSET%'",
        );
    };
    const asked = await until(latest, (queries) => queries !== '', 'the query of the list');
    const bare = (query) => query.replace(/\$\d+|:[a-z_]+/g, '?').replace(/\s+/g, ' ').trim();
    assert.deepEqual(asked.split('\n').map(bare), [bare(text)], 'bench/list.sql is not what the service asks');
}

/** Resolves to the size of an answer, and for each of the three what it did a second, a number a round. */
export async function measureList({ demo, database, plan, workspaceId, directory }) {
    const url = `${demo.url}/v1/workspaces/${workspaceId}/accounts`;
    const authorization = `Authorization: Bearer ${demo.apiKey}`;
    const askForList = () => request('GET', url, { headers: { authorization: `Bearer ${demo.apiKey}` } });
    const answer = await askForList();
    assert.equal(answer.status, 200, answer.body);
    assert.equal(JSON.parse(answer.body).items.length, 25);

    const text = await readFile(new URL('list.sql', import.meta.url), 'utf8');
    await checkQuery(database, text, askForList);
    await mkdir(directory, { recursive: true });
    const script = join(directory, 'list.sql');
    const values = { platform: 'NULL', status: 'NULL', after: '9223372036854775807', after_id: "''", limit: '25', offset: '0', ws: `'${workspaceId}'` };
    await writeFile(script, text.replace(/:([a-z_]+)/g, (_, name) => values[name]));

    const nginx = await startNginx({ directory, port: await freePort(), body: answer.body });
    const rounds = { postato: [], nginx: [], pgbench: [] };
    try {
        for (let i = 0; i < plan.rounds; ++i) {
            rounds.postato.push(await wrk(url, plan, [authorization]));
            rounds.nginx.push(await wrk(nginx.url, plan));
            rounds.pgbench.push(await pgbench(database, script, plan));
        }
    } finally {
        await nginx.stop();
    }
    return { bytes: Buffer.byteLength(answer.body), ...rounds };
}
