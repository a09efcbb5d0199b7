// The bar at the top: which workspace, and the way out.

import { busy, element, isBusy } from './dom.js';
import { showProblem } from './messages.js';
import { signOut } from './session.js';

export function bindSignOut() {
    const button = document.getElementById('sign-out');
    button.addEventListener('click', async () => {
        if (isBusy(button)) return;
        const putBack = busy(button, 'Signing out…');
        try {
            await signOut();
            location.replace('/sign-in');
        } catch (error) {
            putBack();
            if (error.status !== 401) showProblem(`You are still signed in. ${error.message}`);
        }
    });
}

/** Lists the workspaces; `onSwitch` gets the one that is picked. */
export function showSwitcher(workspaces, current, onSwitch) {
    const select = document.getElementById('workspace-switcher');
    select.replaceChildren(
        ...workspaces.map(({ id, name }) => element('option', { value: id, selected: id === current?.id }, name)),
    );
    select.disabled = workspaces.length === 0;
    select.addEventListener('change', () => onSwitch(workspaces.find(({ id }) => id === select.value)));
}
