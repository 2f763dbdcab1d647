import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Line } from './arena.ts';
import type { Killing } from './drive.ts';

type When = Killing['when'];

const seen = (type: string, words = ''): When => {
  return (lines) =>
    lines.some((line) => line.type === type && JSON.stringify(line).includes(words));
};

const started = (phase: string): When => seen('phase.started', `"${phase}"`);

/** The folders of the one project of a home; none before there is one. */
function inProject(home: string, ...parts: readonly string[]): readonly string[] {
  const projects = join(home, 'projects');
  return namesIn(projects).flatMap((id) => namesIn(join(projects, id, ...parts)));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not there yet, or no longer.
    return [];
  }
}

function mainOf(home: string): string | undefined {
  const [id] = namesIn(join(home, 'projects'));
  try {
    const ref = join(home, 'projects', id ?? '', 'hub.git', 'refs', 'heads', 'main');
    return readFileSync(ref, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Main is at a commit that no event tells of: between an effect and its record. */
function movedUnsaid(lines: readonly Line[], home: string): boolean {
  const main = mainOf(home);
  const said = lines.filter(({ type }) => type === 'main.moved').map((line) => line['to']);
  return main !== undefined && said.length > 0 && !said.includes(main);
}

const during =
  (phase: string, then: When): When =>
  (lines, home) =>
    started(phase)(lines, home) && then(lines, home);

/** A gate's checkout is there: its checks run, or are about to. */
const judging: When = (_lines, home) => inProject(home, 'gates').length > 0;

/** A clone is there: it is being made, worked in, handed in or rescued. */
const cloned: When = (_lines, home) =>
  inProject(home, 'clones').some((name) => !name.endsWith('.stamps'));

/** An attempt's commit was taken over. */
const imported =
  (count: number): When =>
  (_lines, home) =>
    inProject(home, 'attempts.git', 'refs', 'harness', 'attempt').length >= count;

/** Where a run can be hit, in the order of its flow; `within` spreads the blow, milliseconds. */
const PLACES: readonly { readonly name: string; readonly when: When; readonly within: number }[] = [
  { name: 'the run is created', when: seen('run.created'), within: 200 },
  { name: 'ideation starts', when: started('ideation'), within: 1500 },
  { name: 'in the middle of a swarm', when: seen('session.started', 'edge_cases'), within: 500 },
  { name: 'a role has ended', when: seen('attempt.ended', 'ideation'), within: 300 },
  { name: 'the synthesis works', when: seen('session.started', 'synthesis'), within: 400 },
  { name: 'the first document', when: seen('document.written', 'requirements'), within: 300 },
  { name: 'an approval is parked', when: seen('approval.asked'), within: 100 },
  { name: 'the approval was answered', when: seen('phase.ended', 'completed'), within: 100 },
  { name: 'architecture starts', when: started('architecture'), within: 1500 },
  { name: 'a document unsaid', when: during('architecture', movedUnsaid), within: 5 },
  { name: 'task breakdown starts', when: started('task_breakdown'), within: 2500 },
  { name: 'the items are added', when: seen('item.added'), within: 200 },
  { name: 'initialize starts', when: started('initialize'), within: 1500 },
  { name: 'the first gate', when: during('initialize', judging), within: 500 },
  { name: 'the scaffold unsaid', when: during('initialize', movedUnsaid), within: 5 },
  { name: 'items are claimed', when: seen('item.claimed', 'BETA-1'), within: 50 },
  { name: 'clones are made', when: during('implement', cloned), within: 400 },
  { name: 'in the middle of an item', when: seen('session.started', 'ALPHA-1'), within: 1000 },
  { name: 'work is taken over', when: during('implement', imported(2)), within: 300 },
  { name: 'in the middle of a merge', when: during('implement', movedUnsaid), within: 5 },
  { name: 'one item is done', when: seen('item.done'), within: 500 },
  { name: 'the last item is merged', when: seen('main.moved', 'GAMMA-1'), within: 100 },
  { name: 'testing starts', when: started('testing'), within: 4000 },
  { name: 'deploy starts', when: started('deploy'), within: 300 },
];

/** The same numbers from 0 up to 1 for the same seed (mulberry32). */
function numbersOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * So many instants, spread over the whole flow, dealt out to runs of `each` kills at most; within a
 * run they follow each other in the order of the flow.
 */
export function instants(order: {
  readonly seed: number;
  readonly count: number;
  readonly each: number;
}): readonly (readonly Killing[])[] {
  const { seed, count, each } = order;
  const next = numbersOf(seed);
  const offset = Math.floor(next() * PLACES.length);
  const chosen = Array.from({ length: count }, (_none, index) => {
    const at = (offset + Math.floor((index * PLACES.length) / count)) % PLACES.length;
    return { at, roll: next() };
  }).toSorted((one, other) => one.at - other.at);
  const runs = Math.ceil(count / each);
  return Array.from({ length: runs }, (_none, run) =>
    chosen.flatMap(({ at, roll }, index) => {
      const place = PLACES[at];
      if (place === undefined || index % runs !== run) return [];
      return [{ name: place.name, when: place.when, delayMs: Math.round(roll * place.within) }];
    }),
  );
}
