// Two processes on one PostgreSQL, sixty-four callers who all want the same account's fresh token:
// the platform hears of it once.

import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { after, before, it } from 'node:test';

import { withoutPostgres as skip } from './support/postgres.mjs';
import { Replicas } from './support/replicas.mjs';
import { until } from './support/until.mjs';

const kCallers = 64;

let replicas;
before(async () => {
    if (!skip) replicas = await Replicas.start();
});
after(() => replicas?.stop());

/** Asks for a refresh, the caller's turn at either process; resolves when all have asked to what they get. */
async function askAtOnce(clients, id, agent) {
    const answers = [];
    const sent = Array.from({ length: kCallers }, (_, caller) =>
        new Promise((onSent) => answers.push(clients[caller % clients.length].refresh(id, { agent, onSent }))),
    );
    await Promise.all(sent);
    return answers;
}

for (const platform of ['twitter', 'tiktok']) {
    it(`asks ${platform} once for all callers of both processes`, { skip }, async () => {
        const { clients } = replicas;
        const [{ sandbox }] = clients;
        const account = await clients[0].connect(platform, 'ada');
        const agent = new Agent({ keepAlive: true, maxSockets: kCallers });

        // The platform's answer is held back until everybody has asked, and both processes have
        // answered something that was asked later.
        await sandbox.hold(platform, 'refresh');
        const asked = await askAtOnce(clients, account.id, agent);
        await until(() => sandbox.held(platform), (held) => held === 1, 'the refresh at the platform');
        for (const client of clients) assert.equal((await client.account(account.id)).status, 'connected');
        await sandbox.release();
        const answers = await Promise.all(asked);
        agent.destroy();

        const reasons = answers.map(({ status, body }) => `${status} ${JSON.parse(body).reason ?? JSON.parse(body).error}`);
        assert.equal((await sandbox.requests(platform)).refresh, 1, reasons.join('\n'));
        assert.equal(reasons.filter((reason) => reason === '200 refreshed').length, 1, reasons.join('\n'));
        for (const { status } of answers) assert.ok(status === 200 || status === 429, reasons.join('\n'));
        const { grants } = await sandbox.oracle(platform);
        assert.equal(grants.at(-1).generation, 2);
        assert.equal(grants.at(-1).reuseAttempts, 0);
        for (const client of clients) assert.equal((await client.account(account.id)).status, 'connected');
    });
}
