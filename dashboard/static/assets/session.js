// Who is signed in, and what they may do.

import { ApiError, configureApi, request, requestUnsigned, setCsrfToken } from './api.js';

/** The session, or null when nobody is signed in. */
export async function currentSession() {
    try {
        return remember(await requestUnsigned('GET', '/session'));
    } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null;
        throw error;
    }
}

/** For pages behind the sign-in: the session, or null once the browser is on its way to sign in. */
export async function requireSession() {
    configureApi({ signedOut: goToSignIn, renew: currentSession });
    const session = await currentSession();
    if (!session) goToSignIn();
    return session;
}

export async function signInWithPassword(email, password) {
    return remember(await requestUnsigned('POST', '/session', { email, password }));
}

export async function signInWithLink(secret) {
    return remember(await requestUnsigned('POST', '/session/link', { secret }));
}

export async function signOut() {
    await request('DELETE', '/session');
}

/** The host renews the session with it, so its token is fetched again. */
export async function setPassword({ currentPassword, newPassword }) {
    await request('PUT', '/session/password', { body: { currentPassword, newPassword } });
    return currentSession();
}

/** Whether the person may connect, refresh and disconnect accounts of this workspace. */
export function mayManage(session, workspace) {
    const managing = ['owner', 'super_admin', 'admin'];
    return managing.includes(session.user.tenantRole) || managing.includes(workspace.role);
}

function remember(session) {
    setCsrfToken(session.csrfToken);
    return session;
}

function goToSignIn() {
    location.replace('/sign-in');
}
