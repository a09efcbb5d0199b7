// Signing in with e-mail and password.

import { busy, isBusy } from './dom.js';
import { currentSession, signInWithPassword } from './session.js';
import { signInProblem } from './sign_in_problem.js';

const email = document.getElementById('email');
const password = document.getElementById('password');
const button = document.getElementById('sign-in');
const problem = document.getElementById('problem');

document.getElementById('sign-in-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy(button)) return;
    const missing = [email, password].find((field) => field.value === '');
    if (missing) return show('Enter your e-mail and your password.', missing);
    const putBack = busy(button, 'Signing in…');
    try {
        await signInWithPassword(email.value.trim(), password.value);
        location.replace('/accounts');
    } catch (error) {
        putBack();
        show(signInProblem(error, 'The e-mail or the password is not right.'), password);
        password.select();
    }
});

function show(text, field) {
    problem.textContent = text;
    problem.hidden = false;
    field.focus();
}

currentSession().then(
    (session) => session && location.replace('/accounts'),
    () => {}, // the form still works, and says itself when the server is away
);
