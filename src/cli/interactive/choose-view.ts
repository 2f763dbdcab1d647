/** What decides how the interactive terminal looks. */
export interface Surroundings {
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  /** The variables of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly options: {
    readonly output?: 'tui' | 'plain' | 'json';
    readonly json?: boolean;
    readonly input?: boolean;
    readonly interactive?: boolean;
    readonly color?: boolean;
  };
}

export type ViewKind = 'full' | 'plain' | 'none';

/**
 * `none` where there is nobody to ask, or a program reads. `plain` for terminals that know no
 * sequences, and for whoever has the screen read out.
 */
export function chooseView(surroundings: Surroundings): ViewKind {
  const { stdinIsTerminal, stdoutIsTerminal, env, options } = surroundings;
  if (!stdinIsTerminal || !stdoutIsTerminal || !wanted(options)) return 'none';
  if (options.output !== undefined) return options.output === 'plain' ? 'plain' : 'full';
  return env['TERM'] === 'dumb' || readOut(env) ? 'plain' : 'full';
}

function wanted({ input, interactive, json, output }: Surroundings['options']): boolean {
  return input !== false && interactive !== false && json !== true && output !== 'json';
}

/** The variable by which users of screen readers tell terminal programs built like this one. */
function readOut(env: Surroundings['env']): boolean {
  return env['INK_SCREEN_READER'] === 'true';
}

/** https://no-color.org: any value but an empty one. */
export function wantsColors({ env, options }: Surroundings): boolean {
  return options.color !== false && (env['NO_COLOR'] ?? '') === '';
}
