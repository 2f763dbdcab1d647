import { describeCheck, type Check } from '../domain/check.ts';
import type { Plan } from '../domain/plan.ts';
import type { ItemDraft } from '../domain/work-item.ts';
import { readCheck, readPlan, type ReadPlan } from './plan-output.ts';

const PRIORITIES = ['none', 'urgent', 'high', 'medium', 'low'] as const;

/**
 * The plan as people read and edit it (`tasks.md`). Work items are made from this text after the
 * approval, so what a person edited is what is built; `parseTasks` reads back what this writes.
 */
export function renderTasks(plan: Plan): string {
  return [
    '# Tasks',
    '',
    ...plan.summary.split('\n').map(escaped),
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
    ...item.description.split('\n').map(escaped),
    '',
  ];
}

/** Lines that carry structure; in a description they would be read as another check or item. */
const STRUCTURE = /^(?:\\|#|Project check:|- (?:Priority|Depends on|Check):)/;

function escaped(line: string): string {
  return STRUCTURE.test(line) ? `\\${line}` : line;
}

function unescaped(line: string): string {
  return line.startsWith('\\') && STRUCTURE.test(line.slice(1)) ? line.slice(1) : line;
}

const COMMENT = '<!-- {';

/**
 * Words alone, where they say the whole check. Else a sentence for people and JSON in a comment,
 * because a command may hold any character.
 */
function renderCheck(check: Check): string {
  const words = wordsOf(check);
  if (words !== undefined) return words;
  const json = JSON.stringify(check).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
  return `${sentenceOf(check)} <!-- ${json} -->`;
}

/** Nothing that Markdown, or an eye, could take for something else. */
const PLAIN = /^[^`\s\p{C}](?:(?:[^`\s\p{C}]| )*[^`\s\p{C}])?$/u;

function wordsOf(check: Check): string | undefined {
  if (check.kind === 'command')
    return check.exit === 0 && PLAIN.test(check.run) ? `\`${check.run}\`` : undefined;
  return check.contains === undefined && PLAIN.test(check.path)
    ? `file \`${check.path}\``
    : undefined;
}

function sentenceOf(check: Check): string {
  const letters = Array.from(describeCheck(check).toWellFormed().replaceAll(/\s/g, ' '));
  return letters.length > 60 ? `${letters.slice(0, 57).join('')}...` : letters.join('');
}

/**
 * Reads a `tasks.md`, edited or not. A check line without a comment is a command, or `file` and a path; one whose
 * sentence was edited and whose comment was not is refused, since nobody knows which was meant.
 */
export function parseTasks(text: string): ReadPlan {
  const [head = [], ...sections] = sectionsOf(text.replaceAll('\r\n', '\n').split('\n'));
  const projectCheck = head.find((line) => line.startsWith('Project check:')) ?? '';
  const summary = head
    .filter((line) => line !== projectCheck && !line.startsWith('# '))
    .map(unescaped)
    .join('\n')
    .trim();
  const faults = sections.flatMap(disagreements);
  if (faults.length > 0) return { ok: false, faults };
  return readPlan({
    summary: summary || 'Edited by hand.',
    project_check: /^Project check:\s*`(.+)`\s*$/.exec(projectCheck)?.[1] ?? '',
    items: sections.map(parseItem),
  });
}

/** The lines before the first item, then each item's, its heading first. */
function sectionsOf(lines: readonly string[]): string[][] {
  const sections: string[][] = [[]];
  for (const line of lines)
    if (/^## [A-Za-z]/.test(line)) sections.push([line.slice(3)]);
    else sections.at(-1)?.push(line);
  return sections;
}

function disagreements(section: readonly string[]): string[] {
  return section
    .filter((line) => line.startsWith('- Check:'))
    .flatMap((line) => {
      const { shown, stored } = partsOf(line);
      const agrees = stored === undefined || shown === shownOf(stored);
      return agrees
        ? []
        : [
            `The check "${shown}" says something else than the comment behind it: delete the comment, then the text counts as the command.`,
          ];
    });
}

/** What would be shown of a stored check; undefined for what is none, which the schema refuses. */
function shownOf(stored: string): string | undefined {
  const check = readCheck(parsed(stored));
  return check === undefined ? undefined : sentenceOf(check).trim();
}

function parseItem([title = '', ...lines]: readonly string[]): unknown {
  const [, key = '', name = ''] = /^([^:]+):\s*(.*)$/.exec(title) ?? [];
  const fields = lines.filter((line) => /^- (Priority|Depends on|Check):/.test(line));
  const valueOf = (field: string): string =>
    fields
      .find((line) => line.startsWith(`- ${field}:`))
      ?.slice(field.length + 3)
      .trim() ?? '';
  const needs = valueOf('Depends on');
  const priority = valueOf('Priority').toLowerCase() || 'none';
  return {
    key: key.trim(),
    title: name.trim(),
    description: lines
      .filter((line) => !fields.includes(line))
      .map(unescaped)
      .join('\n')
      .trim(),
    priority: PRIORITIES.findIndex((word) => word === priority),
    dependencies:
      needs === 'nothing' || needs === '' ? [] : needs.split(',').map((word) => word.trim()),
    checks: fields.filter((line) => line.startsWith('- Check:')).map(parseCheck),
  };
}

function parseCheck(line: string): unknown {
  const { shown, stored } = partsOf(line);
  if (stored !== undefined) return parsed(stored);
  const [, path] = /^file `([^`]+)`$/.exec(shown) ?? [];
  return path === undefined
    ? { kind: 'command', run: shown.replace(/^`(.*)`$/, '$1'), exit: 0 }
    : { kind: 'file', path };
}

/** The sentence of a check line, and the JSON of its comment. The last comment is ours: JSON holds no `<`. */
function partsOf(line: string): { readonly shown: string; readonly stored: string | undefined } {
  const text = line.slice('- Check:'.length).trim();
  const at = text.lastIndexOf(COMMENT);
  if (at < 0 || !text.endsWith(' -->')) return { shown: text, stored: undefined };
  const stored = text.slice(at + COMMENT.length - 1, -' -->'.length);
  return { shown: text.slice(0, at).trim(), stored };
}

function parsed(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch (error) {
    return { kind: 'unreadable', error: String(error) };
  }
}
