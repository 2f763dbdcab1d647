import { stripControls } from '../app.ts';

/** How a command speaks: data on stdout, talk on stderr. */
export interface Output {
  /** One JSON object a line instead of text. */
  readonly json: boolean;
  readonly verbose: boolean;
  /** A line of the result; text of others loses its control sequences. */
  data(line: string): void;
  /** An object of the result, in JSON mode only. */
  object(value: unknown): void;
  /** A word on the side; silent with --quiet. */
  talk(line: string): void;
  warn(line: string): void;
}

export interface OutputOptions {
  readonly json?: boolean;
  readonly output?: 'tui' | 'plain' | 'json';
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

function err(line: string): void {
  process.stderr.write(`${stripControls(line)}\n`);
}

export function createOutput(options: OutputOptions): Output {
  const json = options.json === true || options.output === 'json';
  return {
    json,
    verbose: options.verbose === true,
    data: (line) => {
      if (!json) process.stdout.write(`${stripControls(line)}\n`);
    },
    object: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    talk: (line) => {
      if (options.quiet !== true) err(line);
    },
    warn: err,
  };
}

/** A reader that went away (`| head`) ends the program quietly. */
export function quietPipes(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
}
