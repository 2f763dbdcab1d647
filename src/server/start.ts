import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { HarnessError, hasCode } from '../domain/errors.ts';
import { PACKAGE, type App, type HostProcesses } from '../app.ts';
import { buildHttp } from './build.ts';
import { createStreams } from './event-stream.ts';
import { keepHosted } from './keep-hosted.ts';
import type { Http, Parts } from './parts.ts';

export interface ServerOrder extends Pick<Parts, 'rehearsalOf' | 'person'> {
  readonly app: App;
  /** What carries out runs. */
  readonly hosts: HostProcesses;
  /** Address or name to listen on. */
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Further names by which it is reached. */
  readonly names: readonly string[];
  readonly version: string;
  readonly log: (line: string) => void;
}

export interface RunningServer {
  /** `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly token: string;
  /** Answers what has begun, ends the event streams, lets the runs go. */
  close(): Promise<void>;
}

/**
 * Serves the API and the dashboard. Throws, each with exit 2: `TOKEN_MISSING` for an address that
 * others can reach without HARNESS_TOKEN, `TOKEN_SHORT`, `TOKEN_DAMAGED`, `PORT_TAKEN`,
 * `ADDRESS_UNKNOWN`.
 */
export async function startServer(order: ServerOrder): Promise<RunningServer> {
  const { app, host, log } = order;
  const token = await tokenFor(order);
  const streams = createStreams(log);
  const keeper = keepHosted(app, order.hosts, log);
  const parts = {
    app,
    log,
    streams,
    keeper,
    rehearsalOf: order.rehearsalOf,
    person: order.person,
    version: order.version,
    pages: join(PACKAGE, 'dist', 'dashboard'),
  };
  const gate = {
    loopback: isLoopback(host),
    port: () => portOf(http),
    names: order.names.map((name) => name.toLowerCase()),
    token,
    log,
  };
  const http = await buildHttp(parts, gate);
  try {
    await listen(http, order);
  } catch (error) {
    await keeper.close();
    throw error;
  }
  const shown = isIP(host) === 6 ? `[${host}]` : host;
  return {
    url: `http://${shown}:${portOf(http)}`,
    token,
    async close() {
      streams.close();
      await http.close();
      await keeper.close();
    },
  };
}

function portOf(http: Http): number {
  const address = http.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function listen(http: Http, { host, port }: ServerOrder): Promise<void> {
  try {
    await http.listen({ host, port });
  } catch (error) {
    await http.close();
    if (hasCode(error, 'EADDRINUSE'))
      throw new HarnessError(
        'PORT_TAKEN',
        `Port ${port} is in use; end what uses it, or choose another with --port (0: any free one)`,
        { exit: 2, cause: error },
      );
    if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EACCES', 'EAI_AGAIN'].some((code) => hasCode(error, code)))
      throw new HarnessError(
        'ADDRESS_UNKNOWN',
        `Can't listen on ${host} port ${port}: choose an address of this machine with --host and a port from 1024 up`,
        { exit: 2, cause: error },
      );
    throw error;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Fewer characters can be guessed. */
const LEAST_TOKEN = 16;

async function tokenFor({ app, host }: ServerOrder): Promise<string> {
  const { apiToken, home } = app.config;
  if (apiToken === null && !isLoopback(host))
    throw new HarnessError(
      'TOKEN_MISSING',
      `Others could reach ${host}: set HARNESS_TOKEN to a secret of your own (\`openssl rand -hex 32\`), or leave --host out to serve this machine alone`,
      { exit: 2 },
    );
  if (apiToken === null) return ownToken(join(home, 'server'));
  const token = apiToken.reveal();
  if (token.length >= LEAST_TOKEN && VISIBLE.test(token)) return token;
  throw new HarnessError(
    'TOKEN_SHORT',
    `HARNESS_TOKEN needs at least ${LEAST_TOKEN} visible ASCII characters; \`openssl rand -hex 32\` makes one`,
    { exit: 2 },
  );
}

const VISIBLE = /^[\x21-\x7e]+$/u;

/**
 * Made once for this data folder, 256 bits, readable by its owner alone. Written aside and linked into
 * place: whoever reads it meanwhile, or finds it after a crash, finds it whole.
 */
async function ownToken(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'token');
  const made = randomBytes(32).toString('base64url');
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(aside, `${made}\n`, { flag: 'wx', mode: 0o600 });
  try {
    await link(aside, path);
    return made;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
  const token = (await readFile(path, 'utf8')).trim();
  if (token.length >= LEAST_TOKEN && VISIBLE.test(token)) return token;
  throw new HarnessError(
    'TOKEN_DAMAGED',
    `${path} holds no usable token; remove the file, and \`harness serve\` makes a new one`,
    { exit: 2 },
  );
}
