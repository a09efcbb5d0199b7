// Callers who ask all the while that a database is away, and keep every answer.

import { request } from './http.mjs';

/** What the answers of one question were in a stretch of time. */
class Answers {
    constructor(answers) {
        this.answers = answers;
    }
    between(from, to) {
        return new Answers(this.answers.filter(({ began }) => began >= from && began < to));
    }
    of(status) {
        return new Answers(this.answers.filter((answer) => answer.status === status));
    }
    get count() {
        return this.answers.length;
    }
    /** Milliseconds that the slowest took. */
    get slowest() {
        return Math.max(0, ...this.answers.map(({ took }) => took));
    }
}

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
            this.#answers.push({ name, began, took: Date.now() - began, ...answer });
        }
    }

    answersTo(name) {
        return new Answers(this.#answers.filter((answer) => answer.name === name));
    }
    /** Every answer that is neither `expected` nor the one that a caller is promised while the database is away. */
    surprises(expected) {
        return this.#answers.filter((answer) => answer.status !== expected[answer.name] && !isUnavailable(answer));
    }

    async stop() {
        this.#running = false;
        await this.done;
    }
}

function isUnavailable({ status, headers, body }) {
    return status === 503 && Number(headers['retry-after']) > 0 && JSON.parse(body).error === 'unavailable';
}
