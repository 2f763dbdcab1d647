import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { z } from 'zod';
import type { Variables } from './config/variables.ts';
import { hasCode } from './domain/errors.ts';
import { readHostIdentity } from './engine/host-identity.ts';
import { newId } from './new-id.ts';
import { stripControls } from './safety/strip-controls.ts';

/** One process that carries out the runs of a label for a server. */
export interface HostState {
  readonly label: string;
  /** Null: there is none now. */
  readonly pid: number | null;
  /** Why the last one ended that should not have; null: nothing is wrong. */
  readonly trouble: string | null;
}

/**
 * The processes in which a server has runs carried out, one for each label. They are in process groups of their own
 * and outlive a server that is killed; the next one of the same data folder finds them again.
 */
export interface HostProcesses {
  /** Sees to it that there is one, unless the last one broke off a moment ago. */
  ensure(label: string): Promise<void>;
  /** Every run that needs one has one: what was wrong before is over. */
  wellAgain(label: string): void;
  states(): readonly HostState[];
  /** Tells them to leave and waits: what they carried out goes on with the next one. */
  stop(): Promise<void>;
}

export interface HostOrder {
  readonly home: string;
  /** Where relative paths of the configuration start. */
  readonly cwd: string;
  readonly env: Variables;
  /** Words of the command line that this process was given too: `--config FILE`. */
  readonly words: readonly string[];
}

/** A host that broke off is not tried again before this; longer with each time. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

/** It ends sessions at once and keeps their work; more than this is no leaving. */
const LEAVING_MS = 20_000;

/** Variables that a host has no use for. */
const OURS_ALONE: ReadonlySet<string> = new Set([
  'HARNESS_TOKEN',
  'LINEAR_WEBHOOK_SECRET',
  'GITHUB_WEBHOOK_SECRET',
]);

export async function openHostProcesses(order: HostOrder): Promise<HostProcesses> {
  const folder = join(order.home, 'server');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const hosts = new Map<string, Host>();
  const hostOf = (label: string): Host => {
    const known = hosts.get(label) ?? new Host(order, label);
    hosts.set(label, known);
    return known;
  };
  for (const label of ['', 'rehearsal']) await hostOf(label).adopt();
  return {
    ensure: (label) => hostOf(label).ensure(),
    wellAgain: (label) => hostOf(label).wellAgain(),
    states: () => [...hosts.values()].map((host) => host.state()),
    async stop() {
      await Promise.all([...hosts.values()].map((host) => host.stop()));
    },
  };
}

class Host {
  readonly #order: HostOrder;
  readonly #label: string;
  #child: ChildProcess | null = null;
  /** Of a process that a former server started. */
  #adopted: number | null = null;
  #trouble: string | null = null;
  #pauseMs = 0;
  #notBefore = 0;
  #stopped = false;
  #ensuring: Promise<void> | null = null;

  constructor(order: HostOrder, label: string) {
    this.#order = order;
    this.#label = label;
  }

  state(): HostState {
    return {
      label: this.#label,
      pid: this.#child?.pid ?? this.#adopted,
      trouble: this.#trouble,
    };
  }

  wellAgain(): void {
    this.#trouble = null;
  }

  async adopt(): Promise<void> {
    this.#adopted = await livingPid(this.#order.home, this.#label);
  }

  /** Calls at the same time start one process. */
  ensure(): Promise<void> {
    this.#ensuring ??= this.#ensure().finally(() => (this.#ensuring = null));
    return this.#ensuring;
  }

  async #ensure(): Promise<void> {
    if (this.#stopped || this.#child !== null) return;
    await this.adopt();
    if (this.#adopted !== null || performance.now() < this.#notBefore) return;
    await this.#start();
  }

  async #start(): Promise<void> {
    const { cwd, env, words } = this.#order;
    const path = logFile(this.#order.home, this.#label);
    await using log = await open(path, 'w', 0o600);
    const label = this.#label === '' ? [] : ['--rehearse'];
    const own = Object.entries(env).filter(([name]) => !OURS_ALONE.has(name));
    const child = spawn(process.execPath, [PROGRAM, ...words, 'host', ...label], {
      cwd,
      env: Object.fromEntries(own),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    const began = performance.now();
    this.#child = child;
    child.on('error', (error) => this.#ended(error.message, began));
    child.on('exit', (code, signal) => {
      if (code === 0 || this.#stopped) this.#ended(null, began);
      else
        void saidLast(path).then((said) =>
          this.#ended(said === '' ? `it ended with ${code ?? signal}` : said, began),
        );
    });
  }

  #ended(trouble: string | null, began: number): void {
    this.#child = null;
    this.#trouble = trouble;
    if (trouble === null || performance.now() - began > LONGEST_PAUSE_MS) this.#pauseMs = 0;
    if (trouble === null) return;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2));
    this.#notBefore = performance.now() + this.#pauseMs;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ensuring;
    const child = this.#child;
    if (child !== null) await leave(child);
    else if (this.#adopted !== null) await this.#dismiss();
  }

  /** It is no child of ours, so its end is looked for. */
  async #dismiss(): Promise<void> {
    const { home } = this.#order;
    const pid = await livingPid(home, this.#label);
    if (pid === null) return;
    sendTerm(pid);
    const deadline = performance.now() + LEAVING_MS;
    while (performance.now() < deadline && (await livingPid(home, this.#label)) !== null)
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
  }
}

/** Who ended a moment ago needs no word. */
function sendTerm(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

async function leave(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), LEAVING_MS);
  await ended;
  clearTimeout(late);
}

/** The command line of this very program, from its sources or compiled. */
const PROGRAM = join(import.meta.dirname, 'cli', `bin${extname(import.meta.filename)}`);

function logFile(home: string, label: string): string {
  return join(home, 'server', `host${label === '' ? '' : `-${label}`}.log`);
}

function pidFile(home: string, label: string): string {
  return join(home, 'server', `host${label === '' ? '' : `-${label}`}.json`);
}

const identity = z.object({
  executorId: z.string(),
  hostId: z.string(),
  bootId: z.string(),
  pid: z.int().min(2),
  pidStarted: z.string(),
  label: z.string(),
});

/** Lets servers find this process while it carries out runs of the label; returns how to end that. */
export async function announceHost(home: string, label: string): Promise<() => Promise<void>> {
  const path = pidFile(home, label);
  const own = (await readHostIdentity(newId)).newIdentity(label);
  await mkdir(join(home, 'server'), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, JSON.stringify(own), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return () => rm(path, { force: true });
}

/** Of the host that was announced last, if it lives. */
async function livingPid(home: string, label: string): Promise<number | null> {
  const found = await announced(pidFile(home, label));
  if (found === undefined) return null;
  const here = await readHostIdentity(newId);
  return (await here.aliveHere(found)) ? found.pid : null;
}

async function announced(path: string): Promise<z.output<typeof identity> | undefined> {
  try {
    return identity.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function saidLast(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  return stripControls(last).slice(-1000);
}
