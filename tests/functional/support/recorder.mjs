// A server in between that remembers what went through it, both ways.

import { createServer, request as send } from 'node:http';

export class Recorder {
    #server;

    /** Passes everything on to `target`, an origin; `exchanges` grows as answers end. */
    static async before(target) {
        const recorder = new Recorder();
        recorder.exchanges = [];
        recorder.target = new URL(target);
        recorder.#server = createServer((incoming, outgoing) => recorder.#pass(incoming, outgoing));
        await new Promise((resolve) => recorder.#server.listen(0, '127.0.0.1', resolve));
        recorder.port = recorder.#server.address().port;
        recorder.url = `http://127.0.0.1:${recorder.port}`;
        return recorder;
    }

    async #pass(incoming, outgoing) {
        const exchange = { method: incoming.method, url: incoming.url, requestHeaders: incoming.headers };
        exchange.requestBody = await textOf(incoming);
        const onward = send({
            host: this.target.hostname,
            port: this.target.port,
            method: incoming.method,
            path: incoming.url,
            headers: incoming.rawHeaders,
        });
        onward.on('error', () => outgoing.destroy());
        onward.on('response', async (answer) => {
            exchange.status = answer.statusCode;
            exchange.headers = answer.headers;
            exchange.body = await textOf(answer).catch(() => null);
            this.exchanges.push(exchange);
            if (exchange.body === null) return outgoing.destroy();
            // The bytes as they came: whoever counts them must find the stated number.
            outgoing.writeHead(answer.statusCode, answer.rawHeaders).end(Buffer.from(exchange.body, 'latin1'));
        });
        onward.end(Buffer.from(exchange.requestBody, 'latin1'));
    }

    /** What the server behind it has said, an exchange each. */
    answers() {
        return this.exchanges.map(({ method, url, status, headers, body }) => ({
            where: `${status} to ${method} ${new URL(url, this.url).pathname}`,
            text: `${JSON.stringify(headers)}\n${body}`,
        }));
    }

    stop() {
        this.#server.closeAllConnections();
        return new Promise((resolve) => this.#server.close(resolve));
    }
}

/** Latin-1, so that no byte is lost. */
async function textOf(stream) {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks).toString('latin1');
}
