import { z } from 'zod';
import { Refusal } from './problems.ts';

/** How a page of a list is asked for. */
export const paging = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** `next` of the page before. */
  cursor: z.string().max(200).optional(),
});

/** The page after the cursor, which is the name of the last one before it. */
export function pageOf<T>(
  all: readonly T[],
  order: z.output<typeof paging>,
  nameOf: (one: T) => string,
): { readonly page: readonly T[]; readonly next: string | null } {
  const begin = order.cursor === undefined ? 0 : placeOf(all.map(nameOf), order.cursor) + 1;
  const page = all.slice(begin, begin + order.limit);
  const last = page.at(-1);
  const more = begin + page.length < all.length && last !== undefined;
  return { page, next: more ? encoded(nameOf(last)) : null };
}

function placeOf(names: readonly string[], cursor: string): number {
  const at = names.indexOf(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (at >= 0) return at;
  throw new Refusal(400, 'CURSOR_INVALID', {
    detail: 'The cursor names nothing here any more; begin without one',
  });
}

function encoded(name: string): string {
  return Buffer.from(name).toString('base64url');
}
