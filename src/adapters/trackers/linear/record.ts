import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { NewItem } from '../../../work/tracker.ts';
import { PLACE } from './documents.ts';
import { idOf } from './ids.ts';
import type { Issue } from './shapes.ts';

/** A text that Linear shows in a form of its own: the hash of that form, and what was written. */
const rewritten = z.tuple([z.string(), z.string()]);

const exactShape = z.object({
  title: rewritten.optional(),
  description: rewritten.optional(),
  labels: z.array(z.string()),
  /** Those of them that the issue can't have. */
  left: z.array(z.string()).optional(),
  dependencies: z.array(z.string()),
  /** Where Linear has no issue of this key. */
  parent: z.string().optional(),
});

/** Values of an attachment can be strings and numbers only. */
const recordShape = z.object({
  harness: z.literal(1),
  project: z.string(),
  key: z.string(),
  /** Id of the issue, where somebody else made it; those of the harness have ids that follow from the key. */
  issue: z.string().optional(),
  /** Number of the newest claim; 0: none yet. */
  fence: z.int().min(0),
  /** 1: that claim holds the item. */
  open: z.literal([0, 1]),
  owner: z.string(),
  /** How the newest claim ended; empty while it holds or where there is none. */
  end: z.enum(['', 'todo', 'done', 'blocked']),
  /** How much of the claims the issue's state shows: see `stepOf`. */
  applied: z.int().min(0),
  exact: z
    .string()
    .transform((text) => jsonOf(text))
    .pipe(exactShape),
});

/**
 * What the harness keeps on an issue, in an attachment that people see as a link. Key and dependencies
 * live only here; claims are a copy of the comments that made them, for reading many at once.
 */
export type ItemRecord = z.output<typeof recordShape>;
export type Exact = z.output<typeof exactShape>;

/** Where records of one project's items are found. */
export interface Home {
  /** Linear's project. */
  readonly linearProject: string;
  /** Ours. */
  readonly project: string;
  /** Ids of issues that somebody else made and that are items since, by key. */
  readonly adopted: Map<string, string>;
  /** Keys of all items that were seen, by their issues' ids. */
  readonly keys: Map<string, string>;
}

export function issueIdOf(home: Home, key: string): string {
  return home.adopted.get(key) ?? ownIdOf(home, key);
}

function ownIdOf({ linearProject, project }: Home, key: string): string {
  return idOf('item', linearProject, project, key);
}

const url = (issueId: string): string => `${PLACE}item/${issueId}`;

/**
 * Throws nothing: what cannot be read, or was copied from another issue, is no record of this one. Names
 * of issues change with their team, ids never do.
 */
export function recordOf(home: Home, issue: Issue): ItemRecord | undefined {
  const found = issue.attachments.nodes.find((one) => one.url === url(issue.id));
  const result = recordShape.safeParse(found?.metadata);
  if (!result.success || result.data.project !== home.project) return undefined;
  const { data } = result;
  if (issue.id === ownIdOf(home, data.key)) return data;
  const known = data.issue === undefined ? wasCalled(issue, data.key) : data.issue === issue.id;
  return known ? { ...data, issue: issue.id } : undefined;
}

/** Records of before named their issue by nothing but the key that was its identifier then. */
function wasCalled({ identifier, previousIdentifiers }: Issue, key: string): boolean {
  return [identifier, ...previousIdentifiers].includes(key);
}

export function recordIdOf(issue: Issue): string {
  const found = issue.attachments.nodes.find((one) => one.url === url(issue.id));
  return found?.id ?? '';
}

/** As an attachment: what people read, and the record. */
export function attachmentOf(record: ItemRecord): {
  readonly title: string;
  readonly subtitle: string;
  readonly metadata: Readonly<Record<string, string | number>>;
} {
  const { issue, exact, ...rest } = record;
  const metadata = { ...rest, exact: JSON.stringify(exact) };
  return {
    title: `Work item ${shortened(record.key)}`,
    subtitle: 'Kept by the harness: it loses the issue when this is removed',
    metadata: issue === undefined ? metadata : { ...metadata, issue },
  };
}

/** Its address makes it one: a second with the same on the same issue is the first. */
export function newAttachment(
  issueId: string,
  record: ItemRecord,
): Readonly<Record<string, unknown>> {
  return { issueId, url: url(issueId), ...attachmentOf(record) };
}

/**
 * The record of an issue that somebody else made: it is an item from now on, under the name that it has
 * now, or one like it where another item was called so before their team had another key.
 */
export function adoptedRecord(home: Home, { id, identifier }: Issue): ItemRecord {
  const taken = [...home.keys].some(([other, key]) => key === identifier && other !== id);
  const key = taken ? `${identifier}-${id.slice(0, 8)}` : identifier;
  const exact = { labels: [], dependencies: [] };
  const none = { fence: 0, open: 0, owner: '', end: '', applied: 0 } as const;
  return { harness: 1, project: home.project, key, issue: id, ...none, exact };
}

interface Fresh {
  readonly issue: Issue;
  /** Somebody else changed it since, so it shows what they want. */
  readonly theirs: boolean;
  /** Theirs too, where it is a part of nothing: it was made as a part of another issue. */
  readonly parentTheirs: boolean;
  /** Labels that it can't have. */
  readonly left: readonly string[];
}

/** The record of an issue that was created for this item. */
export function freshRecord(
  home: Home,
  item: NewItem,
  { issue, theirs, parentTheirs, left }: Fresh,
): ItemRecord {
  return {
    harness: 1,
    project: home.project,
    key: item.key,
    fence: 0,
    open: 0,
    owner: '',
    end: '',
    applied: 0,
    exact: {
      ...(theirs && issue.title !== shownTitle(item.title)
        ? {}
        : titleKept(item.title, issue.title)),
      ...(theirs ? {} : descriptionKept(item.description, issue.description)),
      labels: [...item.labels],
      ...(left.length === 0 ? {} : { left: [...left] }),
      dependencies: [...item.dependencies],
      ...(parentTheirs || item.parent === null || issue.parent !== null
        ? {}
        : { parent: item.parent }),
    },
  };
}

export function titleKept(written: string, shown: string): Pick<Exact, 'title'> {
  return written === shown ? {} : { title: [hashOf(shown), written] };
}

export function descriptionKept(written: string, shown: string): Pick<Exact, 'description'> {
  return written === shown ? {} : { description: [hashOf(shown), written] };
}

/** What was written, as long as Linear shows what it made of that; else what a person wrote since. */
export function textOf(shown: string, kept: readonly [string, string] | undefined): string {
  return kept !== undefined && kept[0] === hashOf(shown) ? kept[1] : shown;
}

/** Linear wants a title, and a short one. */
export function shownTitle(title: string): string {
  const line = title.replaceAll(/\p{C}+/gu, ' ').trim();
  return line === '' ? '(no title)' : shortened(line);
}

function shortened(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199).toWellFormed()}…`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
