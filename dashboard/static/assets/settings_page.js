// The Settings page: setting a first password, or changing it.

import { busy, isBusy } from './dom.js';
import { bindSignOut } from './header.js';
import { clearMessage, showDone, showProblem } from './messages.js';
import { requireSession, setPassword } from './session.js';
import { waitText } from './time.js';

const kMinimumLength = 12;

const field = (name) => ({
    name: `${name}Password`,
    input: document.getElementById(`${name}-password`),
    problem: document.getElementById(`${name}-problem`),
});
const fields = [field('current'), field('new')];
const [current, fresh] = fields;
const save = document.getElementById('save-password');

function show(session) {
    const { email, hasPassword } = session.user;
    document.getElementById('signed-in-as').textContent = `Signed in as ${email}`;
    document.getElementById('username').value = email;
    document.getElementById('current-field').hidden = !hasPassword;
    document.getElementById('password-text').textContent = hasPassword
        ? 'Changing it signs you out everywhere else.'
        : 'You have no password yet. Set one to sign in without a one-time link.';
    save.disabled = false;
}

document.getElementById('password-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy(save)) return;
    clearMessage();
    const changing = !document.getElementById('current-field').hidden;
    const problems = {};
    if (changing && current.input.value === '') problems.currentPassword = ['Enter your current password.'];
    if (Array.from(fresh.input.value).length < kMinimumLength) problems.newPassword = [`Use at least ${kMinimumLength} characters.`];
    if (mark(problems)) return;
    const putBack = busy(save, 'Saving…');
    try {
        const session = await setPassword({
            currentPassword: changing ? current.input.value : undefined,
            newPassword: fresh.input.value,
        });
        event.target.reset();
        if (session) show(session);
        showDone(changing ? 'Your password is changed.' : 'Your password is set.');
    } catch (error) {
        explain(error);
    } finally {
        putBack();
    }
});

function explain(error) {
    if (error.status === 401) return;
    if (error.code === 'INVALID_REQUEST' && error.details && mark(error.details)) return;
    const text = error.status === 429 ? `Too many attempts. Try again in ${waitText(error.retryAfter)}.` : error.message;
    showProblem(`The password is not saved. ${text}`);
}

/** Shows { field: [problem] } beside the fields and goes to the first; whether there was any. */
function mark(problems) {
    const wrong = fields.filter(({ name }) => problems[name]?.length > 0);
    for (const { name, input, problem } of fields) {
        const text = (problems[name] ?? []).join(' ');
        problem.textContent = text;
        problem.hidden = text === '';
        input.toggleAttribute('aria-invalid', false);
        if (text) input.setAttribute('aria-invalid', 'true');
    }
    wrong[0]?.input.focus();
    return wrong.length > 0;
}

bindSignOut();
requireSession().then((session) => session && show(session), (error) => showProblem(error.message));
