import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { PHASES } from '../../src/domain/phase.ts';
import { testDatabase } from '../support/database.ts';
import { aBench, proveExit, USUAL_PATH, type Bench } from '../support/harness-cli.ts';
import { inTmux, type TmuxTerminal } from '../support/tmux.ts';

const run = promisify(execFile);
const PROJECT = 'workspaces/reading-list';

/** Select Graphic Rendition: colours, bold, inverse. */
const STYLES = new RegExp(String.raw`\u001B\[[\d;]*m`, 'u');

/** The longest that a phase of the rehearsal takes where much else runs. */
const PHASE_MS = 300_000;

const eventSchema = z.looseObject({
  id: z.number(),
  at: z.string(),
  type: z.string(),
  phase: z.string().optional(),
  item: z.string().nullish(),
  commit: z.string().optional(),
  by: z.string().optional(),
  reason: z.string().nullish(),
  answer: z.string().optional(),
  number: z.number().optional(),
});

const billSchema = z.object({
  total: z.object({
    input_tokens: z.number(),
    output_tokens: z.number(),
    cache_read_tokens: z.number(),
    cache_write_tokens: z.number(),
  }),
});

type Told = z.infer<typeof eventSchema>;

/** What lines for people say of an event, written down once more; `reason` may be cut. */
const SAID: Readonly<Record<string, (event: Told) => string>> = {
  'item.claimed': ({ item, number = 1 }) =>
    `${item}: started${number > 1 ? ` (try ${number})` : ''}`,
  'item.done': ({ item, commit = '' }) => `${item}: done, proved as ${commit.slice(0, 10)}`,
  'approval.answered': ({ phase, answer, by, reason }) =>
    `${phase}: ${answer} by ${by}${reason == null ? '' : `: ${reason}`}`,
};

function saidOf(event: Told): readonly string[] {
  const text = SAID[event.type]?.(event);
  return text === undefined ? [] : [`${event.at.slice(11, 19)}  ${text}`];
}

/** Lines that tell an event, as they stand there. */
function eventLines(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.trimEnd()).filter((line) => /^\d\d:\d\d:\d\d {2}\S/u.test(line));
}

/** All that was printed line by line, without the prompt that stood there in between. */
async function printed(plain: TmuxTerminal): Promise<readonly string[]> {
  const lines = (await plain.written()).split(/\r*\n/u);
  return lines.map((line) => line.split('\r').at(-1) ?? '');
}

