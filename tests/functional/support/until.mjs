// Waiting for a condition, with an end.

const kPatienceMs = 60_000;
const kPauseMs = 50;

/** Asks until `condition` holds of what `ask` resolves to, and resolves to that. */
export async function until(ask, condition, what) {
    const end = Date.now() + kPatienceMs;
    for (;;) {
        const seen = await ask();
        if (condition(seen)) return seen;
        if (Date.now() > end) throw new Error(`waited in vain for ${what}; last seen: ${JSON.stringify(seen)}`);
        await new Promise((resolve) => setTimeout(resolve, kPauseMs));
    }
}
