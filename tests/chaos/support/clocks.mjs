// The wall clocks of processes, which a test sets. The clock that only counts on is left alone: it is right on every machine.

import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const kFakeTime = '/usr/$LIB/faketime/libfaketimeMT.so.1'; // the dynamic linker knows what $LIB is
const kOffsets = ['+10m', '-10m', '+0m'];
const kJumpMs = 5 * 60_000; // the smallest jump is one of ten minutes

export class Clocks {
    #turns = 0;

    constructor(directory, count) {
        this.files = Array.from({ length: count }, (_, i) => join(directory, `clock-${i}`));
    }

    /** Sets every clock ten or twenty minutes forward or back: no two of three neighbours are ever alike. */
    async turn() {
        ++this.#turns;
        await Promise.all(this.files.map((file, i) => setClock(file, kOffsets[(i + this.#turns) % kOffsets.length])));
    }

    environment(replica) {
        return { LD_PRELOAD: kFakeTime, FAKETIME_TIMESTAMP_FILE: this.files[replica], FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
    }
}

/** As a whole: a process may look at any moment. */
async function setClock(file, offset) {
    await writeFile(`${file}.new`, `${offset}\n`);
    await rename(`${file}.new`, file);
}

/** By what its log lines say, the process's clock was set back and forth. */
export function assertJumped({ lines }) {
    const times = lines.filter((line) => line.startsWith('{')).map((line) => Date.parse(JSON.parse(line).at));
    const jumps = times.slice(1).filter((time, i) => Math.abs(time - times[i]) > kJumpMs);
    assert.ok(jumps.length > 0, `${times.length} lines without a jump`);
}
