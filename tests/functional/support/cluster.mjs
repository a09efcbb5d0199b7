// A PostgreSQL server of the test's own, which may crash or freeze.

import { chown, readFile, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { freePort, run, temporaryDirectory } from './demo.mjs';
import { until } from './until.mjs';

const kVersions = '/usr/lib/postgresql';
const isRoot = process.getuid() === 0;

function programs() {
    const newest = readdirSync(kVersions).sort((a, b) => Number(a) - Number(b)).at(-1);
    return join(kVersions, newest, 'bin');
}

/** As the user `postgres` where we are root: the server refuses to be run by root. */
async function asServer(program, ...words) {
    const command = join(programs(), program);
    const [first, ...rest] = isRoot ? ['runuser', '-u', 'postgres', '--', command, ...words] : [command, ...words];
    const { code, stdout, stderr } = await run(first, rest, { cwd: '/' });
    if (code !== 0) throw new Error(`${program}: ${stderr || stdout}`);
}

async function giveToServer(directory) {
    const { stdout } = await run('id', ['-u', 'postgres']);
    await chown(directory, Number(stdout), -1);
}

export class Cluster {
    frozen = []; // its processes, while they are

    static async start() {
        const cluster = new Cluster();
        cluster.directory = await temporaryDirectory();
        if (isRoot) await giveToServer(cluster.directory);
        cluster.port = await freePort();
        cluster.url = `postgresql://postato@127.0.0.1:${cluster.port}/postgres`;
        await asServer('initdb', '-D', cluster.data, '-U', 'postato', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync');
        await cluster.comeBack();
        return cluster;
    }

    get data() {
        return join(this.directory, 'data');
    }

    /** Ends every backend at once, as a crash does; what was committed is there again after `comeBack`. */
    crash() {
        return asServer('pg_ctl', '-s', '-D', this.data, '-m', 'immediate', '-w', 'stop');
    }
    comeBack() {
        const options = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200`;
        return asServer('pg_ctl', '-s', '-D', this.data, '-w', '-t', '60', '-l', join(this.directory, 'log'), '-o', options, 'start');
    }

    /** Nothing of it answers any more, and no connection breaks; until `thaw`. */
    async freeze() {
        const server = Number((await readFile(join(this.data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
        this.frozen = [server];
        process.kill(server, 'SIGSTOP'); // the first, so that it makes no more sessions
        const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', `${server}`]);
        this.frozen.push(...stdout.split('\n').map(Number).filter((pid) => pid > 0));
        this.#signal('SIGSTOP');
    }
    thaw() {
        this.#signal('SIGCONT');
        this.frozen = [];
    }
    #signal(signal) {
        for (const pid of this.frozen) {
            try {
                process.kill(pid, signal);
            } catch (error) {
                if (error.code !== 'ESRCH') throw error; // it has ended meanwhile
            }
        }
    }

    async execute(statement) {
        const { code, stdout, stderr } = await run('psql', [this.url, '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-c', statement]);
        if (code !== 0) throw new Error(stderr);
        return stdout.trim();
    }

    /** A copy that follows this server and takes no writes until it is promoted. */
    async copy(port) {
        const copy = new Cluster();
        copy.directory = await temporaryDirectory();
        if (isRoot) await giveToServer(copy.directory);
        copy.port = port;
        copy.url = `postgresql://postato@127.0.0.1:${copy.port}/postgres`;
        await asServer('pg_basebackup', '-d', this.url, '-D', copy.data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync');
        await copy.comeBack();
        return copy;
    }
    /** Of a copy: it gets nothing more of what is committed from now on. */
    async stopFollowing() {
        await this.execute("ALTER SYSTEM SET primary_conninfo TO ''");
        await this.execute('SELECT pg_reload_conf()');
        const receivers = () => this.execute('SELECT count(*) FROM pg_stat_wal_receiver');
        await until(receivers, (count) => count === '0', 'the standby to stop following');
    }
    promote() {
        return asServer('pg_ctl', '-s', '-D', this.data, '-w', 'promote');
    }

    async drop() {
        this.thaw();
        await this.crash().catch(() => undefined);
        await rm(this.directory, { recursive: true, force: true });
    }
}

/** A primary and its standby, behind one address that names both. */
export class Pair {
    static async start() {
        const pair = new Pair();
        pair.primary = await Cluster.start();
        // Addresses cannot change while a service runs, so each server keeps the port of its place.
        pair.ports = [pair.primary.port, await freePort()];
        await pair.giveStandby();
        return pair;
    }

    get url() {
        return `postgresql://postato@${this.ports.map((port) => `127.0.0.1:${port}`).join(',')}/postgres`;
    }

    /** A new standby at the port that is free. */
    async giveStandby() {
        const port = this.ports.find((one) => one !== this.primary.port);
        this.standby = await this.primary.copy(port);
    }
    /** The primary is gone for good. */
    async crash() {
        await this.primary.drop();
    }
    async promote() {
        await this.standby.promote();
        this.primary = this.standby;
        this.standby = undefined;
    }
    execute(statement) {
        return this.primary.execute(statement);
    }
    async drop() {
        await this.standby?.drop();
        await this.primary.drop();
    }
}
