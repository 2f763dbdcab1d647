import type {
  AndOr,
  Case,
  Command,
  CommandNode,
  CompoundList,
  For,
  If,
  Pipeline,
  PipelineNode,
  Redirection,
  Statement,
  While,
} from 'unbash';
import { refuseArithmetic } from './arithmetic.ts';
import { readWord } from './read-word.ts';
import type { Scope } from './scope.ts';
import { merged, oneWay, sameWays, withSettled, type State, type Ways } from './state.ts';
import { refuseTest } from './test-command.ts';
import { refuseVariable } from './variables.ts';
import { refuse } from './verdict.ts';

/** What the walk leaves to others: the judging of a command and of what it is connected to. */
export interface Judges {
  readonly scopeOf: (state: State) => Scope;
  readonly command: (state: State, command: Command) => Ways;
  readonly redirect: (state: State, redirect: Redirection) => void;
}

/** Walks a list in the order it runs, and gives the ways on from it. */
export function walkList(judges: Judges, list: readonly Statement[], state: State): Ways {
  let ways = sameWays(state);
  for (const statement of list) ways = walkStatement(judges, statement, oneWay(ways));
  return ways;
}

function walkStatement(judges: Judges, statement: Statement, state: State): Ways {
  const { command, background } = statement;
  const ways =
    command.type === 'AndOr'
      ? walkAndOr(judges, command, state)
      : walkPipeline(judges, command, state);
  return background === true ? sameWays(state) : ways;
}

function walkAndOr(judges: Judges, { commands, operators }: AndOr, state: State): Ways {
  const [first, ...rest] = commands;
  if (first === undefined) return sameWays(state);
  let ways = walkPipeline(judges, first, state);
  for (const [at, command] of rest.entries()) {
    const both = operators[at] === '&&';
    const next = walkPipeline(judges, command, both ? ways.done : ways.failed);
    ways = both
      ? { done: next.done, failed: merged(ways.failed, next.failed) }
      : { done: merged(ways.done, next.done), failed: next.failed };
  }
  return ways;
}

function walkPipeline(judges: Judges, node: PipelineNode, state: State): Ways {
  if (node.type !== 'Pipeline') return walkCommand(judges, node, state);
  refusePosixPipe(judges, node, state);
  const [only, ...more] = node.commands;
  if (only !== undefined && more.length === 0) {
    const { done, failed } = walkCommand(judges, only, state);
    const negated = node.prefixes.some(({ type }) => type === 'Negation');
    return negated ? { done: failed, failed: done } : { done, failed };
  }
  // Each part runs in a shell of its own.
  for (const command of node.commands) walkCommand(judges, command, state);
  return sameWays(state);
}

function refusePosixPipe(judges: Judges, { operators }: Pipeline, state: State): void {
  if (judges.scopeOf(state).survey.posix && operators.includes('|&'))
    refuse('construct', 'sh does not know |&.', 'Use 2>&1 |.');
}

function walkCommand(judges: Judges, node: CommandNode, state: State): Ways {
  if (node.type === 'Command') return judges.command(state, node);
  if (node.type === 'Function' || node.type === 'Coproc')
    return refuse('construct', `The policy does not follow ${node.type}.`, 'Write it simply.');
  if (node.type !== 'Redirected') return walkCompound(judges, node, state);
  for (const redirect of node.redirects) judges.redirect(state, redirect);
  return walkCommand(judges, node.command, state);
}

type Compound = Exclude<CommandNode, { type: 'Command' | 'Redirected' | 'Function' | 'Coproc' }>;

/** Each kind of compound command, and how it goes on. */
const COMPOUNDS: {
  readonly [K in Compound['type']]: (
    judges: Judges,
    node: Extract<Compound, { type: K }>,
    state: State,
  ) => Ways;
} = {
  Subshell: (judges, node, state) => {
    walkList(judges, node.body.commands, state);
    return sameWays(state);
  },
  BraceGroup: (judges, node, state) => walkList(judges, node.body.commands, state),
  If: walkIf,
  For: walkFor,
  While: walkWhile,
  Case: walkCase,
  TestCommand: (judges, node, state) => {
    refuseTest(judges.scopeOf(state), node.expression);
    return sameWays(state);
  },
  ArithmeticCommand: (judges, node, state) => {
    refuseArithmetic(judges.scopeOf(state), { expression: node.expression, text: node.body });
    return sameWays(state);
  },
  ArithmeticFor: () => refuse('construct', 'The policy does not follow for (( )).', 'Use for in.'),
  Select: () => refuse('construct', 'The policy does not follow select.', 'Use for in.'),
};

function walkCompound<K extends Compound['type']>(
  judges: Judges,
  node: Extract<Compound, { type: K }> & { readonly type: K },
  state: State,
): Ways {
  return COMPOUNDS[node.type](judges, node, state);
}

function body(judges: Judges, list: CompoundList, state: State): State {
  return oneWay(walkList(judges, list.commands, state));
}

function walkIf(judges: Judges, node: If, state: State): Ways {
  let ways = walkList(judges, node.clause.commands, state);
  let end = body(judges, node.then, ways.done);
  for (const branch of node.elif) {
    ways = walkList(judges, branch.clause.commands, ways.failed);
    end = merged(end, body(judges, branch.then, ways.done));
  }
  const last = node.else === undefined ? ways.failed : body(judges, node.else, ways.failed);
  return sameWays(merged(end, last));
}

function walkFor(judges: Judges, node: For, state: State): Ways {
  const name = node.name.value;
  refuseVariable(name);
  for (const word of node.wordlist ?? []) readWord(judges.scopeOf(state), word);
  return repeated(state, (start) => body(judges, node.body, withSettled(start, [name])));
}

function walkWhile(judges: Judges, node: While, state: State): Ways {
  const until = node.kind === 'until';
  return repeated(state, (start) => {
    const { done, failed } = walkList(judges, node.clause.commands, start);
    return merged(until ? done : failed, body(judges, node.body, until ? failed : done));
  });
}

/** Runs from everything that one round may leave behind, until nothing new comes of it. */
function repeated(state: State, round: (start: State) => State): Ways {
  let start = state;
  for (;;) {
    const end = merged(start, round(start));
    const grown = end.folders?.length !== start.folders?.length;
    start = end;
    if (!grown) return sameWays(end);
  }
}

function walkCase(judges: Judges, node: Case, state: State): Ways {
  const scope = judges.scopeOf(state);
  readWord(scope, node.word);
  let end = state;
  let before = state;
  for (const item of node.items) {
    for (const pattern of item.pattern) readWord(scope, pattern);
    if (scope.survey.posix && item.terminator !== undefined && item.terminator !== ';;')
      refuse('construct', 'sh does not know ;& and ;;&.', 'Repeat the commands.');
    // What falls through comes from the item before it.
    before = body(judges, item.body, merged(state, before));
    end = merged(end, before);
  }
  return sameWays(end);
}
