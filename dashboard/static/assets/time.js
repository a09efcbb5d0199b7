// Points in time as people read them, in their own time zone.

import { element } from './dom.js';

const kMinute = 60_000;
const kDay = 24 * 60 * kMinute;

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const momentFormat = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit',
});
const relativeFormat = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** <time>3 Dec 2026</time>, with the exact moment as its title. */
export function dayElement(iso) {
    return timeElement(iso, dayFormat);
}

/** <time>3 Dec 2026, 14:05</time>. */
export function momentElement(iso) {
    return timeElement(iso, momentFormat);
}

function timeElement(iso, format) {
    const at = new Date(iso);
    if (Number.isNaN(at.getTime())) return document.createTextNode('unknown');
    return element('time', { datetime: at.toISOString(), title: momentFormat.format(at) }, format.format(at));
}

/** "in 3 hours", "2 days ago", "this minute". */
export function relative(iso, now = Date.now()) {
    const ms = new Date(iso).getTime() - now;
    const size = Math.abs(ms);
    if (size < 60 * kMinute) return relativeFormat.format(Math.round(ms / kMinute), 'minute');
    if (size < kDay) return relativeFormat.format(Math.round(ms / (60 * kMinute)), 'hour');
    return relativeFormat.format(Math.round(ms / kDay), 'day');
}

/** Whether it comes within so many days. */
export function isWithinDays(iso, days, now = Date.now()) {
    return new Date(iso).getTime() - now < days * kDay;
}

/** "2 minutes" for a wait of 90 seconds. */
export function waitText(seconds) {
    if (!seconds || seconds < 60) return 'a minute';
    const minutes = Math.ceil(seconds / 60);
    return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}
