import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { commandChecker, plainJson } from '../app.ts';
import { HarnessError, messageOf } from '../domain/errors.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, type Context } from './context.ts';

/** Flags of `policy check`. */
export interface PolicyOptions extends CommonOptions {
  readonly profile?: 'standard' | 'seed';
  readonly stdin?: boolean;
  readonly file?: string;
}

type Check = Awaited<ReturnType<typeof commandChecker>>;

/**
 * Says what the bash policy makes of a command: exit status 0 when it would run, 1 when it would
 * not. With `--stdin` it answers each line and ends with 0.
 */
export async function policyCheckAction(
  command: string | undefined,
  options: PolicyOptions,
): Promise<void> {
  const context = openContext(options);
  const check = await openChecker(context, options);
  if (options.stdin === true) return answerLines(check);
  const checked = await commandFrom(command, options);
  const allowed = show(context, check, checked);
  process.exitCode = allowed ? 0 : 1;
}

function openChecker({ config, cwd }: Context, { profile }: PolicyOptions): Promise<Check> {
  const directory = config.projectDirectory ?? cwd;
  return commandChecker({ config, profile: profile ?? null, directory: resolve(directory) });
}

async function commandFrom(command: string | undefined, { file }: PolicyOptions): Promise<string> {
  if ((command === undefined) === (file === undefined))
    throw new HarnessError(
      'USAGE',
      'Name one command to check: `harness policy check "npm test"`, `-` for standard input, `--file FILE`, or `--stdin` for many',
      { exit: 2 },
    );
  if (file !== undefined) return readFile(file, 'utf8').catch((error) => unreadable(file, error));
  return command === undefined || command === '-' ? text(process.stdin) : command;
}

function unreadable(file: string, error: unknown): never {
  throw new HarnessError('USAGE', `Can't read ${file}: ${messageOf(error)}`, { exit: 2 });
}

function show({ output }: Context, check: Check, command: string): boolean {
  const verdict = check(command);
  output.object(answerOf(command, verdict));
  const allowed = verdict.decision === 'allow';
  output.data(allowed ? 'allow' : `deny (${verdict.rule}): ${verdict.reason}`);
  output.data(`commands: ${verdict.commands.length === 0 ? 'none' : verdict.commands.join(', ')}`);
  return allowed;
}

function answerOf(command: string, verdict: ReturnType<Check>): Readonly<Record<string, unknown>> {
  return verdict.decision === 'allow'
    ? {
        command,
        decision: 'allow',
        reason: 'Each of its commands is allowed.',
        commands: verdict.commands,
      }
    : {
        command,
        decision: 'deny',
        reason: verdict.reason,
        rule: verdict.rule,
        commands: verdict.commands,
      };
}

const lineSchema = z.object({ command: z.string() });

/** `{"command"}` in, a verdict out, line by line and in order. */
async function answerLines(check: Check): Promise<void> {
  let number = 0;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() === '') continue;
    const { command } = parsedLine(line, number);
    process.stdout.write(`${plainJson(answerOf(command, check(command)))}\n`);
  }
}

function parsedLine(line: string, number: number): z.infer<typeof lineSchema> {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch (error) {
    throw new HarnessError(
      'USAGE',
      `Line ${number} of standard input is no {"command": "..."} (${messageOf(error).split('\n', 1)[0] ?? ''}); one JSON object a line is read`,
      { exit: 2 },
    );
  }
}
