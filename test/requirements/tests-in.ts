import { parseAst } from 'vitest/node';

/** A test, or a group of tests, as it stands in a source file. */
export interface WrittenTest {
  /** As written, `%s` of a test for each row of a table included; `${}` for what a template puts in. */
  readonly title: string;
  /** Whether it is a group. */
  readonly group: boolean;
  /** It is never run, whatever the machine. */
  readonly off: boolean;
  /** When it is left out, as written; its own conditions and those of what encloses it. */
  readonly unless: readonly string[];
}

/** What begins a test, and what begins a group. */
const TESTS = new Set(['test']);
const GROUPS = new Set(['describe', 'trackerContract']);
const NEVER = new Set(['skip', 'todo', 'fails']);

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

type Around = Pick<WrittenTest, 'off' | 'unless'>;

/** The words of a call such as `test.skipIf(slow).each(rows)('title', ...)`. */
interface Chain {
  readonly root: string;
  readonly words: readonly string[];
  readonly unless: readonly string[];
}

/** Every test and every group of tests that a source file writes down. */
export function testsIn(source: string): readonly WrittenTest[] {
  const found: WrittenTest[] = [];
  const look = (value: unknown, around: Around): void => {
    if (Array.isArray(value)) for (const one of value) look(one, around);
    if (!isNode(value)) return;
    const written = value.type === 'CallExpression' ? readCall(source, value, around) : undefined;
    if (written !== undefined) found.push(written);
    for (const inner of Object.values(value)) look(inner, written ?? around);
  };
  look(parseAst(source, { lang: 'ts' }), { off: false, unless: [] });
  return found;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function readCall(source: string, call: Node, around: Around): WrittenTest | undefined {
  const chain = chainOf(source, call['callee']);
  if (chain === undefined) return undefined;
  const group = GROUPS.has(chain.root);
  const title = titleOf(call);
  if (title === undefined || !(group || TESTS.has(chain.root))) return undefined;
  return {
    title,
    group,
    off: around.off || chain.words.some((word) => NEVER.has(word)),
    unless: [...around.unless, ...chain.unless],
  };
}

function chainOf(source: string, callee: unknown): Chain | undefined {
  if (!isNode(callee)) return undefined;
  if (callee.type === 'Identifier') return { root: String(callee['name']), words: [], unless: [] };
  if (callee.type === 'MemberExpression') {
    const before = chainOf(source, callee['object']);
    const { property } = callee;
    const word = isNode(property) ? String(property['name']) : '';
    return before && { ...before, words: [...before.words, word] };
  }
  if (callee.type !== 'CallExpression') return undefined;
  const before = chainOf(source, callee['callee']);
  return before && { ...before, unless: [...before.unless, ...condition(source, before, callee)] };
}

/** The condition of `skipIf` and `runIf`. */
function condition(source: string, { words }: Chain, call: Node): readonly string[] {
  const given = firstArgument(call);
  if (given === undefined) return [];
  const text = source.slice(given.start, given.end);
  if (words.at(-1) === 'skipIf') return [text];
  return words.at(-1) === 'runIf' ? [`!(${text})`] : [];
}

function firstArgument(call: Node): Node | undefined {
  const given: unknown = Array.isArray(call['arguments']) ? call['arguments'][0] : undefined;
  return isNode(given) ? given : undefined;
}

/** Text of a literal; of a template with `${}` for each thing that is put in. */
function titleOf(call: Node): string | undefined {
  const given = firstArgument(call);
  if (given?.type === 'Literal' && typeof given['value'] === 'string') return given['value'];
  if (given?.type !== 'TemplateLiteral' || !Array.isArray(given['quasis'])) return undefined;
  return given['quasis'].map(cookedText).join('${}');
}

function cookedText(part: unknown): string {
  const value = isNode(part) ? part['value'] : undefined;
  return typeof value === 'object' && value !== null && 'cooked' in value
    ? String(value.cooked)
    : '';
}
