// What stands in a section while there is nothing to list: loading, failed, empty.

import { element } from './dom.js';

/** Puts grey shapes into the section until its content comes. */
export function showLoading(section, count, shape = '') {
    section.setAttribute('aria-busy', 'true');
    section.replaceChildren(
        element(
            'div',
            { class: 'cards', 'data-testid': 'loading', role: 'img', 'aria-label': 'Loading' },
            Array.from({ length: count }, () => element('div', { class: `skeleton ${shape}` })),
        ),
    );
}

export function showLoadError(section, error, what, retry) {
    section.setAttribute('aria-busy', 'false');
    section.replaceChildren(
        element(
            'div',
            { class: 'state', role: 'alert', 'data-testid': 'load-error' },
            element('h3', {}, `The ${what} could not be loaded`),
            element('p', {}, error.message),
            element('button', { type: 'button', 'data-testid': 'retry', on: { click: retry } }, 'Try again'),
        ),
    );
}

export function showEmpty(section, title, text, ...more) {
    section.setAttribute('aria-busy', 'false');
    section.replaceChildren(
        element(
            'div',
            { class: 'state', 'data-testid': 'empty' },
            element('h3', {}, title),
            element('p', {}, text),
            ...more,
        ),
    );
}
