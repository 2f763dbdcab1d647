import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

async function temporaryFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), 'reading-list-deploy-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('what is deployed is proved, and the version before is kept', async (t) => {
  const target = await temporaryFolder(t);
  await run('sh', [script('deploy.sh'), target]);
  const first = await readlink(join(target, 'current'));
  await run('sh', [script('smoke.sh'), target]);

  await run('sh', [script('deploy.sh'), target]);
  assert.notEqual(await readlink(join(target, 'current')), first);
  assert.equal(await readlink(join(target, 'previous')), first);
  await writeFile(join(target, 'current', 'src', 'main.js'), 'throw new Error("broken");\n');
  await assert.rejects(run('sh', [script('smoke.sh'), target]), /broken/);
});

test('the links stay where they are and nothing unfinished is left', async (t) => {
  const target = await temporaryFolder(t);
  await mkdir(join(target, 'data'));
  await writeFile(join(target, 'data', 'links.json'), '{"nextId":1,"links":[]}');
  await run('sh', [script('deploy.sh'), target]);
  assert.deepEqual(await readdir(join(target, 'data')), ['links.json']);
  assert.equal((await readdir(join(target, 'releases'))).length, 1);
  assert.deepEqual((await readdir(target)).toSorted(), ['current', 'data', 'releases']);
});
