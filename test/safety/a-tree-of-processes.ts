import { readdirSync, readFileSync } from 'node:fs';

/** Argument lists of all live processes that name this text. */
export function processesNaming(text: string): readonly (readonly string[])[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map((pid) => argumentsOf(pid))
    .filter((args) => args.some((arg) => arg.includes(text)));
}

function argumentsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
