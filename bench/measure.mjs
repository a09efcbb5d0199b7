// Starts what is measured, runs the two measurements, prints the result. Everything it starts ends
// with it.

import { join } from 'node:path';

import { startDemo } from '../tests/functional/support/demo.mjs';
import { makePostgresDatabase } from '../tests/functional/support/postgres.mjs';
import { measureFlows } from './flows.mjs';
import { measureList } from './list.mjs';
import { asTable } from './report.mjs';
import { seed } from './seed.mjs';

const quick = process.argv.includes('--quick');
const scratch = process.env.POSTATO_BENCH_SCRATCH;
const plan = quick
    ? { accounts: 200, clients: 8, seconds: 1, rounds: 2, flows: 48 }
    : { accounts: 1000, clients: 8, seconds: 8, rounds: 5, flows: 480 };

const database = await makePostgresDatabase();
const demo = await startDemo(['--database', database.url]);
try {
    const seeded = await seed(demo, database, plan);
    const list = await measureList({ demo, database, plan, workspaceId: seeded.full, directory: join(scratch, 'list') });
    const flows = await measureFlows({ demo, plan, workspaceIds: seeded.empty });
    console.log(process.argv.includes('--json') ? JSON.stringify({ plan, list, flows }) : asTable({ plan, list, flows }));
} finally {
    await demo.stop();
    await database.drop();
}
