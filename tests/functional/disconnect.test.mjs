// Disconnecting beside others: a sibling on the same grant, and a refresh that is under way.

import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { Client } from './support/api.mjs';
import { kPostato, run, startDemo } from './support/demo.mjs';
import { until } from './support/until.mjs';

const kCallers = 20;

let demo;
let here;
let elsewhere; // another workspace of the same installation
before(async () => {
    demo = await startDemo();
    here = new Client(demo);
    const made = await run(kPostato, ['workspace', 'create', 'Elsewhere', '--config', demo.config, '--json']);
    assert.equal(made.code, 0, made.stderr);
    elsewhere = new Client({ ...demo, workspaceId: JSON.parse(made.stdout).id });
});
after(() => demo?.stop());

const grantsOf = async (platform, person) =>
    (await here.sandbox.oracle(platform)).grants.filter(({ personId }) => personId === person);

const disconnected = async (client, id) => {
    const { status, body } = await client.disconnect(id);
    assert.equal(status, 200, body);
    return JSON.parse(body).revocation;
};

const outcomeOf = (client, id) =>
    until(
        async () => (await client.events(id)).find(({ type }) => type === 'account.revocation')?.data.outcome,
        (outcome) => outcome !== undefined,
        'the outcome of the revocation',
    );

for (const platform of ['tiktok', 'youtube']) {
    it(`leaves the same person's account in another workspace alone at ${platform}`, async () => {
        const first = await here.connect(platform, 'ada');
        const second = await elsewhere.connect(platform, 'ada');
        assert.notEqual(first.id, second.id);

        assert.equal(await disconnected(here, first.id), 'skipped_shared_grant');
        const refreshed = JSON.parse((await elsewhere.refresh(second.id)).body);
        assert.equal(refreshed.refreshed, true, refreshed.reason);
        assert.equal(refreshed.status, 'connected');

        assert.equal(await disconnected(elsewhere, second.id), 'queued');
        assert.equal(await outcomeOf(elsewhere, second.id), 'revoked');
        for (const { alive } of await grantsOf(platform, 'ada')) assert.equal(alive, false);
    });
}

it('is repeated until the platform answers, and is over for the caller at once', async () => {
    const { id } = await here.connect('tiktok', 'ben');
    await here.sandbox.fault('tiktok', 'revoke', 'status', { status: 503, times: 2 });
    assert.equal(await disconnected(here, id), 'queued');
    assert.equal((await here.disconnect(id)).status, 404);
    assert.deepEqual(await here.accounts('tiktok'), []);
    assert.equal(await outcomeOf(here, id), 'revoked');
    assert.equal((await here.sandbox.requests('tiktok')).revoke >= 3, true);
});

it('happens once, however many ask at once', async () => {
    const { id } = await here.connect('linkedin', 'ada');
    const answers = await Promise.all(Array.from({ length: kCallers }, () => here.disconnect(id)));
    assert.deepEqual(
        answers.map(({ status }) => status).sort(),
        [200, ...Array.from({ length: kCallers - 1 }, () => 404)],
    );
    assert.equal(await outcomeOf(here, id), 'revoked');
    const events = (await here.events(id)).map(({ type }) => type);
    assert.equal(events.filter((type) => type === 'account.disconnected').length, 1, events.join(' '));
    assert.equal((await grantsOf('linkedin', 'ada')).at(-1).alive, false);
});

for (const platform of ['twitter', 'tiktok']) {
    it(`wins over a refresh that is under way at ${platform}, whose pair is revoked`, async () => {
        const { id } = await here.connect(platform, 'ada');
        await here.sandbox.hold(platform, 'refresh');
        const refreshing = here.refresh(id);
        await until(() => here.sandbox.held(platform), (held) => held === 1, 'the refresh');
        assert.equal(await disconnected(here, id), 'queued');
        await here.sandbox.release();
        assert.equal((await refreshing).status, 404);
        await until(
            () => grantsOf(platform, 'ada'),
            (grants) => grants.every(({ alive }) => !alive),
            'the end of the grant',
        );
        // Either of the two pairs may come first, and take the other's grant along.
        assert.match(await outcomeOf(here, id), /^(revoked|already_gone)$/);
        assert.deepEqual(await here.accounts(platform), []);
    });
}
