import { type SQL, sql } from 'drizzle-orm';
import { type AnyPgColumn, customType, pgSchema, uuid } from 'drizzle-orm/pg-core';
import type { ItemStatus } from '../../domain/work-item.ts';

/** Columns are snake_case in the database (`casing`), times are its own clock's. */
export const harness = pgSchema('harness');

/** Every state of an item, for the constraint on its column. */
export const ITEM_STATUS = [
  'todo',
  'in_progress',
  'done',
  'blocked',
] as const satisfies readonly ItemStatus[];

/** Start of the transaction. */
export const now = sql`now()`;

/** Every table is keyed by it. */
export const projectId = () => uuid().notNull();

/**
 * Postgres refuses U+0000 and lone surrogates, and agents write both: they become U+FFFD, so that
 * no text can make a fact impossible to store.
 */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** JSON of anything, with every text in it storable. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'string' ? storable(part) : part,
  );
}

/** Text that people or agents wrote. */
export const prose = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: storable,
});

/** A point in time, as RFC 3339 in UTC on our side. */
export const instant = customType<{ data: string; driverData: string | Date }>({
  dataType: () => 'timestamptz',
  fromDriver: (value) => new Date(value).toISOString(),
});

/** A value of our own, stored whole; only this program writes it, so it is not parsed again. */
export const stored = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: storableJson,
});

/** The condition that a column holds one of these words. */
export function oneOf(column: AnyPgColumn, words: readonly string[]): SQL {
  return sql`${column} in (${sql.raw(words.map((word) => `'${word}'`).join(', '))})`;
}
