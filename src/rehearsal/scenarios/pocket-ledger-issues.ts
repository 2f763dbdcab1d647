import { META_TITLE } from '../../domain/demo.ts';

/** An issue as the scripted initializer makes it. */
export interface ScriptedIssue {
  readonly title: string;
  readonly priority: 0 | 1 | 2 | 3 | 4;
  readonly description: string;
}

interface Feature {
  readonly area: string;
  readonly priority: 1 | 2 | 3 | 4;
  readonly what: string;
  /** Name of its test file. */
  readonly test: string;
  readonly checks?: readonly string[];
}

/** A debit has a sign: nothing in the unit test looks at that. */
const SIGNED =
  'node -e \'import("./src/money.js").then(({ format }) => process.exit(format(-1250) === "-12.50" ? 0 : 1))\'';

const FEATURES: readonly Feature[] = [
  {
    area: 'Money - Whole cents',
    priority: 1,
    what: 'In src/money.js: format(cents) and parse(text), never a floating number; a debit has a sign.',
    test: 'money',
    checks: [SIGNED],
  },
  {
    area: 'Store - Entries in a file',
    priority: 1,
    what: 'In src/store.js: openStore(path) with list, add and remove; the file is always whole.',
    test: 'store',
  },
  {
    area: 'Server - One page made of features',
    priority: 1,
    what: 'In src/server.js: createLedger(store) puts the page together from the files of src/features/. In src/main.js: start.',
    test: 'server',
  },
  {
    area: 'Entries - Add and list',
    priority: 2,
    what: 'In src/features/entries.js: a form that adds, and the list, the newest first.',
    test: 'entries',
  },
  {
    area: 'Entries - Remove',
    priority: 2,
    what: 'In src/features/remove.js: a form that removes an entry.',
    test: 'remove',
  },
  {
    area: 'List - Filter by category',
    priority: 3,
    what: 'In src/features/filter.js: links that show one category; the present one is marked.',
    test: 'filter',
  },
  {
    area: 'Summary - Totals by category',
    priority: 3,
    what: 'In src/features/summary.js: the sum of all and of each category.',
    test: 'summary',
  },
  {
    area: 'Look - Light, dark and keyboard',
    priority: 4,
    what: 'In src/features/look.js: colours of the system, and a visible focus.',
    test: 'look',
  },
];

/** Issues beyond those of the example: each is a section with a sentence. */
const EXTRA = /^(?:Page - Note|.+ - Part) (\d+)$/u;

/** What the example is called. */
export const LEDGER = 'Pocket Ledger';

/** Issues in the order in which they are built; of another application than the example only its parts. */
export function issuesFor(count: number, name: string): readonly ScriptedIssue[] {
  const features = name === LEDGER ? FEATURES.slice(0, count).map(issueOf) : [];
  const title = name === LEDGER ? 'Page - Note' : `${name} - Part`;
  const extras = Array.from({ length: count - features.length }, (_, at) => extra(title, at + 1));
  return [...features, ...extras, metaOf(name)];
}

function issueOf({ area, priority, what, test, checks = [] }: Feature): ScriptedIssue {
  return { title: area, priority, description: described(what, [testOf(test), ...checks]) };
}

function extra(title: string, number: number): ScriptedIssue {
  const what = `In src/features/note-${number}.js: a section that holds "Note ${number}".`;
  return {
    title: `${title} ${number}`,
    priority: 4,
    description: described(what, [testOf(`note-${number}`)]),
  };
}

function metaOf(name: string): ScriptedIssue {
  const description = described(`${name}: one page over a file, made of features.`, ['npm test']);
  return { title: META_TITLE, priority: 0, description };
}

function testOf(name: string): string {
  return `node --test test/${name}.test.js`;
}

function described(what: string, checks: readonly string[]): string {
  const steps = 'Try it: `npm start`, open the page, use it as its reader would.';
  return [what, '', steps, '', '## Checks', '```', ...checks, '```'].join('\n');
}

/** What an issue of this title builds: files of the example, or a note with its own. */
export function workOf(
  title: string,
): { readonly test: string; readonly note: number | null } | undefined {
  const note = Number(EXTRA.exec(title)?.[1] ?? 0);
  if (note > 0) return { test: `note-${note}`, note };
  const feature = FEATURES.find(({ area }) => area === title);
  return feature && { test: feature.test, note: null };
}
