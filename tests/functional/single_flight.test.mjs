// Two processes on one PostgreSQL, sixty-four callers who all want the same account's fresh token:
// the platform hears of it once.

import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { after, before, it } from 'node:test';

import { Client } from './support/api.mjs';
import { Child, freePort, kPostato, startDemo } from './support/demo.mjs';
import { request } from './support/http.mjs';
import { makePostgresDatabase, withoutPostgres as skip } from './support/postgres.mjs';

const kCallers = 64;

let database;
let demo;
let second;
let clients;
before(async () => {
    if (skip) return;
    database = await makePostgresDatabase();
    demo = await startDemo(['--database', database.url]);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    second = new Child(kPostato, ['serve', '--config', demo.config], {
        env: { ...process.env, POSTATO_SERVER__LISTEN: `127.0.0.1:${port}` },
    });
    while ((await request('GET', `${url}/ready`).catch(() => null))?.status !== 200)
        assert.equal(second.process.exitCode, null, second.said);
    clients = [new Client(demo), new Client(demo, url)];
});
after(async () => {
    await second?.stop();
    await demo?.stop();
    await database?.drop();
});

for (const platform of ['twitter', 'tiktok']) {
    it(`asks ${platform} once for all callers of both processes`, { skip }, async () => {
        const [first] = clients;
        const account = await first.connect(platform, 'ada');
        // The answer is held back until everybody has asked.
        await first.sandbox.hold(platform, 'refresh');
        const agent = new Agent({ keepAlive: true, maxSockets: kCallers });
        const callers = Array.from({ length: kCallers }, (_, caller) =>
            clients[caller % clients.length].refresh(account.id, { agent }),
        );
        while ((await first.sandbox.requests(platform)).refresh === 0);
        await first.sandbox.release();
        const answers = await Promise.all(callers);
        agent.destroy();

        const reasons = answers.map(({ status, body }) => `${status} ${JSON.parse(body).reason ?? JSON.parse(body).error}`);
        assert.equal((await first.sandbox.requests(platform)).refresh, 1, reasons.join('\n'));
        assert.equal(reasons.filter((reason) => reason === '200 refreshed').length, 1, reasons.join('\n'));
        for (const { status } of answers) assert.ok(status === 200 || status === 429, reasons.join('\n'));
        const { grants } = await first.sandbox.oracle(platform);
        assert.equal(grants.at(-1).generation, 2);
        assert.equal(grants.at(-1).reuseAttempts, 0);
        assert.equal((await first.account(account.id)).status, 'connected');
    });
}
