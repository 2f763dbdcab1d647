import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { aBench, type Bench } from '../support/harness-cli.ts';
import { inTmux, type TmuxTerminal } from '../support/tmux.ts';

/** Select Graphic Rendition: colours, bold, inverse. */
const STYLES = new RegExp(String.raw`\u001B\[[\d;]+m`, 'u');
const ALTERNATE = '\u001B[?1049h';

// About 3 s each on a quiet machine: no run is begun.
describe('the prompt', () => {
  let bench: Bench;
  let cleaning: AsyncDisposableStack;

  beforeAll(async () => {
    cleaning = new AsyncDisposableStack();
    const database = cleaning.use(await testDatabase());
    bench = cleaning.use(await aBench({ databaseUrl: database.url }));
  });

  afterAll(() => cleaning.disposeAsync());

  /** A prompt that is ready; its options are those of the terminal. */
  async function aPrompt(order: Partial<Parameters<typeof inTmux>[0]> = {}): Promise<TmuxTerminal> {
    const terminal = await inTmux({ bench, ...order });
    await terminal.shows(/type what shall be built/u);
    return terminal;
  }

  test('R-147 R-149 lists its commands, completes them, and leaves with /quit and no process behind', async () => {
    await using terminal = await aPrompt();
    await terminal.type('/help\r');
    await terminal.shows(/\/exit +the same/u);
    await terminal.type('/sta\t\r');
    await terminal.shows(/no project yet/u);
    await terminal.type('/quit\r');
    expect(await terminal.exit()).toBe(0);
    expect(processesIn(bench)).toEqual([]);
    const written = await terminal.written();
    expect(written).toContain(ALTERNATE);
    expect(written).toMatch(STYLES);
  });

  test('R-144 Ctrl+C does not leave, a second one does, with 130', async () => {
    await using terminal = await aPrompt();
    await terminal.type('something');
    await terminal.press('C-c');
    await terminal.shows(/^Ctrl\+C again leaves\n> $|^Ctrl\+C again leaves\n>$/mu);
    await terminal.press('x', 'C-c');
    await terminal.shows(/Ctrl\+C again leaves/u);
    await terminal.press('C-c');
    expect(await terminal.exit()).toBe(130);
  });

  test('an idea without a credential is answered with what to set, and the prompt stays', async () => {
    await using terminal = await aPrompt({ columns: 50, rows: 18 });
    await terminal.type('a list\r');
    await terminal.shows(/ANTHROPIC_API_KEY/u);
    await terminal.shows(/type what shall be built/u);
    await terminal.press('Up');
    await terminal.shows(/^> a list$/mu);
    await terminal.press('C-u', 'C-d');
    expect(await terminal.exit()).toBe(0);
  });

  test('NO_COLOR and --no-color: no colour is written', async () => {
    await using terminal = await aPrompt({ env: { NO_COLOR: '1' } });
    await terminal.type('/quit\r');
    expect(await terminal.exit()).toBe(0);
    expect(await terminal.written()).not.toMatch(STYLES);
    await using other = await aPrompt({ args: ['--no-color'] });
    await other.type('/quit\r');
    expect(await other.exit()).toBe(0);
    expect(await other.written()).not.toMatch(STYLES);
  });

  test.each([
    ['-o plain', { args: ['-o', 'plain'] }],
    ['a screen reader', { env: { INK_SCREEN_READER: 'true' } }],
  ])('is lines without any control sequence for %s', async (_name, order) => {
    await using terminal = await aPrompt(order);
    await terminal.type('/nonsense');
    await terminal.shows(/^> \/nonsense$/mu);
    await terminal.press('Enter');
    await terminal.shows(/is no command; \/help lists them/u);
    await terminal.type('/quit\r');
    expect(await terminal.exit()).toBe(0);
    expect(await terminal.written()).not.toContain('\u001B');
  });

  test('a reader that goes away ends it quietly', async () => {
    await using terminal = await inTmux({ bench, after: '| head -1' });
    await terminal.shows(/Usage: harness/u);
    expect(await terminal.exit()).toBe(0);
    expect((await terminal.screen()).join('\n')).not.toMatch(/EPIPE|Error/u);
  });

  test('resized again and again it shows one prompt, at the bottom', async () => {
    await using terminal = await aPrompt({ columns: 120, rows: 40 });
    await terminal.type('/help\r');
    await terminal.shows(/\/exit/u);
    for (const [columns, rows] of [
      [50, 18],
      [80, 24],
      [50, 18],
      [120, 40],
    ] as const) {
      await terminal.resize(columns, rows);
      await terminal.shows(new RegExp(`^─{${columns}}$`, 'mu'));
      await terminal.shows(/type what shall be built.*\n>\s*$/u);
      const lines = await terminal.screen();
      expect(lines.filter((line) => line.startsWith('type what shall be built'))).toHaveLength(1);
      expect(lines.filter((line) => line.startsWith('harness '))).toHaveLength(1);
    }
    await terminal.type('/exit\r');
    expect(await terminal.exit()).toBe(0);
  });

  test('a terminal that vanishes leaves no process behind', async () => {
    await using terminal = await aPrompt();
    expect(processesIn(bench)).toHaveLength(1);
    await terminal.vanish();
    await expect.poll(() => processesIn(bench), { timeout: 20_000 }).toEqual([]);
  });
});

/** Command lines of the processes whose data folder is the bench's. */
function processesIn({ home }: Bench): readonly string[] {
  const all = execFileSync('ps', ['axeww', '-o', 'pid=,args='], {
    encoding: 'utf8',
    maxBuffer: 50_000_000,
  });
  return all
    .split('\n')
    .filter((line) => line.includes(`HARNESS_HOME=${home}`) && line.includes('bin.ts'))
    .filter((line) => !/ (?:bash|tmux|env) /u.test(` ${line.trim().split(/\s+/u)[1]} `));
}
