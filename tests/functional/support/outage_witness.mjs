// Callers who ask all the while, before, in and after an outage of the database, and keep every answer.

export class OutageWitness {
    #running = true;
    #answers = [];

    /** `questions`: by name, functions that resolve to an answer. Each is asked by `callers` callers, one after the other. */
    constructor(questions, callers) {
        const asking = Object.entries(questions).flatMap(([name, ask]) => Array.from({ length: callers }, () => this.#keepAsking(name, ask)));
        this.done = Promise.all(asking);
    }

    async #keepAsking(name, ask) {
        while (this.#running) {
            const began = Date.now();
            const answer = await ask().catch((error) => ({ status: error.message, headers: {}, body: '' }));
            this.#answers.push({ name, began, ended: Date.now(), ...answer });
        }
    }

    /** The answers to a question that was asked from `from` on and answered until `to`. */
    answersTo(name, { from = 0, to = Infinity } = {}) {
        return this.#answers.filter((answer) => answer.name === name && answer.began >= from && answer.ended <= to);
    }

    async stop() {
        this.#running = false;
        await this.done;
    }
}

/** Milliseconds. */
export const slowestOf = (answers) => answers.reduce((slowest, { began, ended }) => Math.max(slowest, ended - began), 0);

/** What a caller is promised while the database is away. */
export const isUnavailable = ({ status, headers, body }) =>
    status === 503 && Number(headers['retry-after']) > 0 && body.includes('"error":"unavailable"');
