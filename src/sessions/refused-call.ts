import { z } from 'zod';
import type { RefusedCall } from './agent.ts';

/** What a call was about: the command of a shell, the path of a file. */
const named = z.looseObject({
  command: z.string().optional(),
  file_path: z.string().optional(),
  path: z.string().optional(),
});

/** The command or the file that a refused call was about; empty: neither. */
export function aboutOf({ input }: Pick<RefusedCall, 'input'>): string {
  const parsed = named.safeParse(input);
  const { command, file_path: file, path } = parsed.success ? parsed.data : {};
  return command ?? file ?? path ?? '';
}
