// Why a sign-in did not work.

import { waitText } from './time.js';

/** `refused` is the sentence for credentials that are not accepted. */
export function signInProblem(error, refused) {
    if (error.status === 401) return refused;
    if (error.status === 429) return `Too many attempts. Try again in ${waitText(error.retryAfter)}.`;
    return `You are not signed in. ${error.message}`;
}
