import { createInterface } from 'node:readline/promises';
import { HarnessError } from '../domain/errors.ts';
import { downgradeDatabase, type WayBack } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { onDatabase, openContext, type Context } from './context.ts';
import { grouped, table } from './table.ts';

/** Flags of `db downgrade`, as commander gives them. */
export interface DowngradeOptions extends CommonOptions {
  readonly yes?: boolean;
}

/**
 * Takes migrations back until the target is the newest, after saying what that loses. Throws
 * `ANSWER_NEEDED` (exit 2) where nobody said yes, `DATABASE_IN_USE` while anybody works on it.
 */
export async function downgradeAction(target: string, options: DowngradeOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const ended = await onDatabase(context, (order) =>
    downgradeDatabase(order, target, (way) => agreed(context, options, way)),
  );
  output.object(
    ended === undefined ? { reverted: [] } : { ...shapeOf(ended.way), done: ended.done },
  );
  if (ended === undefined) output.data('Nothing to do: the database is there already.');
  else if (!ended.done) output.data('Nothing was changed.');
  else {
    for (const { tag } of ended.way.steps) output.data(`took back ${tag}`);
    output.talk(
      'Now use the version of the program that knows this database: any command of this version but `harness db` brings it up again.',
    );
  }
}

function shapeOf({ from, to, steps, losses }: WayBack): Readonly<Record<string, unknown>> {
  return {
    from: from.tag,
    to: to?.tag ?? null,
    reverted: steps.map(({ tag }) => tag),
    lost: losses.map(({ what, rows }) => ({ what, rows })),
  };
}

async function agreed(
  { output, options: { input } }: Context,
  { yes }: DowngradeOptions,
  way: WayBack,
): Promise<boolean> {
  for (const line of lossLines(way)) output.talk(line);
  if (yes === true) return true;
  if (output.json || input === false || !process.stdin.isTTY || !process.stderr.isTTY)
    throw new HarnessError(
      'ANSWER_NEEDED',
      'Taking the database back loses what is listed here, and nobody can be asked; add --yes to do it',
      { exit: 2 },
    );
  return /^y(?:es)?$/iu.test((await answerTo('Lose this and go back? [y/N] ')).trim());
}

/** What a person typed; nothing when they interrupted it or ended the input. */
async function answerTo(question: string): Promise<string> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await asking.question(question);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return '';
    throw error;
  } finally {
    asking.close();
  }
}

function lossLines({ from, to, steps, losses }: WayBack): readonly string[] {
  const counted = losses.map(({ what, rows }) => [
    `  ${what}`,
    `${grouped(rows)} row${rows === 1 ? '' : 's'}`,
  ]);
  return [
    `From ${from.tag} to ${to?.tag ?? 'an empty database'}. What goes:`,
    ...steps.map(({ tag, words }) => `- ${tag}: ${words}`),
    ...(losses.length === 0 ? ['Nothing of that is stored here now.'] : ['In this database:']),
    ...table(counted, { right: [1] }),
  ];
}
