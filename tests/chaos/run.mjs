// Breaks real processes against the sandbox and compares, account by account, what the platform
// knows with what we say. Prints one table; ends with 1 when a promise was broken.
//
//     node run.mjs [--profile short|long] [--only kill-points|drain|rolling-restart|outages|failover|restore|key-rotation]
//
// POSTATO_BUILD_DIR names a build with tests (kill points are compiled into those alone),
// POSTATO_TEST_POSTGRES a PostgreSQL server. See docs/reliability.md.

import { parseArgs } from 'node:util';

import { killPoints } from './scenarios/kill_points.mjs';
import { drain } from './scenarios/drain.mjs';
import { failover } from './scenarios/failover.mjs';
import { keyRotation } from './scenarios/key_rotation.mjs';
import { outages } from './scenarios/outages.mjs';
import { restore } from './scenarios/restore.mjs';
import { rollingRestart } from './scenarios/rolling_restart.mjs';
import { Report } from './support/report.mjs';

const kProfiles = {
    short: {
        'kill-points': { rounds: 2, databases: ['sqlite', 'postgres'], modes: ['strict'] },
        drain: { databases: ['sqlite', 'postgres'], accounts: 12 },
        'rolling-restart': { rounds: 2, accounts: 12, replicas: 2 },
        outages: { rounds: 2, accounts: 12, replicas: 2, deadline: 8 },
        failover: { rounds: 1, accounts: 12, replicas: 2, lifetime: 6 },
        restore: { cases: [['sqlite', true]], accounts: 6 },
        'key-rotation': { databases: ['sqlite', 'postgres'], accounts: 18, rotations: 2, perSecond: 6 },
    },
    long: {
        'kill-points': { rounds: 100, databases: ['sqlite', 'postgres'], modes: ['strict', 'grace', 'none'] },
        drain: { databases: ['sqlite', 'postgres'], accounts: 64 },
        'rolling-restart': { rounds: 40, accounts: 100, replicas: 4 },
        outages: { rounds: 50, accounts: 200, replicas: 4, deadline: 15 },
        failover: { rounds: 20, accounts: 100, replicas: 4, lifetime: 12 },
        restore: { cases: ['sqlite', 'postgres'].flatMap((database) => [[database, false], [database, true]]), accounts: 100 },
        'key-rotation': { databases: ['sqlite', 'postgres'], accounts: 400, rotations: 10, perSecond: 100 },
    },
};
const kScenarios = { 'kill-points': killPoints, drain, 'rolling-restart': rollingRestart, outages, failover, restore, 'key-rotation': keyRotation };

const { values } = parseArgs({
    options: { profile: { type: 'string', default: 'short' }, only: { type: 'string' } },
});
const profile = kProfiles[values.profile];
if (!profile) throw new Error(`no profile ${values.profile}`);

const report = new Report();
for (const [name, scenario] of Object.entries(kScenarios))
    if (!values.only || values.only === name) await scenario({ report, ...profile[name] });
process.stdout.write(`${report.table()}\n${report.remarks()}${report.rows.length - report.broken} kept, ${report.broken} broken\n`);
process.exitCode = report.broken === 0 ? 0 : 1;
