// Signing in with a one-time link. The secret is the fragment of the address, which browsers send to
// nobody; pressing the button posts it.

import { busy, isBusy } from './dom.js';
import { signInWithLink } from './session.js';
import { signInProblem } from './sign_in_problem.js';

const form = document.getElementById('link-form');
const button = document.getElementById('sign-in');
const problem = document.getElementById('problem');

const secret = () => location.hash.slice(1);

function check() {
    const complete = secret() !== '';
    form.hidden = !complete;
    problem.hidden = complete;
    if (!complete) problem.textContent = 'This link is not complete. Open it exactly as you got it.';
}

form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy(button)) return;
    const putBack = busy(button, 'Signing in…');
    problem.hidden = true;
    try {
        await signInWithLink(secret());
        location.replace('/accounts'); // also takes the secret out of this tab's history
    } catch (error) {
        putBack();
        if (error.status === 401) {
            form.hidden = true;
            history.replaceState(null, '', location.pathname);
        }
        problem.textContent = signInProblem(error, 'This link was used already or is too old. Ask for a new one.');
        problem.hidden = false;
    }
});

window.addEventListener('hashchange', check);
check();
