// The question before something that cannot be undone. The dialog element keeps the focus inside,
// closes on Escape and gives the focus back.

/** Resolves to whether the person pressed the confirming button. */
export function confirmed({ title, text, action }) {
    const dialog = document.getElementById('confirm');
    dialog.querySelector('h2').textContent = title;
    dialog.querySelector('p').textContent = text;
    dialog.querySelector('button[value="confirm"]').textContent = action;
    dialog.returnValue = '';
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.addEventListener('close', () => resolve(dialog.returnValue === 'confirm'), { once: true });
    });
}
