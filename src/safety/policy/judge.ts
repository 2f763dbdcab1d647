import type { Command, ParsedScript, Redirection } from 'unbash';
import { judgeCall } from './call.ts';
import type { Running } from './spec.ts';
import type { Place } from './jail.ts';
import { specOf } from './lookup.ts';
import type { Policy } from './policy.ts';
import { readOne, readWord } from './read-word.ts';
import { judgeRedirect } from './redirects.ts';
import type { Scope } from './scope.ts';
import { sameWays, withSettled, type State, type Ways } from './state.ts';
import { survey, type Survey } from './survey.ts';
import { refuseVariable } from './variables.ts';
import { Refused, quoted, refuse, type Verdict } from './verdict.ts';
import { walkList, type Judges } from './walk.ts';
import { leadOf, literalOf, type Word } from './word.ts';

/** Shells inside of shells. */
const MAX_SHELLS = 3;
/** Commands judged, those of repeated rounds and inner shells included. */
const MAX_JUDGED = 1000;
const MAX_LOOKUPS = 1000;

/** Judging of one command line, its inner shells included. */
interface Sitting {
  readonly policy: Policy;
  readonly place: Place;
  /** Every name it saw, in the order of appearance. */
  readonly names: Set<string>;
  readonly left: { judged: number };
  readonly lookups: { left: number };
}

/**
 * Says whether a command line may run. Whatever can't be followed is denied; so is everything when
 * the judging itself breaks. Pure: what it knows of files comes from `place`.
 */
export function judgeCommand(policy: Policy, place: Place, source: string): Verdict {
  const names = new Set<string>();
  try {
    const left = { judged: MAX_JUDGED };
    const sitting = { policy, place, names, left, lookups: { left: MAX_LOOKUPS } };
    const state: State = { folders: [place.cwd], settled: new Set() };
    judgeScript(sitting, { source, posix: false, depth: 0 }, state);
    return { decision: 'allow', commands: [...names] };
  } catch (error) {
    const commands = [...names];
    if (error instanceof Refused)
      return { decision: 'deny', rule: error.rule, reason: error.message, commands };
    const reason = `The policy could not follow the command (${String(error).slice(0, 200)}). Split it into simple commands.`;
    return { decision: 'deny', rule: 'broken', reason, commands };
  }
}

interface Text {
  readonly source: string;
  readonly posix: boolean;
  readonly depth: number;
}

function judgeScript(sitting: Sitting, text: Text, state: State): void {
  if (text.depth > MAX_SHELLS)
    refuse('size', 'Too many shells inside of each other.', 'Run the command directly.');
  const surveyed = survey(text.source, {
    posix: text.posix,
    named: (name) => sitting.names.add(name),
  });
  const reading: Reading = {
    sitting,
    survey: surveyed,
    depth: text.depth,
    within: 'script',
    judged: new Set(),
  };
  walkList(judgesOf(reading), surveyed.commands.commands, state);
  refuseMissed(reading);
}

/** The walk and the survey must agree on what there is. */
function refuseMissed({ survey: { all }, judged }: Reading): void {
  if (judged.size !== all.size)
    refuse('construct', 'A command stands where the policy did not look.', 'Write it more simply.');
}

interface Reading {
  readonly sitting: Sitting;
  readonly survey: Survey;
  readonly depth: number;
  readonly within: 'script' | 'substitution';
  /** Simple commands that were judged so far. */
  readonly judged: Set<Command>;
}

function judgesOf(reading: Reading): Judges {
  const scopeOf = (state: State): Scope => ({
    survey: reading.survey,
    settled: state.settled,
    outside: reading.depth === 0 ? 'environment' : 'data',
    substitute: (script) => judgeSubstitution(reading, script, state),
    asking: new Set(),
    lookups: reading.sitting.lookups,
  });
  return {
    scopeOf,
    command: (state, command) => judgeSimple(reading, command, { state, scope: scopeOf(state) }),
    redirect: (state, redirect) => redirected(reading, redirect, { state, scope: scopeOf(state) }),
  };
}

function judgeSubstitution(reading: Reading, script: ParsedScript, state: State): void {
  walkList(judgesOf({ ...reading, within: 'substitution' }), script.commands, state);
}

interface Standing {
  readonly state: State;
  readonly scope: Scope;
}

function redirected(
  { sitting, survey: { posix }, within }: Reading,
  redirect: Redirection,
  { state, scope }: Standing,
): void {
  const where = { place: sitting.place, folders: state.folders };
  judgeRedirect({ scope, where, posix, within }, redirect);
}

/** Judges a simple command: what it assigns, what it is connected to, and what it runs. */
function judgeSimple(reading: Reading, node: Command, { state, scope }: Standing): Ways {
  reading.judged.add(node);
  const names = assign(node, scope);
  for (const redirect of node.redirects) redirected(reading, redirect, { state, scope });
  if (node.name === undefined) {
    if (reading.within === 'substitution')
      refuse('substitution', 'Only listed commands may run inside $( ).', 'Run it by itself.');
    return sameWays(withSettled(state, names));
  }
  const words = node.args.flatMap((one) =>
    one.type === 'Word' ? readWord(scope, one) : [declared(one.text, assignment(one, scope))],
  );
  return judgeWords(reading, [readOne(scope, node.name), ...words], { state });
}

function assign(node: Command, scope: Scope): readonly string[] {
  return node.prefix
    .filter((one) => one.type === 'Assignment')
    .map((one) => assignment(one, scope));
}

type Assigning = Extract<Command['prefix'][number], { type: 'Assignment' }>;

function assignment(node: Assigning, scope: Scope): string {
  refuseVariable(node.name);
  if (node.index !== undefined && !/^\d+$/u.test(node.index.text))
    refuse('construct', `The subscript of ${quoted(node.text)} is computed.`, 'Use a number.');
  if (node.value.type === 'Word') readWord(scope, node.value);
  else for (const word of node.value.elements) readWord(scope, word);
  return node.name;
}

/** `export A=1`: its name is judged already. */
function declared(source: string, name: string): Word {
  return { pieces: [{ kind: 'text', text: `${name}=` }], source };
}

interface Stance extends Running {
  readonly state: State;
}

/** Judges a command by its words, the first of which is its name. */
function judgeWords(reading: Reading, words: readonly Word[], how: Stance): Ways {
  const { sitting, within } = reading;
  const [first, ...rest] = words;
  if (first === undefined) return refuse('command', 'No command is named.', 'Name it.');
  sitting.left.judged -= 1;
  if (sitting.left.judged < 0)
    refuse('size', 'Too many commands to follow.', 'Split it into simple commands.');
  const name = literalOf(first);
  if (name === null || name === '')
    return refuse(
      'command',
      `Which command ${quoted(first.source === '' ? leadOf(first) : first.source)} is, is not known beforehand.`,
      'Name it plainly.',
    );
  sitting.names.add(name);
  const { policy, place } = sitting;
  const { state } = how;
  const spec = specOf(
    { policy, place, state, within, adding: how.adding === true, package: how.package === true },
    name,
  );
  return judgeCall(spec, {
    name,
    words: rest,
    place,
    state,
    run: (inner, more = {}) => judgeWords(reading, inner, { state, ...more }),
    script: (source, shell) => {
      const posix = shell === 'sh' || reading.survey.posix;
      judgeScript(sitting, { source, posix, depth: reading.depth + 1 }, state);
    },
  });
}
