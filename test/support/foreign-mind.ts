import { isDeepStrictEqual } from 'node:util';
import { checkOf, ITEMS, PROJECT_CHECK, SCAFFOLD } from './foreign-project.ts';
import type { ForeignItem } from './foreign-project.ts';
import { fieldsOf, fill, property } from './foreign-schema.ts';

/** What the model sees: nothing but the request. */
export interface Seen {
  readonly tools: readonly { readonly name: string; readonly schema: unknown }[];
  /** All text of the system prompt and of the user, results of tools aside. */
  readonly text: string;
  readonly lastUserText: string;
  /** Tools that were used before, and whether that failed; null: no result yet. */
  readonly used: readonly Used[];
}

export interface Used {
  readonly name: string;
  readonly input: unknown;
  readonly failed: boolean | null;
}

export type Reply =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool'; readonly name: string; readonly input: unknown };

/** What the model took the request for. */
export type Guess = 'summary' | 'plan' | 'form' | 'document' | 'scaffold' | `item ${string}`;

export interface Thought {
  readonly guess: Guess;
  readonly reply: Reply;
}

/** Decides from the request alone what it is for and what comes next. */
export function think(seen: Seen): Thought {
  if (seen.lastUserText.startsWith('CRITICAL: Respond with TEXT ONLY'))
    return { guess: 'summary', reply: say('<summary>The work goes on as agreed.</summary>') };
  const form = seen.tools.find(({ name }) => name === 'StructuredOutput');
  if (form !== undefined) return fillForm(form.schema, seen);
  if (!offers(seen, 'Write')) return { guess: 'document', reply: say(DOCUMENT) };
  const item = itemIn(seen.text);
  return item === undefined
    ? { guess: 'scaffold', reply: next(scaffoldSteps(seen), seen) }
    : { guess: `item ${item.key}`, reply: next(itemSteps(item, seen), seen) };
}

const DOCUMENT = `# Weather words

A library of three small modules that say the weather in words.

## Decisions

- Plain ES modules without dependencies, tested by the test runner of Node.
- One module converts temperatures, one names winds, one writes the forecast from both.
`;

function say(text: string): Reply {
  return { kind: 'text', text };
}

function offers(seen: Seen, name: string): boolean {
  return seen.tools.some((tool) => tool.name === name);
}

function fillForm(schema: unknown, seen: Seen): Thought {
  const list = property(schema, 'items', schema);
  const wanted = ['key', 'title', 'dependencies', 'checks'];
  const isPlan = wanted.every((name) => 'type' in property(list['items'], name, schema));
  const guess = isPlan ? 'plan' : 'form';
  if (seen.used.some(({ name, failed }) => name === 'StructuredOutput' && failed === false))
    return { guess, reply: say('That is my answer.') };
  const input = fill(schema, (name) => {
    if (isPlan && name === 'items')
      return ITEMS.map((item) => planned(item, list['items'], schema));
    return isPlan && /check|command/iu.test(name) ? PROJECT_CHECK : undefined;
  });
  return { guess, reply: { kind: 'tool', name: 'StructuredOutput', input } };
}

/** The item with what its schema asks for and it does not know filled in. */
function planned(item: ForeignItem, schema: unknown, root: unknown): unknown {
  const checks = [{ kind: 'command', run: checkOf(item), exit: 0 }];
  const known = new Map(Object.entries({ ...item, checks }));
  const { definitions, $defs } = fieldsOf(root);
  const itself = { ...fieldsOf(schema), definitions, $defs };
  return fill(itself, (name) => known.get(name));
}

/** Its own item: described in full, alone. Several are the whole plan, so the ground is wanted. */
function itemIn(text: string): ForeignItem | undefined {
  const described = ITEMS.filter(({ description }) => text.includes(description));
  if (described.length > 0) return described.length === 1 ? described[0] : undefined;
  const named = ITEMS.filter(({ key, title }) => text.includes(key) || text.includes(title));
  return named.length === 1 ? named[0] : undefined;
}

function itemSteps(item: ForeignItem, seen: Seen): Reply[] {
  return [
    write(seen, `${item.name}.mjs`, item.program),
    write(seen, `${item.name}.test.mjs`, item.test),
    ...bash(seen, checkOf(item)),
    ...reports(seen),
  ];
}

function scaffoldSteps(seen: Seen): Reply[] {
  return [
    ...SCAFFOLD.map(({ path, text }) => write(seen, path, text)),
    ...bash(seen, 'chmod +x init.sh'),
    ...bash(seen, PROJECT_CHECK),
    ...reports(seen),
  ];
}

/** File tools want absolute paths; the folder is told somewhere in the text. */
function write(seen: Seen, path: string, content: string): Reply {
  const folder = /working directory:?\s*(?<path>\/\S+)/iu.exec(seen.text)?.groups?.['path'];
  const file = folder === undefined ? path : `${folder}/${path}`;
  return { kind: 'tool', name: 'Write', input: { file_path: file, content } };
}

function bash(seen: Seen, command: string): Reply[] {
  if (!offers(seen, 'Bash')) return [];
  return [{ kind: 'tool', name: 'Bash', input: { command, description: `Run ${command}` } }];
}

/** Any further tool in which one can say that the work is complete. */
function reports(seen: Seen): Reply[] {
  return seen.tools
    .filter(({ schema }) => JSON.stringify(schema).includes('"complete"'))
    .map(({ name, schema }) => ({ kind: 'tool', name, input: fill(schema, () => undefined) }));
}

/** The first step that was not taken; a file that is there already is read, then written again. */
function next(steps: readonly Reply[], seen: Seen): Reply {
  for (const step of steps) {
    const tries = triesOf(step, seen);
    if (tries.length === 0) return step;
    const again = tries.length === 1 ? afterFailedWrite(step, tries, seen) : undefined;
    if (again !== undefined) return again;
  }
  return say('Done: the files are written and the tests pass.');
}

function afterFailedWrite(step: Reply, tries: readonly Used[], seen: Seen): Reply | undefined {
  if (step.kind !== 'tool' || step.name !== 'Write' || tries[0]?.failed !== true) return undefined;
  const read: Reply = {
    kind: 'tool',
    name: 'Read',
    input: { file_path: fieldsOf(step.input)['file_path'] },
  };
  return offers(seen, 'Read') && triesOf(read, seen).length === 0 ? read : step;
}

function triesOf(step: Reply, seen: Seen): readonly Used[] {
  if (step.kind !== 'tool') return [];
  return seen.used.filter(
    ({ name, input }) => name === step.name && isDeepStrictEqual(input, step.input),
  );
}
