import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  absolute,
  dataFolder,
  lookupIn,
  processEnvironment,
  readDotEnv,
  isFresh,
  readPulses,
  readResting,
  SNAPSHOT_FILE,
  plainJson,
  stripControls,
  type Heard,
  type Snapshot,
} from '../glance.ts';
import { typedHere } from './own-command.ts';
import { findResting, type Rested } from './find-resting.ts';
import { chosenOf, real } from './places.ts';
import { quietPipes } from './quiet-pipes.ts';
import { statusLines } from './status-lines.ts';

interface Asked {
  readonly projectDir: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/**
 * Answers `status` of a run at work from what its host said of it within the last second, and of a run
 * at rest from what its database said when it was stopped. Most of the time of a short command is
 * loading; this loads next to nothing. False, with nothing printed:
 * it was another command, or only the database knows; then the long way gives the answer.
 */
export async function quickStatus(argv: readonly string[]): Promise<boolean> {
  const asked = askedFor(argv);
  if (asked === undefined) return false;
  const cwd = process.cwd();
  const lookup = lookupIn(processEnvironment(), readDotEnv(cwd));
  const home = dataFolder(lookup, cwd);
  let found = await told(await readPulses(home, Date.now), asked, { lookup, cwd });
  for (let turn = 0; turn < TURNS && found !== undefined && !isFresh(found.pulse); turn += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, TURN_MS);
    });
    found = await told(await readPulses(home, Date.now), asked, { lookup, cwd });
  }
  const answer =
    found !== undefined && isFresh(found.pulse)
      ? { snapshot: found.pulse.snapshot, placed: found.placed }
      : await atRest(home, asked, { lookup, cwd });
  if (answer === undefined) return false;
  if (!answer.placed && !asked.quiet)
    process.stderr.write(`${stripControls(chosenOf(answer.snapshot))}\n`);
  print(answer.snapshot, asked.json);
  return true;
}

/** What the embedded database said when it was stopped, where that is the one and its rules are known here. */
async function atRest(
  home: string,
  { projectDir }: Asked,
  { lookup, cwd }: Place,
): Promise<Rested | undefined> {
  if ((lookup('DATABASE_URL') ?? '') !== '' || namesAPlace(cwd)) return undefined;
  const projects = await readResting(home);
  if (projects === undefined) return undefined;
  const named = projectDir === undefined ? null : absolute(projectDir, cwd);
  const workspace = workspaceOf(lookup, cwd);
  return findResting(projects, { named, cwd, configured: null, workspace });
}

/** A host that is late has its next beat under way: shorter to wait for than the long way. */
const TURNS = 10;
const TURN_MS = 40;

interface Place {
  readonly lookup: (name: string) => string | undefined;
  readonly cwd: string;
}

/** The pulse of the project that is meant, and whether its place said so. */
async function told(
  pulses: readonly Heard[],
  asked: Asked,
  { lookup, cwd }: Place,
): Promise<{ readonly pulse: Heard; readonly placed: boolean } | undefined> {
  if (pulses.length === 0) return undefined;
  const placed = await byPlace(pulses, asked, cwd);
  if (placed === 'another') return undefined;
  if (placed !== undefined) return { pulse: placed, placed: true };
  if (namesAPlace(cwd)) return undefined;
  const newest = await newestIn(pulses, workspaceOf(lookup, cwd));
  return newest && { pulse: newest, placed: false };
}

const OPTIONS = {
  status: { type: 'boolean' },
  'project-dir': { type: 'string' },
  json: { type: 'boolean' },
  output: { type: 'string', short: 'o' },
  quiet: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  'no-input': { type: 'boolean' },
} as const;

/** Undefined for all that isn't plainly this command: the whole command line has the last word. */
function askedFor(argv: readonly string[]): Asked | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: OPTIONS,
      allowPositionals: true,
    });
    const words = [...positionals, ...(values.status === true ? ['status'] : [])];
    const { output = 'plain' } = values;
    if (words.length !== 1 || words[0] !== 'status' || !['json', 'plain'].includes(output))
      return undefined;
    const json = values.json === true || output === 'json';
    return { projectDir: values['project-dir'], json, quiet: values.quiet === true };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** By the rules of `findProject`; `another`: a project is meant that no pulse tells of. */
async function byPlace(
  pulses: readonly Heard[],
  { projectDir }: Asked,
  cwd: string,
): Promise<Heard | 'another' | undefined> {
  const at = (folder: string): Heard | undefined =>
    pulses.find(({ snapshot }) => snapshot.directory === folder);
  if (projectDir !== undefined) return at(await real(absolute(projectDir, cwd))) ?? 'another';
  for (let place = await real(cwd); ; place = dirname(place)) {
    const found = at(place);
    if (found !== undefined) return found;
    if (existsSync(join(place, SNAPSHOT_FILE))) return 'another';
    if (dirname(place) === place) return undefined;
  }
}

/** A file that names a project, or a database, is for whoever can read it. */
const NAMES_A_PLACE = /^(?![ \t]*#).*\b(?:name|directory|database_url)\b/mu;

function namesAPlace(cwd: string): boolean {
  const file = join(cwd, 'orchestrator.yaml');
  return existsSync(file) && NAMES_A_PLACE.test(readFileSync(file, 'utf8'));
}

function workspaceOf(lookup: Place['lookup'], cwd: string): string {
  return absolute(lookup('WORKSPACE_PATH') || './workspaces', cwd);
}

async function newestIn(pulses: readonly Heard[], place: string): Promise<Heard | undefined> {
  const workspace = await real(place);
  return pulses.find(
    ({ newest, snapshot }) => newest && snapshot.directory.startsWith(`${workspace}/`),
  );
}

function print(snapshot: Snapshot, json: boolean): void {
  quietPipes();
  const typed = typedHere();
  const lines = json
    ? [plainJson(snapshot)]
    : statusLines(snapshot).map((line) => stripControls(typed(line)));
  process.stdout.write(`${lines.join('\n')}\n`);
}
