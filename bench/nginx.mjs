// An nginx that serves one file with the bytes of an answer, logging each request as Postato does.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Child } from '../tests/functional/support/demo.mjs';
import { request } from '../tests/functional/support/http.mjs';
import { until } from '../tests/functional/support/until.mjs';

const config = (directory, port) => `
daemon off;
worker_processes auto;
pid ${directory}/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
    access_log ${directory}/access.log;
    default_type application/json;
    keepalive_requests 1000000000;
    sendfile on;
    tcp_nopush on;
    open_file_cache max=10;
    client_body_temp_path ${directory}/temp;
    proxy_temp_path ${directory}/temp;
    fastcgi_temp_path ${directory}/temp;
    uwsgi_temp_path ${directory}/temp;
    scgi_temp_path ${directory}/temp;
    server {
        listen 127.0.0.1:${port};
        root ${directory}/static;
    }
}
`;

/** Resolves, when it answers, to its `url` and a way to `stop` it. */
export async function startNginx({ directory, port, body }) {
    await mkdir(join(directory, 'static'), { recursive: true, mode: 0o755 });
    await writeFile(join(directory, 'static/list.json'), body);
    await writeFile(join(directory, 'nginx.conf'), config(directory, port));
    const child = new Child('/usr/sbin/nginx', ['-p', directory, '-c', join(directory, 'nginx.conf')]);
    const url = `http://127.0.0.1:${port}/list.json`;
    const isUp = async () => {
        if (child.process.exitCode !== null) throw new Error(child.said);
        return (await request('GET', url).catch(() => null))?.body === body;
    };
    await until(isUp, Boolean, 'nginx');
    return { url, stop: () => child.stop('SIGQUIT') };
}
