import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HarnessError } from '../domain/errors.ts';

/**
 * The text as the person's editor left it; the terminal is the editor's meanwhile. `editor` is a shell
 * command, as VISUAL and EDITOR are. Throws `EDITOR_FAILED` (exit 2), and nothing of the text counts.
 */
export async function editText(order: {
  readonly editor: string;
  /** Says to the editor what kind of text it is: `requirements.md`. */
  readonly name: string;
  readonly text: string;
}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'harness-edit-'));
  try {
    const file = join(folder, order.name);
    await writeFile(file, order.text, { mode: 0o600 });
    const child = spawn('sh', ['-c', `${order.editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    const [exit] = await once(child, 'exit');
    if (exit !== 0) throw editorFailed(order.editor, exit);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function editorFailed(editor: string, exit: unknown): HarnessError {
  return new HarnessError(
    'EDITOR_FAILED',
    `The editor \`${editor}\` ended with ${String(exit)} and nothing was changed; set EDITOR to one that is installed`,
    { exit: 2 },
  );
}
