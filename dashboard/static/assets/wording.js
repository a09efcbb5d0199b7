// What codes of the API mean, in sentences for a person. Nothing here depends on which platforms
// exist: their names are handed in.

const kStatus = {
    connected: { label: 'Connected', tone: 'good' },
    token_expired: { label: 'Needs reconnecting', tone: 'bad' },
    suspended: { label: 'Suspended', tone: 'bad' },
    disconnected: { label: 'Disconnected', tone: 'off' },
};

/** { label, tone } of a badge; tone is good, bad, warn or off. */
export function statusBadge(status) {
    return kStatus[status] ?? { label: 'Unknown state', tone: 'warn' };
}

const kReasons = {
    user_revoked: (platform) => `Permission was withdrawn at ${platform}. Reconnect to give it again.`,
    refresh_token_expired: (platform) =>
        `The permission given at ${platform} reached the end of its life. Reconnect to renew it.`,
    rotation_lost: (platform) =>
        `${platform} renewed its access, but the answer was lost on the way. Reconnect to start afresh.`,
    no_refresh_token: (platform) =>
        `${platform} gives access for a limited time only, and that time is over. Reconnect to renew it.`,
    scope_missing: (platform) =>
        `A permission that Postato needs is no longer given at ${platform}. Reconnect and allow everything asked for.`,
    account_suspended: (platform) =>
        `${platform} suspended this account. Settle that with ${platform}, then reconnect.`,
};

/** Why an account does not work; empty for one that does. */
export function statusSentence(account, platform) {
    if (account.status === 'connected') return '';
    const fallback =
        account.status === 'suspended'
            ? kReasons.account_suspended
            : () => `${platform} no longer accepts Postato's access. Reconnect to renew it.`;
    return (kReasons[account.statusReason] ?? fallback)(platform);
}

const kConnectErrors = {
    access_denied: () => 'You chose not to give access. Nothing was connected.',
    scope_missing: (platform) =>
        `A permission that Postato needs was not given at ${platform}. Nothing was connected; connect again and allow everything asked for.`,
    account_mismatch: (platform) =>
        `You were signed in to ${platform} as someone else. Nothing was changed; log out there, then reconnect with the right account.`,
    connect_expired: () => 'That took longer than ten minutes, so it was called off. Connect again.',
    no_publishable_account: (platform) =>
        `${platform} lists no account there that can be published through. Nothing was connected.`,
    platform_error: (platform) => `${platform} answered in a way Postato did not understand. Try again later.`,
    platform_unavailable: (platform) => `${platform} could not be reached. Nothing was connected; try again in a few minutes.`,
    app_misconfigured: (platform) =>
        `${platform} refused the app that Postato is registered as. The operator must check its settings.`,
    interrupted: () => 'Connecting was interrupted. Nothing was connected; start again.',
};

/** Why a connect came to nothing; a fixed text for any code, known or not. */
export function connectErrorSentence(code, platform) {
    const sentence = Object.hasOwn(kConnectErrors, code) ? kConnectErrors[code] : null;
    return sentence ? sentence(platform) : 'The account was not connected. Try again.';
}

const kRevocations = {
    queued: (platform) => `Disconnected. Withdrawing the permission at ${platform}…`,
    revoked: (platform) => `Disconnected, and the permission was withdrawn at ${platform}.`,
    already_gone: (platform) => `Disconnected. The permission was already gone at ${platform}.`,
    failed: (platform) =>
        `Disconnected here, but ${platform} did not confirm that the permission is withdrawn. Remove the app in your settings at ${platform}.`,
    unsupported: (platform) =>
        `Disconnected here. ${platform} lets only you withdraw the permission: remove the app in your settings there.`,
    skipped_shared_grant: (platform) =>
        `Disconnected here. The permission at ${platform} stays, because another account still uses it.`,
    pending: (platform) =>
        `Disconnected. Withdrawing the permission at ${platform} takes longer than usual; it goes on in the background.`,
};

/** What became of the permission at the platform. */
export function revocationSentence(outcome, platform) {
    return (kRevocations[outcome] ?? kRevocations.pending)(platform);
}

const kRefreshReasons = {
    refreshed: (platform) => `Access renewed at ${platform}.`,
    joined: (platform) => `Access renewed at ${platform}.`,
    too_soon: () => 'Access was renewed less than a minute ago.',
    too_early: (platform) => `${platform} does not renew access this early. It is renewed in time by itself.`,
    not_refreshable: (platform) => `${platform} gives access that cannot be renewed. Reconnect before it ends.`,
    reconnect_required: (platform) => `${platform} refused to renew access. Reconnect the account.`,
    platform_unavailable: (platform) => `${platform} did not answer. Postato tries again by itself.`,
    app_misconfigured: (platform) => `${platform} refused the app that Postato is registered as. The operator must check its settings.`,
    in_doubt: (platform) => `An answer of ${platform} was lost. Postato asks again as soon as it can do no harm.`,
    confirming: (platform) => `${platform} refused once. Postato asks again in a minute before it believes that.`,
    in_progress: () => 'A renewal is under way.',
    settling: () => 'The service is still getting in order. Try again in a minute.',
};

/** What asking for a refresh came to. */
export function refreshSentence(answer, platform) {
    const fallback = answer.refreshed ? kRefreshReasons.refreshed : () => 'Access was not renewed.';
    return (kRefreshReasons[answer.reason] ?? fallback)(platform);
}

const kEvents = {
    'account.connected': 'Connected',
    'account.reconnected': 'Reconnected',
    'account.refreshed': 'Access renewed',
    'account.token_expired': 'Access ended',
    'account.recovered': 'Access recovered',
    'account.reconnect_soon': 'Must be reconnected soon',
    'account.scopes_lost': 'Permissions taken back',
    'account.suspended': 'Suspended by the platform',
    'account.disconnected': 'Disconnected',
    'account.revocation': 'Permission at the platform',
};

/** "account.refresh_failed" -> "Refresh failed", with a better sentence where there is one. */
export function eventTitle(event) {
    const outcome = event.type === 'account.revocation' ? event.data?.outcome : null;
    if (outcome) return `Permission at the platform: ${words(outcome)}`;
    if (Object.hasOwn(kEvents, event.type)) return kEvents[event.type];
    return capitalised(words(event.type.replace(/^account\./, '')));
}

/** What a permission allows, as the start of a line; empty when only its name is known. */
export function scopeMeaning(platform, name) {
    return capitalised(platform.scopeDetails?.find((scope) => scope.name === name)?.meaning ?? '');
}

const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const words = (code) => String(code).replaceAll(/[_.]/g, ' ');
