import { HarnessError } from '../domain/errors.ts';

/** The refusal of something that has a name and no inside yet. */
export function notBuilt(what: string): HarnessError {
  return new HarnessError(
    'NOT_BUILT',
    `${what} is not built yet; \`harness --help\` lists what is`,
    {
      exit: 2,
    },
  );
}
