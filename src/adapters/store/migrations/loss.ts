import type { ClientBase } from 'pg';
import { z } from 'zod';
import { withoutComments } from './journal.ts';

/** Data that a way back would delete. */
export interface Loss {
  /** `deployment`, or `approval.change` for a column. */
  readonly what: string;
  /** Rows of the table, or rows that hold anything but the default in the column. */
  readonly rows: number;
}

const SCHEMA = /\bDROP SCHEMA "harness"/u;
const TABLE = /\bDROP TABLE "harness"\."(\w+)"/gu;
const COLUMN = /\bALTER TABLE "harness"\."(\w+)" DROP COLUMN "(\w+)"/gu;

/** What these statements would delete from this database as it is now; what is empty is left out. */
export async function lossesOf(client: ClientBase, sql: string): Promise<readonly Loss[]> {
  const statements = withoutComments(sql);
  const gone = SCHEMA.test(statements)
    ? await tablesOf(client)
    : [...statements.matchAll(TABLE)].map(([, table]) => table ?? '');
  const columns = [...statements.matchAll(COLUMN)].map(([, table = '', column = '']) => ({
    table,
    column,
  }));
  const losses: Loss[] = [];
  for (const table of gone) losses.push({ what: table, rows: await rowsOf(client, table) });
  for (const { table, column } of columns)
    if (!gone.includes(table))
      losses.push({ what: `${table}.${column}`, rows: await valuesOf(client, table, column) });
  return losses.filter(({ rows }) => rows > 0);
}

const Names = z.array(z.object({ name: z.string() }));

async function tablesOf(client: ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query(
    `select tablename as name from pg_tables where schemaname = 'harness' order by 1`,
  );
  return Names.parse(rows).map(({ name }) => name);
}

const Count = z.array(z.object({ n: z.int() })).length(1);

async function rowsOf(client: ClientBase, table: string): Promise<number> {
  const { rows } = await client.query(
    `select count(*)::int as n from harness.${client.escapeIdentifier(table)}`,
  );
  return Count.parse(rows)[0]?.n ?? 0;
}

const Default = z.array(z.object({ text: z.string().nullable() })).max(1);

async function valuesOf(client: ClientBase, table: string, column: string): Promise<number> {
  const found = await client.query(
    `select pg_get_expr(d.adbin, d.adrelid) as text
       from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = to_regclass($1) and a.attname = $2 and not a.attisdropped`,
    [`harness.${client.escapeIdentifier(table)}`, column],
  );
  const [value] = Default.parse(found.rows);
  if (value === undefined) return 0;
  const [from, of] = [table, column].map((name) => client.escapeIdentifier(name));
  const { rows } = await client.query(
    `select count(*)::int as n from harness.${from} where ${of} is distinct from (${value.text ?? 'null'})`,
  );
  return Count.parse(rows)[0]?.n ?? 0;
}
