/**
 * A broken promise: something the caller was entitled to did not hold. Expected ends (a failed
 * session, a red check) are values, never this.
 */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
  /** Stable, upper-case, for programs: `CONFIG_INVALID`, `CLAIM_LOST`. */
  readonly code: string;
  /** The process's exit status when this ends a command (see docs/spec.md). */
  readonly exit: number;

  /** @param message What happened, where, and what to do about it, in that order. */
  constructor(
    code: string,
    message: string,
    options: { readonly exit?: number; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.exit = options.exit ?? 1;
  }
}

/** Whether `error` is a HarnessError of this code; works on values that crossed a module copy. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied',
};

/** Why a file a person named could not be read, in their words where it is one of the usual causes. */
export function unreadableFor(error: unknown): string {
  const code = Object.keys(CAUSES).find((name) => hasCode(error, name));
  return CAUSES[code ?? ''] ?? messageOf(error);
}

/** The text of anything thrown, for messages and events. Never a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
