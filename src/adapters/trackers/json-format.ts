import { z } from 'zod';
import type { TrackerComment } from '../../work/tracker.ts';
import { EMPTY_BOARD } from './board.ts';
import type { Board, BoardItem } from './board.ts';
import { placeOfFault } from './json-fault.ts';
import { damaged } from './rules.ts';

const VERSION = 1;

const instant = z.iso.datetime({ offset: true });

/** An item as it stands in the file; people may add fields, and leave out what has a default. */
const storedItem = z.looseObject({
  key: z.string().min(1),
  title: z.string(),
  description: z.string().default(''),
  status: z.enum(['todo', 'in_progress', 'done', 'blocked']).default('todo'),
  priority: z.literal([0, 1, 2, 3, 4]).default(3),
  dependencies: z.array(z.string()).default([]),
  labels: z.array(z.string()).default([]),
  parent: z.string().nullable().default(null),
  cancelled: z.boolean().default(false),
  owner: z.string().nullable().default(null),
  fence: z.int().min(0).default(0),
  created_at: instant.default('1970-01-01T00:00:00.000Z'),
  updated_at: instant.default('1970-01-01T00:00:00.000Z'),
});

const storedComment = z.looseObject({
  id: z.string(),
  author: z.string(),
  text: z.string(),
  at: instant,
});

const storedFile = z.looseObject({
  version: z.literal(VERSION),
  project: z.unknown().optional(),
  work_items: z.array(storedItem),
  comments: z
    // Not a record: those drop a key named `__proto__`.
    .custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value))
    .default({})
    .transform((comments) => Object.entries(comments))
    .pipe(z.array(z.tuple([z.string(), z.array(storedComment)]))),
});

type StoredFile = z.output<typeof storedFile>;

/** The board in this text; null is an empty one. Throws TRACKER_DAMAGED with the place. */
export function boardOf(text: string | null, file: string): Board {
  if (text === null) return EMPTY_BOARD;
  const stored = parse(text, file);
  const items = new Map(stored.work_items.map((item) => [item.key, itemOf(item)]));
  if (items.size < stored.work_items.length) throw damaged(file, 'a key stands there twice');
  return {
    items,
    comments: new Map(stored.comments.map(([key, list]) => [key, list.map(commentOf)])),
  };
}

/** The board as the text of a file; what people added to the old text stays. */
export function textOf(board: Board, before: string | null, project: string): string {
  const old = before === null ? undefined : parse(before, 'the file just read');
  const items = new Map(old?.work_items.map((item) => [item.key, item]));
  const comments = new Map(old?.comments);
  const file = {
    ...(old ?? { version: VERSION, project }),
    work_items: [...board.items.values()].map((item) => storedFrom(item, items.get(item.key))),
    comments: Object.fromEntries(
      [...board.comments].map(([key, list]) => [key, merged(list, comments.get(key) ?? [])]),
    ),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function merged(
  list: readonly TrackerComment[],
  old: readonly z.output<typeof storedComment>[],
): readonly object[] {
  return list.map((comment, index) => ({ ...old[index], ...comment }));
}

function parse(text: string, file: string): StoredFile {
  const parsed = storedFile.safeParse(json(text, file));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  throw damaged(file, `${path === '' ? 'the whole' : path}: ${issue?.message ?? 'wrong shape'}`);
}

/** Never the parser's own message: it quotes the file. */
function json(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(`${file}:${placeOfFault(text, error)}`, 'is not JSON from here on');
  }
}

function itemOf(item: z.output<typeof storedItem>): BoardItem {
  return {
    key: item.key,
    title: item.title,
    description: item.description,
    status: item.status,
    priority: item.priority,
    dependencies: item.dependencies,
    labels: item.labels,
    parent: item.parent,
    cancelled: item.cancelled,
    owner: item.owner,
    fence: item.fence,
    createdAt: item.created_at,
    updatedAt: item.updated_at,
  };
}

function storedFrom({ createdAt, updatedAt, ...item }: BoardItem, old: object = {}): object {
  return { ...old, ...item, created_at: createdAt, updated_at: updatedAt };
}

function commentOf({ id, author, text, at }: z.output<typeof storedComment>): TrackerComment {
  return Object.freeze({ id, author, text, at });
}