async function asJson(bench: Bench, ...words: readonly string[]): Promise<readonly unknown[]> {
  const ended = await bench.run([...words, '--json', '--project-dir', PROJECT]);
  proveExit(ended, 0);
  return ended.stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

/** Milliseconds until what a person typed is there, which is what this machine can do at best. */
async function echoOf(terminal: TmuxTerminal): Promise<number> {
  const began = performance.now();
  await terminal.type('echo');
  await terminal.shows(/^> echo/mu);
  const took = performance.now() - began;
  await terminal.press('C-u');
  return took;
}

// The whole built-in rehearsal, with two prompts: minutes, 16 of them on a machine that does ten other things.
test(
  'R-035 R-058 R-059 R-100 R-143 R-145 a rehearsal of a typed idea is refused, approved, interrupted, gone on with and completed, and is the same run in the full screen, in lines and in JSON',
  { timeout: 1_500_000 },
  async () => {
    await using database = await testDatabase();
    await using bench = await aBench({ databaseUrl: database.url, yaml: 'autonomy: checkpoint\n' });
    await using full = await inTmux({ bench, args: ['--rehearse'], env: { NO_COLOR: '1' } });
    await full.shows(/type what shall be built/u);
    await full.type('A reading list for a small team.\r');
    await full.shows(/^\? ideation/mu, PHASE_MS);
    await using plain = await inTmux({
      bench,
      args: ['-o', 'plain', '--project-dir', PROJECT],
      columns: 240,
    });
    await plain.shows(/^--- reading-list: waiting approval \(rehearsal\)$/mu);

    // Refused and approved in the full screen, approved in lines, approved by a program.
    await full.type('/reject Say who may delete a link.\r');
    await plain.shows(/ideation: rejected by .*: Say who may delete a link\./u);
    await full.shows(/try 2[^]*^\? ideation/mu, PHASE_MS);
    await full.press('Enter');
    await full.shows(/a approve, e edit, r reject/u);
    await full.press('a');
    await plain.shows(/^\(Enter reads architecture; /mu, PHASE_MS);
    await plain.type('/approve\r');
    await full.shows(/architecture: approved by/u);
    await full.shows(/^\? task_breakdown/mu, PHASE_MS);
    await asJson(bench, 'approve', 'task_breakdown');

    await full.shows(/implement, 5 of 7/u, PHASE_MS);
    await full.resize(50, 18);
    await full.shows(/^ {2}[A-Z]+-1 +(?:Read|Write|Edit|Bash) /mu, PHASE_MS);
    const narrow = await full.screen();
    expect(narrow).toHaveLength(18);
    expect(narrow.filter((line) => line.startsWith('>'))).toHaveLength(1);
    await full.resize(80, 24);
    await full.shows(/^.{60,}\d:\d\d/mu);
    const echo = await echoOf(full);
    const began = performance.now();
    await full.press('Escape');
    await full.shows(/Enter goes on/u);
    const took = performance.now() - began;
    process.stdout.write(
      `after Esc the prompt was back in ${took.toFixed(0)} ms; what is typed was there in ${echo.toFixed(0)} ms\n`,
    );
    expect(took - echo).toBeLessThan(500);
    await full.shows(/stopped: Enter goes on/u, PHASE_MS);
    await plain.shows(/^\(stopped: Enter goes on/mu);
    const stopped = z.array(eventSchema).parse(await asJson(bench, 'events'));
    const interrupted = stopped.filter(({ type }) => type === 'item.returned');
    expect(interrupted.length).toBeGreaterThan(0);

    await full.press('Enter');
    await plain.shows(/^\(another process carries this run out/mu);
    await full.shows(/^\? deploy/mu, 3 * PHASE_MS);
    await full.type('/approve\r');
    await full.shows(/^reading-list {2}completed/mu, PHASE_MS);
    await plain.shows(/^--- reading-list: completed \(rehearsal\)$/mu);
    await full.resize(240, 400);
    await full.shows(/^─{240}$/mu);

    // The same in all three.
    const told = z.array(eventSchema).parse(await asJson(bench, 'events'));
    expect(told.slice(0, stopped.length)).toEqual(stopped);
    const wanted = told.flatMap((event) => saidOf(event));
    const inFull = eventLines(await full.screen());
    const inLines = eventLines(await printed(plain));
    expect(inFull).toEqual(expect.arrayContaining(wanted));
    expect(wanted.filter((line) => / done, proved as /u.test(line))).toHaveLength(10);
    expect(inLines).toEqual(inFull.slice(-inLines.length));
    expect(inLines[0]).toMatch(/ideation: rejected by/u);

    const [status] = await asJson(bench, 'status');
    expect(status).toMatchObject({ status: 'completed', work: { total: 10, done: 10 } });
    const { phases } = z
      .object({ phases: z.record(z.string(), z.object({ status: z.string() })) })
      .parse(status);
    expect(Object.values(phases).map((phase) => phase.status)).toEqual(
      PHASES.map(() => 'completed'),
    );
    const screen = (await full.screen()).join('\n');
    for (const phase of PHASES) expect(screen).toContain(`✓ ${phase}`);
    expect(screen).toContain('10 of 10 items done');

    const { total } = billSchema.parse((await asJson(bench, 'cost'))[0]);
    const tokens = Object.values(total).reduce((sum, one) => sum + one, 0);
    await full.shows(new RegExp(` ${(tokens / 1000).toFixed(1)}k tok$`, 'mu'));
    await plain.type('/cost\r');
    const columns = Object.values(total).map((one) => one.toLocaleString('en-US'));
    await plain.shows(new RegExp(String.raw`^total +${columns.join(' +')} +-$`, 'mu'));

    // Nothing is lost: what was built is whole, and its own tests pass.
    const project = join(bench.folder, PROJECT);
    await run(process.execPath, ['--test'], { cwd: project, env: { PATH: USUAL_PATH } });
    for (const terminal of [full, plain]) {
      await terminal.type('/quit\r');
      expect(await terminal.exit()).toBe(0);
    }
    expect(await full.written()).not.toMatch(STYLES);
    expect(await plain.written()).not.toContain('\u001B');
  },
);
