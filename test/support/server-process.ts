import { z } from 'zod';
import { type EmbeddedOrder, openEmbedded } from '../../src/adapters/store/server/open-server.ts';
import { messageOf } from '../../src/domain/errors.ts';
import type { Told } from './embedded-server.ts';

/** One user of the embedded server as a process of its own; its order is the first argument, as JSON. */
const order = z
  .object({
    home: z.string(),
    packageFolder: z.string(),
    path: z.string(),
    durability: z.enum(['full', 'none']),
  })
  .parse(JSON.parse(process.argv[2] ?? ''));

const lines: string[] = [];
const full: EmbeddedOrder = { ...order, log: (line) => lines.push(line) };

function tell(told: Told): void {
  process.send?.(told);
}

function failed(error: unknown): Told {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return { code, message: messageOf(error) };
}

try {
  const server = await openEmbedded(full);
  const tellState = (): void => {
    tell({ url: server.url, started: lines.some((line) => line.startsWith('database started')) });
  };
  tellState();
  process.on('message', (verb) => {
    void (verb === 'release' ? server.release() : server.ensure()).then(tellState, (error) => {
      tell(failed(error));
    });
  });
} catch (error) {
  tell(failed(error));
}
