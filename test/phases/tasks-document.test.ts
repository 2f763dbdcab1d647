import { expect, test } from 'vitest';
import type { Check } from '../../src/domain/check.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { ItemDraft } from '../../src/domain/work-item.ts';
import { parseTasks, renderTasks } from '../../src/phases/tasks-document.ts';

const npmTest: Check = { kind: 'command', run: 'npm test', exit: 0 };

function aPlan(item: Partial<ItemDraft> = {}, rest: Partial<Plan> = {}): Plan {
  const draft: ItemDraft = {
    key: 'API-1',
    title: 'List links',
    description: 'All of them.',
    priority: 2,
    dependencies: [],
    checks: [npmTest],
    ...item,
  };
  return { summary: 'A shop.', projectCheck: 'npm test', items: [draft], ...rest };
}

const command = (run: string, exit = 0): Check => ({ kind: 'command', run, exit });

test('a plan is written for people', () => {
  const second = aPlan({ key: 'API-2', priority: 0, dependencies: ['API-1'] }).items;
  const plan = aPlan({}, { items: [...aPlan().items, ...second] });
  expect(renderTasks(plan)).toMatchInlineSnapshot(`
    "# Tasks

    A shop.

    Project check: \`npm test\`

    ## API-1: List links

    - Priority: high
    - Depends on: nothing
    - Check: \`npm test\`

    All of them.

    ## API-2: List links

    - Priority: none
    - Depends on: API-1
    - Check: \`npm test\`

    All of them.
    "
  `);
});

test.each<[string, Plan]>([
  ['as plans mostly are', aPlan()],
  ['every priority', aPlan({}, { items: priorities() })],
  ['headings in a description', aPlan({ description: '# A\n\n## EVIL-1: made up\n\n### B' })],
  [
    'fields in a description',
    aPlan({ description: '- Check: true\n- Priority: urgent\n- Depends on: X' }),
  ],
  [
    'a description that escapes already',
    aPlan({ description: '\\## A\n\\\\ B\n\\- Check: c\n\\n' }),
  ],
  [
    'an item hidden behind another kind of line end',
    aPlan({ description: 'a\r## EVIL-1: b\u2028## EVIL-2: c\u2029# d' }),
  ],
  ['a title like a heading', aPlan({ title: '## API-9: x <!-- {"a":1} -->' })],
  [
    'structure in a summary',
    aPlan({}, { summary: '# A\n## EVIL-1: b\nProject check: `true`\n\\#' }),
  ],
  ['backticks in the project check', aPlan({}, { projectCheck: 'echo `date` && npm test' })],
  ['a comment that ends early', aPlan({ checks: [command('echo "-->" && npm test')] })],
  ['a comment within', aPlan({ checks: [command(`echo '<!-- {"kind":"command"} -->'`)] })],
  [
    'lines and tabs in a command',
    aPlan({ checks: [command('cat <<E\n- Check: a\n\tb\u2028\nE')] }),
  ],
  ['a long command', aPlan({ checks: [command(`echo ${'x'.repeat(1900)}`)] })],
  [
    'a letter of two halves where it is cut',
    aPlan({ checks: [command(`echo ${'x'.repeat(51)}👩‍🚀 and more`)] }),
  ],
  ['half a letter', aPlan({ checks: [command('echo \uD83D')] })],
  ['a file', aPlan({ checks: [{ kind: 'file', path: 'src/a b.js' }] })],
  ['a file of a strange name', aPlan({ checks: [{ kind: 'file', path: ' a`b' }] })],
  ['a command that names a file', aPlan({ checks: [command('file `a`'), command('`date`')] })],
  ['a command with much space', aPlan({ checks: [command('a  b')] })],
  ['an exit status', aPlan({ checks: [command('grep -q secret .', 1)] })],
  ['files', aPlan({ checks: [{ kind: 'file', path: 'a b.md', contains: '"--> x"\n`y`' }] })],
  ['markup in texts', aPlan({ description: '<b>$& $1 {{idea}}</b> `$(x)`', title: '$& `x`' })],
])('what was written is read back as it was: %s', (_, plan) => {
  expect(parseTasks(renderTasks(plan))).toEqual({ ok: true, plan });
});

function priorities(): ItemDraft[] {
  return ([0, 1, 2, 3, 4] as const).flatMap(
    (priority) => aPlan({ key: `P-${priority}`, priority }).items,
  );
}

test('what a person edits is what is built', () => {
  const edited = renderTasks(aPlan())
    .replace('List links', 'List all links')
    .replace('- Priority: high', '- Priority: Urgent')
    .replace('All of them.', 'The newest ten.')
    .replace('Project check: `npm test`', 'Project check: `make all`')
    .concat('\n## UI-1: A page\n\n- Depends on: API-1\n- Check: `node page.js`\n\nPlain.\n')
    .replaceAll('\n', '\r\n');
  expect(parseTasks(edited)).toEqual({
    ok: true,
    plan: aPlan(
      {},
      {
        projectCheck: 'make all',
        items: [
          ...aPlan({ title: 'List all links', priority: 1, description: 'The newest ten.' }).items,
          ...aPlan({
            key: 'UI-1',
            title: 'A page',
            description: 'Plain.',
            priority: 0,
            dependencies: ['API-1'],
            checks: [command('node page.js')],
          }).items,
        ],
      },
    ),
  });
});

test('I4 a check whose sentence and comment disagree is refused: nobody knows which was agreed', () => {
  const odd = renderTasks(aPlan({ checks: [command('npm test', 1)] }));
  const edited = odd.replace('- Check: npm test (exit 1)', '- Check: npm run all');
  const hidden = odd.replace('"run":"npm test"', '"run":"true"');
  for (const text of [edited, hidden])
    expect(parseTasks(text)).toEqual({
      ok: false,
      faults: [expect.stringContaining('delete the comment')],
    });
  const plain = edited.replace(/ <!--.*-->/, '');
  expect(parseTasks(plain)).toMatchObject({
    plan: { items: [{ checks: [command('npm run all')] }] },
  });
});

test.each<[string, (text: string) => string]>([
  [
    'a broken comment',
    (text) => text.replace('`npm test`\n\nAll', 'npm test <!-- {kind:1} -->\n\nAll'),
  ],
  ['an unknown priority', (text) => text.replace('Priority: high', 'Priority: hgih')],
  ['an unknown dependency', (text) => text.replace('Depends on: nothing', 'Depends on: DB-1')],
  ['no project check', (text) => text.replace(/^Project check.*$/m, '')],
  ['a heading without a key', (text) => text.replace('## API-1: ', '## ')],
  ['no items', (text) => text.slice(0, text.indexOf('## '))],
  ['nothing at all', () => ''],
])('an edit that cannot be understood is refused: %s', (_, edit) => {
  const read = parseTasks(edit(renderTasks(aPlan())));
  expect(read.ok ? [] : read.faults).not.toEqual([]);
});
