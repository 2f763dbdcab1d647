import { describeCheck, type Check } from '../domain/check.ts';
import type { Plan } from '../domain/plan.ts';
import type { ItemDraft } from '../domain/work-item.ts';
import { readPlan, type ReadPlan } from './plan-output.ts';

const PRIORITIES = ['none', 'urgent', 'high', 'medium', 'low'] as const;

/**
 * The plan as people read and edit it (`tasks.md`). Work items are made from this text after the
 * approval, so what a person edited is what is built; `parseTasks` reads back what this writes.
 */
export function renderTasks(plan: Plan): string {
  return [
    '# Tasks',
    '',
    plan.summary,
    '',
    `Project check: \`${plan.projectCheck}\``,
    '',
    ...plan.items.flatMap(renderItem),
  ].join('\n');
}

function renderItem(item: ItemDraft): string[] {
  return [
    `## ${item.key}: ${item.title}`,
    '',
    `- Priority: ${PRIORITIES[item.priority]}`,
    `- Depends on: ${item.dependencies.join(', ') || 'nothing'}`,
    ...item.checks.map((check) => `- Check: ${renderCheck(check)}`),
    '',
    ...item.description.split('\n').map((line) => (line.startsWith('#') ? `\\${line}` : line)),
    '',
  ];
}

/** JSON, because a command may hold any character; the sentence before it is for people. */
function renderCheck(check: Check): string {
  const what = describeCheck(check).replaceAll('\n', ' ');
  return `${what.length > 60 ? `${what.slice(0, 57)}...` : what} <!-- ${JSON.stringify(check).replaceAll('-->', '--\\u003e')} -->`;
}

/** Reads a `tasks.md`, edited or not. A check line without its comment is taken as a command. */
export function parseTasks(text: string): ReadPlan {
  const [head = '', ...sections] = text.replaceAll('\r\n', '\n').split(/^## (?=[A-Za-z])/m);
  const projectCheck = /^Project check: `(.+)`$/m.exec(head)?.[1] ?? '';
  const summary = head
    .replace(/^# .*$/m, '')
    .replace(/^Project check: .*$/m, '')
    .trim();
  return readPlan({
    summary: summary || 'Edited by hand.',
    project_check: projectCheck,
    items: sections.map(parseItem),
  });
}

function parseItem(section: string): unknown {
  const [title = '', ...lines] = section.split('\n');
  const [, key = '', name = ''] = /^([^:]+):\s*(.*)$/.exec(title) ?? [];
  const fields = lines.filter((line) => /^- (Priority|Depends on|Check):/.test(line));
  const valueOf = (field: string): string =>
    fields
      .find((line) => line.startsWith(`- ${field}:`))
      ?.slice(field.length + 3)
      .trim() ?? '';
  const needs = valueOf('Depends on');
  return {
    key: key.trim(),
    title: name.trim(),
    description: lines
      .filter((line) => !fields.includes(line))
      .map((line) => line.replace(/^\\#/, '#'))
      .join('\n')
      .trim(),
    priority: Math.max(
      0,
      PRIORITIES.findIndex((word) => word === valueOf('Priority').toLowerCase()),
    ),
    dependencies:
      needs === 'nothing' || needs === '' ? [] : needs.split(',').map((word) => word.trim()),
    checks: fields.filter((line) => line.startsWith('- Check:')).map(parseCheck),
  };
}

function parseCheck(line: string): unknown {
  const stored = /<!-- (\{.*\}) -->\s*$/.exec(line)?.[1];
  const shown = line.slice('- Check:'.length).trim();
  if (stored === undefined)
    return { kind: 'command', run: shown.replace(/^`(.*)`$/, '$1'), exit: 0 };
  try {
    return JSON.parse(stored);
  } catch (error) {
    return { kind: 'unreadable', error: String(error) };
  }
}
