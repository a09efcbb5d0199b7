// How a platform treats the refresh token that was sent, as the sandbox plays it.

const kNoLimit = { identityLimit: 1_000_000 };

export const kModes = {
    strict: { name: 'strict', platform: 'twitter', switches: { rotation: 'strict', reuseKillsGrant: true, ...kNoLimit } },
    grace: { name: 'grace', platform: 'twitter', switches: { rotation: 'grace', graceSeconds: 3600, ...kNoLimit } },
    none: { name: 'not rotating', platform: 'youtube', switches: {} },
};
