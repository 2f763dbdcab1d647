import { execFileSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Builds the page that the server serves where its sources are newer than what was built. */
export async function buildDashboard(): Promise<void> {
  const built = await stat(join(ROOT, 'dist/dashboard/index.html')).catch(() => undefined);
  if (built !== undefined && built.mtimeMs > (await newest(join(ROOT, 'dashboard')))) return;
  // In a process of its own, as users build it: here NODE_ENV would bring React's own tests along.
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync('npm', ['run', '--silent', 'build:dashboard'], { cwd: ROOT, env, stdio: 'pipe' });
}

async function newest(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const times = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).mtimeMs),
  );
  return Math.max(...times);
}
