// What the host says in the address when a connect comes back here. The address is cleaned, so that
// a reload or a bookmark does not say it again, and nothing of it is ever shown as it stands.

/** { workspaceId, connected: [accountId], error: {code, platformId} | null } */
export function takeConnectReturn() {
    const query = new URLSearchParams(location.search);
    const code = query.get('connectError');
    const taken = {
        workspaceId: query.get('workspace'),
        connected: (query.get('connected') ?? '').split(',').filter(Boolean),
        error: code === null ? null : { code, platformId: query.get('platform') },
    };
    rememberWorkspace(taken.workspaceId);
    return taken;
}

/** Keeps the workspace in the address, and nothing else. */
export function rememberWorkspace(workspaceId) {
    const query = workspaceId ? `?${new URLSearchParams({ workspace: workspaceId })}` : '';
    history.replaceState(null, '', location.pathname + query);
}
