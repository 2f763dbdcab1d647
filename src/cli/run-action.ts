import { createReadStream } from 'node:fs';
import { HarnessError, unreadableFor } from '../domain/errors.ts';
import { openContext, withApp } from './context.ts';
import { hosting, openModels, watch } from './hosting.ts';
import { prepareRun, type Start } from './new-run.ts';
import { flagsOf, type RunOptions } from './run-options.ts';
import { lastEventId } from './stored-events.ts';

/** An idea longer than this is a specification that no prompt should carry whole. */
const MAX_IDEA_BYTES = 200_000;

/** Anything but blanks and characters that nobody sees. */
const SAYS_SOMETHING = /[^\p{White_Space}\p{C}]/u;

/** Starts a run and hosts it until it ends or waits for a person. */
export async function runAction(options: RunOptions): Promise<void> {
  const context = openContext(options, flagsOf(options));
  const given = await readIdea(options);
  if (given === undefined && options.rehearse !== true) missingIdea();
  const models = await openModels(context.config, options.rehearse === true);
  try {
    const idea = given ?? models.rehearsal?.idea ?? missingIdea();
    await withApp(context, (app) => startAndWatch({ app, context, models, options, idea }));
  } finally {
    await models.rehearsal?.close();
  }
}

async function startAndWatch(order: Start): Promise<void> {
  const { app, context, models } = order;
  const { project, start } = await prepareRun(order);
  await hosting({ app, context, models }, async ({ unsealed }) => {
    const after = await lastEventId(app, project.id);
    const run = await start();
    context.output.talk(`${project.name} in ${project.directory}, run ${run.id}`);
    await watch({ app, context, project, run, unsealed, after });
  });
}

async function readIdea({ idea, ideaFile }: RunOptions): Promise<string | undefined> {
  if (idea !== undefined && ideaFile !== undefined)
    throw new HarnessError('USAGE', 'Give --idea or --idea-file, not both', { exit: 2 });
  const text = ideaFile === undefined ? idea : await readIdeaFile(ideaFile);
  if (text === undefined) return undefined;
  if (!SAYS_SOMETHING.test(text))
    throw new HarnessError(
      'IDEA_EMPTY',
      `${ideaFile ?? '--idea'} is empty; say in a sentence or more what to build`,
      { exit: 2 },
    );
  if (Buffer.byteLength(text) > MAX_IDEA_BYTES)
    throw new HarnessError(
      'IDEA_TOO_LONG',
      `${ideaFile ?? '--idea'} is over ${MAX_IDEA_BYTES} bytes; shorten it`,
      { exit: 2 },
    );
  return text.trim();
}

async function readIdeaFile(path: string): Promise<string> {
  try {
    const bytes = await firstBytes(path, MAX_IDEA_BYTES + 4);
    // Cut off in the middle of a character, it is too long all the same.
    const whole = bytes.length <= MAX_IDEA_BYTES;
    return new TextDecoder('utf-8', { fatal: whole }).decode(bytes);
  } catch (error) {
    throw new HarnessError(
      'IDEA_UNREADABLE',
      `Can't read the idea in ${path}: ${unreadableFor(error)}`,
      { exit: 2, cause: error },
    );
  }
}

/** So many bytes of a file, also of one that never ends. */
async function firstBytes(path: string, most: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of createReadStream(path, { end: most - 1 })) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

function missingIdea(): never {
  throw new HarnessError('IDEA_MISSING', 'Say what to build: --idea TEXT or --idea-file FILE', {
    exit: 2,
  });
}
