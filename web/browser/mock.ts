/**
 * A stand-in for the live program: serves `dist` under the same strict content security policy, and an API that a test
 * scripts. Its clock is deliberately wrong compared to the browser's, as a real server's may be.
 */

import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { Channel } from '../src/contract/channels';
import type { Picture } from '../src/contract/picture';
import type { Site } from '../src/contract/site';

const DIST = join(import.meta.dirname, '..', 'dist');

export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml',
  '.webmanifest': 'application/json', '.png': 'image/png',
};

const HEARTBEAT_MS = 250;

/** What `/api/access` says where nobody is logged in. */
const NOBODY = {
  closed: false, public: false, safe: true, people: true, passkeys: false, openid: null, name: null, role: null, how: null, ends_ms: null,
};

export class MockServer {
  /** The server's clock minus this machine's. */
  readonly skew_ms = 7 * 60_000;
  /** What the next pictures show; asked at every heartbeat. */
  scene: (now_ms: number) => Picture;
  /** When set, sent in place of the picture. */
  raw: string | null = null;
  outlines: string | null = null;
  /** Answers to questions for coverage, by height; without one, it is still being worked out. */
  coverage: Record<string, string> = {};
  /** The log of alarm messages, as JSON. */
  alarmLog = '[]';
  /** The ways out, as the page asks for them now and then. */
  channels: Channel[] = [];
  /** Further answers in JSON, and further streams of pictures, by path: what other pages ask for. */
  answers: Record<string, () => unknown> = {};
  feeds: Record<string, (now_ms: number) => unknown> = {};
  private cutOff = false;
  private readonly streams = new Map<ServerResponse, string>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    public site: Site,
    scene: (now_ms: number) => Picture,
  ) {
    this.scene = scene;
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  now_ms(): number {
    return Date.now() + this.skew_ms;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.timer = setInterval(() => this.publish(), HEARTBEAT_MS);
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  publish(): void {
    if (this.cutOff) return;
    for (const [stream, path] of this.streams) this.send(stream, path);
  }

  /** As when the network goes: connections die, and new ones die too. */
  cut(): void {
    this.cutOff = true;
    for (const stream of this.streams.keys()) stream.socket?.destroy();
    this.streams.clear();
  }

  restore(): void {
    this.cutOff = false;
  }

  /** As when a cable is pulled: open connections stay open for ever and say nothing; new ones work. */
  forget(): void {
    this.streams.clear();
  }

  /** As when the program is stopped in good order. */
  end(): void {
    for (const stream of this.streams.keys()) stream.end('event: end\ndata: {}\n\n');
    this.streams.clear();
    this.cutOff = true;
  }

  private send(stream: ServerResponse, path: string): void {
    const scene = this.feeds[path] ?? this.scene;
    stream.write(`event: picture\ndata: ${this.raw ?? JSON.stringify(scene(this.now_ms()))}\n\n`);
  }

  private stream(path: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.streams.set(response, path);
    response.on('close', () => this.streams.delete(response));
    this.send(response, path);
  }

  protected async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://mock');
    if (path.startsWith('/api/') && this.cutOff) return void request.socket.destroy();
    if (path in this.answers) return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.answers[path]!()));
    if (path in this.feeds) return this.stream(path, response);
    switch (path) {
      case '/api/site':
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.site));
      case '/api/outlines':
        if (this.outlines === null) return void response.writeHead(204).end();
        return void response.writeHead(200, { 'content-type': 'application/geo+json' }).end(this.outlines);
      case '/api/alarms':
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(this.alarmLog);
      case '/api/channels':
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.channels));
      case '/api/access':
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(NOBODY));
      case '/api/coverage': {
        const found = this.coverage[searchParams.get('height_m') ?? ''];
        if (found === undefined) return void response.writeHead(503, { 'retry-after': '1' }).end();
        return void response.writeHead(200, { 'content-type': 'application/geo+json' }).end(found);
      }
      case '/api/live':
        return this.stream(path, response);
      default:
        return this.file(path === '/' ? '/index.html' : path, response);
    }
  }

  private async file(path: string, response: ServerResponse): Promise<void> {
    try {
      // `/me` is the page of `me.html`.
      const file = extname(path) ? path : `${path}.html`;
      const body = await readFile(join(DIST, normalize(file)));
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': POLICY });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }
}
