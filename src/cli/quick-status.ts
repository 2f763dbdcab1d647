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
  SNAPSHOT_FILE,
  plainJson,
  stripControls,
  type Heard,
} from '../glance.ts';
import { typedHere } from './own-command.ts';
import { chosen, real } from './places.ts';
import { quietPipes } from './quiet-pipes.ts';
import { statusLines } from './status-lines.ts';

interface Asked {
  readonly projectDir: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/**
 * Answers `status` of a run at work from what its host said of it within the last second. Most of
 * the time of a short command is loading; this loads next to nothing. False, with nothing printed:
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
  if (found === undefined || !isFresh(found.pulse)) return false;
  const { pulse, placed } = found;
  const { project_name: name, directory } = pulse.snapshot;
  if (!placed && !asked.quiet)
    process.stderr.write(`${stripControls(chosen({ name, directory }))}\n`);
  print(pulse, asked.json);
  return true;
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
  const newest = await newestIn(pulses, lookup('WORKSPACE_PATH'), cwd);
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
const NAMES_A_PLACE = /^[^#\n]*\b(?:name|directory|database_url)\b/mu;

async function newestIn(
  pulses: readonly Heard[],
  workspacePath: string | undefined,
  cwd: string,
): Promise<Heard | undefined> {
  const file = join(cwd, 'orchestrator.yaml');
  if (existsSync(file) && NAMES_A_PLACE.test(readFileSync(file, 'utf8'))) return undefined;
  const workspace = await real(absolute(workspacePath || './workspaces', cwd));
  return pulses.find(
    ({ newest, snapshot }) => newest && snapshot.directory.startsWith(`${workspace}/`),
  );
}

function print({ snapshot }: Heard, json: boolean): void {
  quietPipes();
  const typed = typedHere();
  const lines = json
    ? [plainJson(snapshot)]
    : statusLines(snapshot).map((line) => stripControls(typed(line)));
  process.stdout.write(`${lines.join('\n')}\n`);
}
