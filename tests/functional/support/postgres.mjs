// Databases of a test's own on the server that POSTATO_TEST_POSTGRES names.

import { randomBytes } from 'node:crypto';

import { run } from './demo.mjs';

const kServer = process.env.POSTATO_TEST_POSTGRES;

/** For the `skip` of tests that need a server: false, or why they cannot run. */
export const withoutPostgres = kServer === undefined ? 'POSTATO_TEST_POSTGRES names no PostgreSQL' : false;

/** Resolves to what the statement answers, without decoration. */
async function psql(server, statement) {
    const { code, stdout, stderr } = await run('psql', [server, '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-c', statement]);
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
}

/**
 * An empty database: its `url`, a way to change it, its whole `content` as text, and its end. After
 * `goAway` nobody can connect to it, until `comeBack`. `urlFor` a role that owns nothing.
 */
export async function makePostgresDatabase() {
    const name = `functional_${randomBytes(6).toString('hex')}`;
    await psql(kServer, `CREATE DATABASE ${name}`);
    const url = new URL(kServer);
    url.pathname = `/${name}`;
    const roles = [];
    const endSessions = () => psql(kServer, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    return {
        name,
        url: url.href,
        async urlFor(what) {
            const role = `${name}_${what}`;
            await psql(kServer, `CREATE ROLE ${role} LOGIN`);
            roles.push(role);
            return Object.assign(new URL(url), { username: role }).href;
        },
        async goAway() {
            await psql(kServer, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
            await endSessions();
        },
        /** As a standby is: `state` is "on" or "off"; sessions of before end. */
        async readOnly(state) {
            await psql(kServer, `ALTER DATABASE ${name} SET default_transaction_read_only = ${state}`);
            await endSessions();
        },
        comeBack: () => psql(kServer, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`),
        execute: (statement) => psql(url.href, statement),
        async content() {
            const { code, stdout, stderr } = await run('pg_dump', ['--dbname', url.href], { maxBuffer: 1 << 28 });
            if (code !== 0) throw new Error(stderr);
            return stdout.replace(/^\\(un)?restrict .*$/gm, ''); // another word in every dump
        },
        async drop() {
            await psql(kServer, `DROP DATABASE ${name} WITH (FORCE)`);
            for (const role of roles) await psql(kServer, `DROP ROLE ${role}`);
        },
    };
}
