// Figures and their presentation.

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The range of the rounds, as a part of their median. */
const spread = (values) => (Math.max(...values) - Math.min(...values)) / median(values);

/** The median of the rounds' own ratios: what slows the machine down slows both sides of a round. */
const ratio = (ours, theirs) => median(ours.map((value, round) => value / theirs[round]));

const round = (value) => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1));

/** `ours`, when the row is a baseline that it is held against. */
function row(what, rounds, ours) {
    return [what, round(median(rounds)), `${Math.round(spread(rounds) * 100)} %`, ours === undefined ? '' : ratio(ours, rounds).toFixed(3)];
}

export function asTable({ plan, list, flows }) {
    const rows = [
        ['', 'per second', 'spread', 'Postato / it'],
        row(`List of accounts (25 of ${plan.accounts}, ${list.bytes} bytes): Postato`, list.postato),
        row('  nginx, a static file of as many bytes', list.nginx, list.postato),
        row('  pgbench, the query alone', list.pgbench, list.postato),
        row('Connect flows: Postato', flows.postato),
        row("  a bare client, the platform's calls alone", flows.bare, flows.postato),
    ];
    const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
    return rows
        .map((cells) => cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('   ').trimEnd())
        .join('\n');
}
