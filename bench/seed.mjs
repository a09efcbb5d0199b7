// What the measurements need in the database: one workspace with many accounts, and many workspaces
// with none.

import { Client } from '../tests/functional/support/api.mjs';

const kAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An id in the form of ours. The bench's own counter makes it unique. */
function makeId(prefix, number) {
    let digits = '';
    for (let rest = number, i = 0; i < 10; ++i, rest = Math.floor(rest / 32)) digits = kAlphabet[rest % 32] + digits;
    return `${prefix}_01J0000000000000${digits}`;
}

/** The columns of a row that is a copy of another one but for `changes`, as a SELECT. */
async function copyOf(database, table, changes) {
    const columns = (
        await database.execute(`SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = '${table}'`)
    ).split(',');
    const values = columns.map((column) => changes[column] ?? `t.${column}`);
    return { columns: columns.join(', '), values: values.join(', ') };
}

/**
 * Connects one account by the front door, and copies its rows: the list reads them like any other. A
 * copy's tokens would not open, and no worker looks for them. Resolves to the ids of the workspaces.
 */
export async function seed(demo, database, { accounts, flows }) {
    const account = await new Client(demo).connect('twitter', 'ada');
    const ids = Array.from({ length: accounts - 1 }, (_, i) => makeId('acc', i));
    const copies = (table, changes) =>
        copyOf(database, table, changes).then(({ columns, values }) =>
            database.execute(
                `INSERT INTO ${table} (${columns}) SELECT ${values} FROM ${table} t, ` +
                    `unnest(ARRAY['${ids.join("','")}']) WITH ORDINALITY AS copy (id, number) ` +
                    `WHERE t.${table === 'social_accounts' ? 'id' : 'account_id'} = '${account.id}'`,
            ),
        );
    await copies('social_accounts', {
        id: 'copy.id',
        platform_user_id: "'copy-' || copy.number",
        created_at: 't.created_at - 1000 * copy.number',
    });
    await copies('social_account_tokens', { account_id: 'copy.id', next_refresh_at: 'NULL' });

    // Each flow has a workspace of its own, so that each makes an account.
    const empty = Array.from({ length: flows }, (_, i) => makeId('wks', i));
    const { columns, values } = await copyOf(database, 'workspaces', { id: 'copy.id', name: "'Bench'" });
    await database.execute(
        `INSERT INTO workspaces (${columns}) SELECT ${values} FROM workspaces t, ` +
            `unnest(ARRAY['${empty.join("','")}']) AS copy (id) WHERE t.id = '${demo.workspaceId}'`,
    );
    await database.execute('VACUUM ANALYZE');
    return { full: demo.workspaceId, empty };
}
