// Databases of a test's own on the server that POSTATO_TEST_POSTGRES names.

import { randomBytes } from 'node:crypto';

import { run } from './demo.mjs';

const kServer = process.env.POSTATO_TEST_POSTGRES;

/** For the `skip` of tests that need a server: false, or why they cannot run. */
export const withoutPostgres = kServer === undefined ? 'POSTATO_TEST_POSTGRES names no PostgreSQL' : false;

async function psql(server, statement) {
    const { code, stderr } = await run('psql', [server, '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', statement]);
    if (code !== 0) throw new Error(stderr);
}

/** An empty database: its `url`, a way to change it, its whole `content` as text, and its end. */
export async function makePostgresDatabase() {
    const name = `functional_${randomBytes(6).toString('hex')}`;
    await psql(kServer, `CREATE DATABASE ${name}`);
    const url = new URL(kServer);
    url.pathname = `/${name}`;
    return {
        url: url.href,
        execute: (statement) => psql(url.href, statement),
        async content() {
            const { code, stdout, stderr } = await run('pg_dump', ['--dbname', url.href], { maxBuffer: 1 << 28 });
            if (code !== 0) throw new Error(stderr);
            return stdout.replace(/^\\(un)?restrict .*$/gm, ''); // another word in every dump
        },
        drop: () => psql(kServer, `DROP DATABASE ${name} WITH (FORCE)`),
    };
}
