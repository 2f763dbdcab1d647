import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { expect } from 'vitest';
import { z } from 'zod';
import { proveExit, USUAL_PATH, type Bench } from './harness-cli.ts';

const run = promisify(execFile);
const Marker = z.object({ total_issues: z.number(), project_name: z.string() }).loose();

/** The project's `.linear_project.json`. */
export async function markerOf(project: string): Promise<z.infer<typeof Marker>> {
  return Marker.parse(JSON.parse(await readFile(join(project, '.linear_project.json'), 'utf8')));
}

interface Told {
  readonly key: string;
  readonly title: string;
  readonly status: string;
  readonly comments: readonly string[];
}

/** The local tracker as people see it. */
export async function trackerIn(url: string): Promise<readonly Told[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Told>(
      `select i.key, i.title, i.status,
              coalesce(array_agg(c.text order by c.at) filter (where c.id is not null), '{}') as comments
         from harness.tracker_item i
         left join harness.tracker_comment c on c.project_id = i.project_id and c.item_key = i.key
        group by i.key, i.title, i.status order by length(i.key), i.key`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

const Event = z.object({ type: z.string(), subject: z.object({ role: z.string() }).optional() });

/** Roles of the sessions that began, in order. */
export async function sessionsIn(bench: Bench, project: string): Promise<readonly string[]> {
  const told = await bench.run(['events', '--json', '--project-dir', project]);
  proveExit(told, 0);
  return told.stdout
    .trim()
    .split('\n')
    .map((line) => Event.parse(JSON.parse(line)))
    .filter(({ type }) => type === 'session.started')
    .map(({ subject }) => subject?.role ?? '');
}

/** What was built starts, passes its own tests and is committed. */
export async function proveApplication(project: string): Promise<void> {
  const env = { PATH: USUAL_PATH };
  await run('./init.sh', { cwd: project, env });
  await run('npm', ['test'], { cwd: project, env });
  expect((await stat(join(project, 'init.sh'))).mode & 0o111).not.toBe(0);
  const git = ['-c', 'safe.directory=*', 'status', '--porcelain'];
  expect((await run('git', git, { cwd: project })).stdout).toBe('');
}

/** A change that a person makes and commits. */
export async function commitIn(
  project: string,
  { path, text }: { readonly path: string; readonly text: string },
): Promise<void> {
  await writeFile(join(project, path), text);
  const person = ['-c', 'safe.directory=*', '-c', 'user.name=P', '-c', 'user.email=p@invalid'];
  await run('git', [...person, 'commit', '-qm', `Change ${path}`, path], { cwd: project });
}
