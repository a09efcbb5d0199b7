// Builds elements. Text only ever enters the page as text nodes and plain attributes.

/**
 * element('button', {type: 'button', class: 'primary', on: {click: go}}, 'Connect')
 * Attributes that are null, undefined or false are left out; true becomes an empty value.
 * Children are nodes or text; null, undefined and false are left out.
 */
export function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name === 'on') {
            for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
        } else if (value !== null && value !== undefined && value !== false) {
            node.setAttribute(name, value === true ? '' : String(value));
        }
    }
    node.append(...children.flat().filter((child) => child || child === 0));
    return node;
}

/** A link to somewhere else, or only its text when the address is not a web address. */
export function outsideLink(address, text) {
    const url = webAddress(address);
    if (!url) return document.createTextNode(text);
    return element('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer' }, text);
}

/** The parsed http(s) address, or null. */
export function webAddress(address) {
    if (typeof address !== 'string') return null;
    try {
        const url = new URL(address);
        return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
    } catch {
        return null;
    }
}

/** Marks a button as working, with the text it shows meanwhile; returns what puts it back. */
export function busy(button, text) {
    const before = button.textContent;
    button.setAttribute('aria-busy', 'true');
    button.textContent = text;
    return () => {
        button.removeAttribute('aria-busy');
        button.textContent = before;
    };
}

export const isBusy = (button) => button.getAttribute('aria-busy') === 'true';
