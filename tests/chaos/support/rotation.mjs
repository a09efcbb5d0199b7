// What scenarios with continuous rotation share.

import { until } from '../../functional/support/until.mjs';

export const kShortLived =
    'SELECT count(*) FROM social_account_tokens t JOIN social_accounts a ON a.id = t.account_id ' +
    "WHERE a.status = 'connected' AND t.access_expires_at - t.issued_at < 3600000";

/** How often the platform has rotated, by its own count. */
export async function rotationsOf(estate, platform) {
    const { grants } = await estate.sandbox.oracle(platform);
    return grants.reduce((sum, grant) => sum + grant.rotations, 0);
}

/** Resolves when the platform has rotated so often again. */
export async function rotateSome(estate, platform, times) {
    const rotations = () => rotationsOf(estate, platform);
    const before = await rotations();
    await until(rotations, (now) => now >= before + times, `${times} rotations`);
}
