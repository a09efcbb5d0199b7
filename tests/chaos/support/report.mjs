// One table of what was broken and what happened.

const kColumns = ['fault', 'database', 'rotation', 'times', 'accounts', 'alive', 'detected', 'silent', 'false', 'verdict'];

export class Report {
    rows = [];

    /** `allowed`: how many accounts may be lost and detected. Nothing may be lost silently or given up falsely. `kept`: what
     *  else was promised. `remark`: figures that have no column. */
    add({ stock, allowed = 0, kept: more = true, ...row }) {
        const kept = more && stock.silent === 0 && stock.false === 0 && stock.detected <= allowed;
        this.rows.push({ ...row, ...stock, verdict: kept ? 'kept' : 'BROKEN' });
        process.stderr.write(`${row.fault}, ${row.database}, ${row.rotation}: ${kept ? 'kept' : 'BROKEN'} ${JSON.stringify(stock)} ${row.remark ?? ''}\n`);
    }

    get broken() {
        return this.rows.filter(({ verdict }) => verdict !== 'kept').length;
    }

    remarks() {
        const remarks = this.rows.filter(({ remark }) => remark).map(({ fault, database, remark }) => `${fault}, ${database}: ${remark}\n`);
        return remarks.join('');
    }

    table() {
        const lines = [kColumns, ...this.rows.map((row) => kColumns.map((column) => String(row[column] ?? '')))];
        const widths = kColumns.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
        return lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd()).join('\n');
    }
}
