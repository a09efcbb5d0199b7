// The list of account cards. An update touches only the cards whose account changed, so open details,
// the focus and cards that are being disconnected stay as they are.

import { element } from './dom.js';
import { showEmpty } from './states.js';

export class AccountList {
    /** `makeCard(account)` builds a card; `empty` has the title and text for no accounts. */
    constructor(section, { makeCard, empty, onMore, onCount }) {
        this.section = section;
        this.makeCard = makeCard;
        this.empty = empty;
        this.onMore = onMore;
        this.onCount = onCount;
        this.entries = new Map(); // id -> {account, text, item}
        this.cursor = null;
    }

    /** Shows a first page of the host's list. */
    replace({ items, cursor }) {
        const before = this.entries;
        this.entries = new Map();
        for (const account of items) this.entries.set(account.id, reuse(before, account) ?? this.entry(account));
        for (const [id, entry] of before) if (isGreyed(entry) && !this.entries.has(id)) this.entries.set(id, entry);
        this.cursor = cursor;
        this.render();
    }

    /** Adds a further page below. */
    append({ items, cursor }) {
        for (const account of items) if (!this.entries.has(account.id)) this.entries.set(account.id, this.entry(account));
        this.cursor = cursor;
        this.render();
    }

    /** Shows a newer state of an account that is listed. */
    update(account) {
        const old = this.entries.get(account.id);
        if (!old || isGreyed(old)) return null;
        const entry = this.entry(account);
        this.entries.set(account.id, entry);
        old.item.replaceWith(entry.item);
        this.count();
        return entry.item.firstChild;
    }

    remove(card) {
        this.entries.delete(card.dataset.accountId);
        this.render();
        document.getElementById('accounts-title').focus();
    }

    card(id) {
        return this.entries.get(id)?.item.firstChild ?? null;
    }

    entry(account) {
        return { account, text: JSON.stringify(account), item: element('li', {}, this.makeCard(account)) };
    }

    /** Tells how many accounts are listed, those being disconnected left out. */
    count() {
        const live = [...this.entries.values()].filter((entry) => !isGreyed(entry)).map(({ account }) => account);
        this.onCount(live, this.cursor !== null);
    }

    render() {
        this.count();
        if (this.entries.size === 0) {
            showEmpty(this.section, this.empty.title, this.empty.text);
            return;
        }
        this.section.setAttribute('aria-busy', 'false');
        let list = this.section.querySelector('ul.cards');
        if (!list) {
            list = element('ul', { class: 'cards' });
            this.section.replaceChildren(list);
        }
        const wanted = [...this.entries.values()].map(({ item }) => item);
        for (const item of [...list.children]) if (!wanted.includes(item)) item.remove();
        // Moving an element would drop its focus: put in only what is not in its place yet.
        wanted.forEach((item, index) => {
            if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
        });
        this.renderMore();
    }

    renderMore() {
        this.section.querySelector('[data-testid="more"]')?.remove();
        if (!this.cursor) return;
        this.section.append(
            element('button', { type: 'button', class: 'secondary more', 'data-testid': 'more', on: { click: (event) => this.onMore(event.currentTarget) } },
                'Show more accounts'),
        );
    }
}

const isGreyed = ({ item }) => item.firstChild.dataset.status === 'disconnected';

function reuse(entries, account) {
    const entry = entries.get(account.id);
    return entry && (isGreyed(entry) || entry.text === JSON.stringify(account)) ? entry : null;
}
