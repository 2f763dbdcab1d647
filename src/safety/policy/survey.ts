import { forEachChild } from 'unbash';
import type { Assignment, Command, For, SyntaxNode, Word as SyntaxWord } from 'unbash';
import { CONSTRUCTS, POSIX_ONLY } from './constructs.ts';
import { parseScript, refuseErrors } from './parse.ts';
import { refuse } from './verdict.ts';

/** Far above anything a person would type. */
const MAX_COMMANDS = 200;
const MAX_WORDS = 1000;
const MAX_DEPTH = 100;

/** Where a variable gets a value in a script. */
export type Source =
  | { readonly kind: 'word'; readonly word: SyntaxWord }
  | { readonly kind: 'number' }
  | { readonly kind: 'data' };

/** What has to be known of a whole script before any of its commands is judged. */
export interface Survey {
  readonly commands: SyntaxNode & { readonly type: 'Script' };
  /** Every place in it that gives a variable a value. */
  readonly variables: ReadonlyMap<string, readonly Source[]>;
  /** Every simple command in it, wherever it stands. */
  readonly all: ReadonlySet<Command>;
  /** A POSIX shell will run it, not bash. */
  readonly posix: boolean;
}

interface Surveying {
  readonly posix: boolean;
  /** Told of the plain name of every command, whether the rest can be followed or not. */
  readonly named: (name: string) => void;
}

/** Reads a script and looks at every node of it once. Refuses any kind it has not been told of. */
export function survey(source: string, { posix, named }: Surveying): Survey {
  const script = parseScript(source);
  const variables = new Map<string, Source[]>();
  const all = new Set<Command>();
  const counted = { commands: 0, words: 0 };
  const visit = (node: SyntaxNode, depth: number): void => {
    if (depth > MAX_DEPTH)
      refuse('size', 'The command is nested too deeply.', 'Split it into simple commands.');
    if (node.type === 'Script') refuseErrors(node);
    refuseConstruct(node, posix);
    count(node, counted);
    if (node.type === 'Command') {
      all.add(node);
      if (node.name !== undefined && node.name.parts === undefined) named(node.name.value);
    }
    for (const [name, value] of valuesGiven(node)) remember(variables, name, value);
    forEachChild(node, (child) => visit(child, depth + 1));
  };
  visit(script, 0);
  return { commands: script, variables, all, posix };
}

function refuseConstruct(node: SyntaxNode, posix: boolean): void {
  const construct = CONSTRUCTS[node.type];
  if (typeof construct === 'function') construct(node);
  else if (construct !== true)
    refuse('construct', `The policy does not know ${node.type}.`, 'Write it more simply.');
  if (posix && POSIX_ONLY.has(node.type))
    refuse(
      'construct',
      `sh does not read ${node.type} as bash does.`,
      "Use bash -c '...', or run the command directly.",
    );
}

function count(node: SyntaxNode, counted: { commands: number; words: number }): void {
  if (node.type === 'Command') counted.commands += 1;
  if (node.type === 'Word') counted.words += 1;
  if (counted.commands > MAX_COMMANDS || counted.words > MAX_WORDS)
    refuse(
      'size',
      `More than ${MAX_COMMANDS} commands or ${MAX_WORDS} words in one line.`,
      'Split it, or put it into a script of the project and run that.',
    );
}

function valuesGiven(node: SyntaxNode): readonly (readonly [string, Source])[] {
  if (node.type === 'Assignment') return [[node.name, assigned(node)]];
  if (node.type === 'For') return looped(node);
  if (node.type === 'Command') return filled(node);
  return [];
}

function assigned(node: Assignment): Source {
  const plain = node.value.type === 'Word' && node.append !== true && node.index === undefined;
  return plain && node.value.type === 'Word'
    ? { kind: 'word', word: node.value }
    : { kind: 'data' };
}

function looped(node: For): readonly (readonly [string, Source])[] {
  const { value: name } = node.name;
  if (node.wordlist === undefined) return [[name, { kind: 'data' }]];
  return node.wordlist.map((word) => [name, { kind: 'word', word }] as const);
}

/** Builtins that fill the variables they name. */
const FILLING: ReadonlySet<string> = new Set(['read', 'unset', 'export', 'readonly', 'declare']);

function filled({ name, args }: Command): readonly (readonly [string, Source])[] {
  if (name === undefined || !FILLING.has(name.value)) return [];
  if (name.value === 'export' || name.value === 'readonly') return [];
  return args
    .filter((one) => one.type === 'Word')
    .map((one) => [one.value, { kind: 'data' }] as const);
}

function remember(variables: Map<string, Source[]>, name: string, value: Source): void {
  if (!/^[A-Za-z_]\w*$/u.test(name)) return;
  const before = variables.get(name);
  if (before === undefined) variables.set(name, [value]);
  else before.push(value);
}
