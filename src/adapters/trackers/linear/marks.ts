import { z } from 'zod';
import { PLACE } from './documents.ts';

const claimMark = z.object({
  kind: z.literal('claim'),
  fence: z.int().min(1),
  owner: z.string(),
  /** Tells this try from another of the same owner. */
  nonce: z.string(),
});
const endMark = z.object({
  kind: z.literal('end'),
  fence: z.int().min(1),
  status: z.enum(['todo', 'done', 'blocked']),
});
const commentMark = z.object({
  kind: z.literal('comment'),
  id: z.string(),
  author: z.string(),
  /** Exactly what was said, where Linear shows it otherwise. */
  text: z.string().optional(),
});

const mark = z.discriminatedUnion('kind', [claimMark, endMark, commentMark]);

/** What the harness needs to read back of a comment of its own. */
export type Mark = z.output<typeof mark>;

const LINK =
  /(?:^|\n\n)(?:— [^\n]{0,100} · )?\[harness\]\(https:\/\/harness\.invalid\/#([\w-]+)\)\s*$/u;

/** A text for people, with a last line that names its author and is a link that holds the mark. */
export function withMark(text: string, content: Mark): string {
  const data = Buffer.from(JSON.stringify(content)).toString('base64url');
  const author = content.kind === 'comment' ? `— ${oneLine(content.author)} · ` : '';
  return `${text}\n\n${author}[harness](${PLACE}#${data})`;
}

function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{C}\n\u2028\u2029]+/gu, ' ')
    .slice(0, 80)
    .toWellFormed();
}

/** The mark of a comment, and the text before it; undefined where there is none that can be read. */
export function readMark(body: string): { readonly text: string; readonly mark: Mark } | undefined {
  const found = LINK.exec(body);
  if (found?.[1] === undefined) return undefined;
  const result = mark.safeParse(jsonOf(Buffer.from(found[1], 'base64url').toString('utf8')));
  return result.success ? { text: body.slice(0, found.index), mark: result.data } : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a person reads of a text that may hold anything. */
export function shownText(text: string): string {
  return text.replaceAll(/[^\P{C}\n\t]/gu, '\u{FFFD}');
}
