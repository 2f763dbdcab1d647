import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Death } from './death.ts';
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

/** More of the first than of the second. */
const ahead = (first: When, second: When): When => {
  return (lines, home) => first(lines, home) && !second(lines, home);
};

/** An item's tree has passed its gate, and main's move to it is not told. */
const aboutToMove: When = (lines) => {
  const judged = lines.filter(({ type, subject }) => {
    return type === 'checks.run' && JSON.stringify(subject).includes('"coder"');
  });
  const moved = lines.filter(({ type, cause }) => type === 'main.moved' && isItem(cause));
  return judged.length > moved.length;
};

const isItem = (cause: unknown): boolean => typeof cause === 'string' && cause.endsWith('-1');

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

type Where = (death: Death) => boolean;

const inPhase =
  (...phases: readonly (string | null)[]): Where =>
  ({ phase }) =>
    phases.includes(phase);

const talking: Where = (death) => death.talking > 0;

const untold: Where = (death) => death.untold;

interface Place {
  readonly name: string;
  readonly when: When;
  /** Spreads the blow, milliseconds. */
  readonly within: number;
  /** Where a blow has to have found the run. */
  readonly where: Where;
}

/** Where a run can be hit, in the order of its flow. */
export const PLACES: readonly Place[] = [
  {
    name: 'the run is created',
    when: seen('run.created'),
    within: 200,
    where: inPhase(null, 'ideation'),
  },
  { name: 'ideation starts', when: started('ideation'), within: 1500, where: inPhase('ideation') },
  {
    name: 'in the middle of a swarm',
    when: seen('session.started', 'edge_cases'),
    within: 100,
    where: talking,
  },
  {
    name: 'a role has ended',
    when: seen('attempt.ended', 'ideation'),
    within: 300,
    where: inPhase('ideation'),
  },
  {
    name: 'the synthesis works',
    when: seen('session.started', 'synthesis'),
    within: 100,
    where: talking,
  },
  {
    name: 'the first document',
    when: seen('document.written', 'requirements'),
    within: 300,
    where: inPhase('ideation'),
  },
  {
    name: 'an approval is parked',
    when: seen('approval.asked'),
    within: 100,
    where: ({ asked }) => asked,
  },
  {
    name: 'the approval was answered',
    when: seen('phase.ended', 'completed'),
    within: 100,
    where: ({ asked }) => !asked,
  },
  {
    name: 'architecture starts',
    when: started('architecture'),
    within: 800,
    where: inPhase('architecture'),
  },
  {
    name: 'a document is untold',
    when: ahead(seen('attempt.ended', '"architect"'), seen('document.written', 'architecture')),
    within: 300,
    where: untold,
  },
  {
    name: 'task breakdown starts',
    when: started('task_breakdown'),
    within: 800,
    where: inPhase('task_breakdown'),
  },
  {
    name: 'the items are added',
    when: seen('item.added'),
    within: 200,
    where: inPhase('task_breakdown', 'initialize'),
  },
  {
    name: 'initialize starts',
    when: started('initialize'),
    within: 800,
    where: inPhase('initialize'),
  },
  {
    name: 'the first gate',
    when: during('initialize', judging),
    within: 300,
    where: inPhase('initialize'),
  },
  {
    name: 'the scaffold is untold',
    when: ahead(seen('checks.run', '"initializer"'), seen('main.moved', '"initializer"')),
    within: 300,
    where: untold,
  },
  {
    name: 'clones are made',
    when: during('implement', cloned),
    within: 400,
    where: inPhase('implement'),
  },
  {
    name: 'in the middle of an item',
    when: seen('session.started', 'ALPHA-1'),
    within: 1000,
    where: talking,
  },
  {
    name: 'work is taken over',
    when: during('implement', imported(2)),
    within: 300,
    where: inPhase('implement'),
  },
  {
    name: 'an item is judged',
    when: during('implement', judging),
    within: 300,
    where: (death) => death.judging,
  },
  { name: 'a merge is untold', when: aboutToMove, within: 300, where: untold },
  {
    name: 'one item is done',
    when: seen('item.done'),
    within: 500,
    where: inPhase('implement'),
  },
  {
    name: 'the last item is merged',
    when: seen('main.moved', 'GAMMA-1'),
    within: 100,
    where: inPhase('implement', 'testing'),
  },
  { name: 'testing starts', when: started('testing'), within: 1500, where: inPhase('testing') },
  { name: 'deploy starts', when: started('deploy'), within: 300, where: inPhase('deploy') },
];

/** The same numbers from 0 up to 1 for the same seed (mulberry32). */
export function numbersOf(seed: number): () => number {
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
      const { name, when, where, within } = place;
      const delayMs = Math.round(roll * within);
      return [{ name, when, where, untold: where === untold, delayMs }];
    }),
  );
}
