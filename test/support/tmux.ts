import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BIN, type Bench } from './harness-cli.ts';

/** A real terminal with the harness in it. */
export interface TmuxTerminal extends AsyncDisposable {
  /** What it shows now, line by line. */
  screen(): Promise<readonly string[]>;
  /** Resolves, with the milliseconds it took, when the screen matches; throws with the screen after `withinMs`. */
  shows(pattern: RegExp, withinMs?: number): Promise<number>;
  /** Named keys as tmux calls them. */
  press(...keys: readonly string[]): Promise<void>;
  /** Text as it is, all at once. */
  type(text: string): Promise<void>;
  /** Text as the terminal pastes it. */
  paste(text: string): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** All that was written to the terminal so far, as it was written. */
  written(): Promise<string>;
  /** The exit status that the shell saw. */
  exit(): Promise<number>;
  /** Takes the terminal away, as a connection that breaks off does. */
  vanish(): Promise<void>;
}

export interface TmuxOrder {
  readonly bench: Bench;
  readonly args?: readonly string[];
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What the shell does with its output: `| head -1`. */
  readonly after?: string;
}

const PATIENCE_MS = 60_000;

/** Starts the harness in a terminal of a tmux server of its own. */
export async function inTmux(order: TmuxOrder): Promise<TmuxTerminal> {
  const { bench, args = [], columns = 80, rows = 24, after = '' } = order;
  const folder = await mkdtemp(join(tmpdir(), 'tmux-'));
  const [socket, log, status] = ['socket', 'log', 'status'].map((name) => join(folder, name));
  const tmux = (...words: readonly string[]): Promise<string> =>
    output('tmux', ['-S', `${socket}`, '-f', '/dev/null', ...words]);
  const variables = Object.entries({ ...bench.env, ...order.env, LANG: 'C.UTF-8' });
  const words = [process.execPath, BIN, ...args].map(quoted).join(' ');
  const env = variables.map(([name, value]) => quoted(`${name}=${value}`)).join(' ');
  // Waits until the log is written to: nothing of the beginning is missed.
  const command = `read -r _; env -i TERM=$TERM ${env} ${words} ${after}; echo "\${PIPESTATUS[0]}" > ${quoted(`${status}`)}; echo; echo left; read -r _`;
  const size = ['-x', String(columns), '-y', String(rows)];
  await tmux('new-session', '-d', ...size, '-c', bench.folder, 'bash', '-c', command);
  await tmux('pipe-pane', '-o', `cat >> ${quoted(`${log}`)}`);
  await tmux('send-keys', 'Enter');
  const screen = async (): Promise<readonly string[]> =>
    (await tmux('capture-pane', '-p')).replace(/\n$/u, '').split('\n');
  const shows = async (pattern: RegExp, withinMs = PATIENCE_MS): Promise<number> => {
    const began = performance.now();
    for (;;) {
      const lines = (await screen()).join('\n');
      const took = performance.now() - began;
      if (pattern.test(lines)) return took;
      if (took > withinMs) throw new Error(`not shown within ${withinMs} ms: ${pattern}\n${lines}`);
      await delay(20);
    }
  };
  return {
    screen,
    shows,
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    type: async (text) => void (await tmux('send-keys', '-l', text)),
    async paste(text) {
      await tmux('set-buffer', text);
      await tmux('paste-buffer', '-p');
    },
    resize: async (wide, high) =>
      void (await tmux('resize-window', '-x', String(wide), '-y', String(high))),
    written: () => readFile(`${log}`, 'utf8'),
    async exit() {
      await shows(/^left$/mu);
      return Number(await readFile(`${status}`, 'utf8'));
    },
    vanish: async () => void (await tmux('kill-server')),
    async [Symbol.asyncDispose]() {
      await tmux('kill-server').catch(() => 'it is gone already');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

async function output(program: string, words: readonly string[]): Promise<string> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${program} ${words.join(' ')}: ${said.err}`);
  return said.out;
}
