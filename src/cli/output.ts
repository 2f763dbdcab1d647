import { plainJson, stripControls } from '../app.ts';
import { HarnessError } from '../domain/errors.ts';
import type { CommonOptions } from './common-options.ts';
import { typedHere, type Typed } from './own-command.ts';
import { hung, lineWidth } from './table.ts';

/** How a command speaks: data on stdout, talk on stderr. */
export interface Output {
  /** One JSON object a line instead of text. */
  readonly json: boolean;
  readonly verbose: boolean;
  /** A line of the result; text of others loses its control sequences, commands become what the person types.
   * On a terminal, what is longer than its line goes on below, `hang` columns in. */
  data(line: string, hang?: number): void;
  /** An object of the result, in JSON mode only. */
  object(value: unknown): void;
  /** A word on the side; silent with --quiet. */
  talk(line: string): void;
  warn(line: string): void;
}

function writeTo(stream: NodeJS.WriteStream, typed: Typed): (line: string, hang?: number) => void {
  return (line, hang) => {
    const text = stripControls(typed(line));
    const lines = hang === undefined ? [text] : hung(text, { width: lineWidth(), hang });
    stream.write(`${lines.join('\n')}\n`);
  };
}

/** Throws `USAGE` (exit 2) for the full screen, which is the prompt's alone. */
export function createOutput(options: CommonOptions): Output {
  if (options.output === 'tui') throw promptOnly();
  const typed = typedHere();
  const [out, err] = [writeTo(process.stdout, typed), writeTo(process.stderr, typed)];
  const json = options.json === true || options.output === 'json';
  return {
    json,
    verbose: options.verbose === true,
    data: (line, hang) => {
      if (!json) out(line, hang);
    },
    object: (value) => {
      if (json) process.stdout.write(`${plainJson(value)}\n`);
    },
    talk: (line) => {
      if (options.quiet !== true) err(line);
    },
    warn: err,
  };
}

function promptOnly(): HarnessError {
  return new HarnessError(
    'USAGE',
    'The full screen is for `harness` without a command, in a terminal; this command prints lines: leave `--output tui` out',
    { exit: 2 },
  );
}
