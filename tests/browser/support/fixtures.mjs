// The data that the fake host serves. The platforms are invented: the dashboard knows none by name.

const kDay = 24 * 60 * 60 * 1000;

export const fromNow = (ms) => new Date(Date.now() + ms).toISOString();
export const days = (count) => count * kDay;

export const kWorkspaces = [
    { id: 'wks_01J9Z6Q8R3T5V7X9B1D3F5H7K9', name: 'North Shop', role: 'admin' },
    { id: 'wks_01J9Z6Q8R3T5V7X9B1D3F5H7KB', name: 'South Studio', role: 'viewer' },
];

export function session(overrides = {}) {
    return {
        user: { id: 'usr_01J9Z6Q8R3T5V7X9B1D3F5H7KC', email: 'ana@example.org', tenantRole: 'member', hasPassword: true },
        csrfToken: 'csrf-1',
        workspaces: kWorkspaces,
        ...overrides,
    };
}

export function platform(id, displayName, overrides = {}) {
    return {
        id,
        displayName,
        state: 'ready',
        redirectUri: `https://postato.example.org/connect/${id}/callback`,
        scopes: ['post.write', 'profile.read'],
        scopeDetails: [
            { name: 'post.write', meaning: 'publish in your name', required: true },
            { name: 'profile.read', meaning: 'see your name and picture', required: true },
        ],
        capabilities: ['publish_text'],
        forcesAccountChoice: true,
        ...overrides,
    };
}

export const kPlatforms = [
    platform('murmur', 'Murmur'),
    platform('vitrine', 'Vitrine', { forcesAccountChoice: false }),
    platform('reel', 'Reel', { state: 'unconfigured', reason: 'client_id is not set' }),
    platform('ledger', 'Ledger', { state: 'refused', reason: 'Built for ABI 1, this host has ABI 2.' }),
    platform('drift', 'Drift', { state: 'suspended', reason: 'The plugin stopped answering.' }),
];

let made = 0;

export function account(overrides = {}) {
    made += 1;
    return {
        id: `acc_01J9Z7A2C4E6G8J0M2P4R6${String(made).padStart(4, '0')}`,
        workspaceId: kWorkspaces[0].id,
        platform: 'murmur',
        username: '@north_shop',
        displayName: 'North Shop',
        profileUrl: 'https://murmur.example/north_shop',
        accountType: 'personal',
        status: 'connected',
        statusSince: fromNow(-days(20)),
        scopes: ['post.write', 'profile.read'],
        missingScopes: [],
        connectedAt: fromNow(-days(20)),
        connectedBy: { id: 'usr_01J9Z6Q8R3T5V7X9B1D3F5H7KC', name: 'ana@example.org' },
        expiresAt: fromNow(2 * 60 * 60 * 1000),
        createdAt: fromNow(-days(20)),
        updatedAt: fromNow(-days(1)),
        ...overrides,
    };
}

/** One of each kind that a card can show. */
export function variedAccounts() {
    return [
        account(),
        account({
            platform: 'vitrine',
            username: 'north.shop',
            displayName: 'North Shop Vitrine',
            status: 'token_expired',
            statusReason: 'user_revoked',
            statusSince: fromNow(-days(2)),
            expiresAt: undefined,
        }),
        account({
            platform: 'vitrine',
            username: undefined,
            displayName: 'Åsa Öberg',
            accountType: 'company',
            expiresAt: fromNow(days(9)),
            reconnectBy: fromNow(days(9)),
            missingScopes: ['profile.read'],
            scopes: ['post.write'],
        }),
    ];
}
