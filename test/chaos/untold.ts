import { readFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** How long nobody may tell anything while main's move is waited for. */
const PATIENCE_MS = 1500;

const LOOK_MS = 5;

/** Holds back every event until it is called. */
export type Release = () => Promise<void>;

/**
 * Takes the lock under which events are numbered, and waits for main to move: then it has, and
 * nobody can say so. Undefined, with the lock let go, when it did not move.
 */
export async function holdUntold(databaseUrl: string, home: string): Promise<Release | undefined> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('begin');
  await client.query('select n from harness.sequence for update');
  const before = await mainOf(home);
  if (await isTold(client, before))
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(LOOK_MS))
      if ((await mainOf(home)) !== before) return () => client.end();
  if (!(await isTold(client, await mainOf(home)))) return () => client.end();
  await client.end();
  return undefined;
}

async function isTold(client: Client, commit: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from harness.event where data->>'type' = 'main.moved' and data->>'to' = $1`,
    [commit],
  );
  return rowCount === 1;
}

function mainOf(home: string): Promise<string> {
  const projects = join(home, 'projects');
  const [id = ''] = readdirSync(projects);
  const ref = join(projects, id, 'hub.git', 'refs', 'heads', 'main');
  return readFile(ref, 'utf8').then((text) => text.trim());
}
