// Fifty identical callbacks at once: one exchange, one account, the same answer for everybody.

import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { Client } from './support/api.mjs';
import { startDemo } from './support/demo.mjs';
import { Visitor } from './support/visitor.mjs';

const kCallers = 50;

let demo;
let client;
before(async () => {
    demo = await startDemo();
    client = new Client(demo);
});
after(() => demo?.stop());

it('exchanges the code once for fifty callbacks of one browser', async () => {
    const { visitor, callback } = await client.consentByLink('twitter', 'ada');
    const answers = await Promise.all(Array.from({ length: kCallers }, () => visitor.clone().get(callback)));

    for (const { status } of answers) assert.equal(status, 303);
    const targets = new Set(answers.map(({ headers }) => new URL(headers.location, callback).pathname));
    for (const path of targets) assert.match(path, /^\/connect\/twitter\/(choose|result)$/);
    assert.equal((await client.sandbox.requests('twitter')).token, 1);

    // Whoever came second is led to the same question; confirming it twice changes nothing more.
    const loser = visitor.clone();
    const end = await client.confirm(visitor, await visitor.follow(callback));
    assert.equal(end.status, 200, end.body);
    const late = await loser.follow(callback);
    assert.equal(late.status, 200, late.body);
    assert.equal((await client.accounts('twitter')).length, 1);
    assert.equal((await client.sandbox.requests('twitter')).token, 1);
});

it('does not exchange a code for another browser, and leaves it to its own', async () => {
    const { visitor, callback } = await client.consentByLink('linkedin', 'ada');
    const stranger = await new Visitor().get(callback);
    assert.equal(stranger.status, 400, stranger.body);
    assert.equal((await client.sandbox.requests('linkedin')).token, 0);

    await client.confirm(visitor, await visitor.follow(callback));
    assert.equal((await client.accounts('linkedin')).length, 1);
});

it('does not accept a state at another platform', async () => {
    const { visitor, callback } = await client.consentByLink('tiktok', 'ada');
    const moved = await visitor.get(callback.replace('/connect/tiktok/', '/connect/youtube/'));
    assert.equal(moved.status, 400, moved.body);
    assert.equal((await client.sandbox.requests('youtube')).token, 0);
    assert.equal((await client.sandbox.requests('tiktok')).token, 0);
});
