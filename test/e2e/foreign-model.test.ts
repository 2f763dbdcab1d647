import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { testDatabase } from '../support/database.ts';
import { startForeignModel } from '../support/foreign-model.ts';
import { aBench, proveExit } from '../support/harness-cli.ts';

const eventSchema = z.looseObject({
  type: z.string(),
  session: z.string().optional(),
  item: z.string().optional(),
  subject: z.looseObject({ phase: z.string() }).optional(),
});

/** The last one is the agent's own mark in the list: it does nothing. */
const READING = ['Read', 'Glob', 'Grep', 'StructuredOutput', 'DeferredToolPlaceholder'];

const PLANNING = ['ideation', 'architecture', 'task_breakdown'];

/** Files below the folder that hold the text. */
async function filesHolding(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}

/** Tables in which some row holds the text. */
async function tablesHolding(url: string, text: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const found: string[] = [];
    for (const { name } of tables.rows) {
      const rows = await client.query(
        `select 1 from ${name} row where position($1 in row::text) > 0 limit 1`,
        [text],
      );
      if (rows.rowCount !== 0) found.push(name);
    }
    return found;
  } finally {
    await client.end();
  }
}

test(
  'I7 a model that nobody scripted builds a proved product; planners cannot write and the key stays outside',
  { timeout: 400_000 },
  async () => {
    await using model = await startForeignModel();
    await using database = await testDatabase();
    const key = `sk-ant-api03-${randomBytes(24).toString('hex')}`;
    await using bench = await aBench({
      databaseUrl: database.url,
      env: { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: key },
    });
    const idea = join(bench.folder, 'idea.md');
    await writeFile(idea, 'Say the weather in words.\n');
    const ended = await bench.run(['run', '--idea-file', idea, '--no-interactive', '--json']);
    proveExit(ended, 0);

    const events = ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => eventSchema.parse(JSON.parse(line)));
    const done = events.flatMap((one) => (one.type === 'item.done' ? [one.item] : []));
    expect(done).toHaveLength(3);
    expect(new Set(done)).toEqual(new Set(['ALPHA-1', 'BETA-1', 'GAMMA-1']));

    const sessions = new Map(
      events.flatMap((one) =>
        one.type === 'session.started' && one.session !== undefined
          ? [[one.session, one.subject?.phase ?? '']]
          : [],
      ),
    );
    const phases = model.requests.map((request) => sessions.get(request.session) ?? '?');
    expect(new Set(phases)).toEqual(new Set([...PLANNING, 'initialize', 'implement']));
    const planning = model.requests.filter((_, index) => PLANNING.includes(phases[index] ?? ''));
    const offered = new Set(planning.flatMap((request) => request.tools));
    const reading = new Set(READING);
    expect([...offered.difference(reading)]).toEqual([]);

    for (const { headers } of model.requests) {
      expect(headers['x-api-key']).toBe(key);
      expect(Object.keys(headers).filter((name) => name.startsWith('x-harness-'))).toEqual([]);
    }
    expect(ended.stdout + ended.stderr).not.toContain(key);
    // What is looked through does hold what went to and fro.
    for (const folder of [bench.folder, bench.home])
      expect(await filesHolding(folder, 'beaufort')).not.toEqual([]);
    expect(await tablesHolding(database.url, 'beaufort')).not.toEqual([]);
    expect(await filesHolding(bench.folder, key)).toEqual([]);
    expect(await filesHolding(bench.home, key)).toEqual([]);
    expect(await tablesHolding(database.url, key)).toEqual([]);
  },
);
