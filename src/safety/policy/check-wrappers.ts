import { judgeWord } from './call.ts';
import type { Call } from './spec.ts';
import { sameWays, type Ways } from './state.ts';
import { refuseVariable } from './variables.ts';
import { quoted, refuse } from './verdict.ts';
import { leadOf, literalOf, textWord, type Word } from './word.ts';

/** Runs the rest of its words as a command: nohup, nice, time. */
export function restCheck(call: Call): Ways {
  return call.run(call.operands);
}

/** timeout: a duration, then a command. */
export function timeoutCheck(call: Call): Ways {
  const [duration, ...rest] = call.operands;
  if (duration === undefined || !/^\d+(?:\.\d+)?[smhd]?$/u.test(literalOf(duration) ?? ''))
    refuse('argument', 'timeout begins with a duration.', 'Use timeout 60 COMMAND.');
  return call.run(rest);
}

/** env, cross-env: assignments, then a command. */
export function envCheck(call: Call): Ways {
  const words = [...call.operands];
  for (let name = assigned(words[0]); name !== null; name = assigned(words[0])) {
    refuseVariable(name);
    words.shift();
  }
  if (words.length === 0)
    refuse('argument', `${call.name} by itself shows variables.`, 'Name the command that it runs.');
  return call.run(words);
}

function assigned(word: Word | undefined): string | null {
  return word === undefined ? null : (/^([A-Za-z_]\w*)=/u.exec(leadOf(word))?.[1] ?? null);
}

/** xargs adds words that nobody knows: only what reads may run. */
export function xargsCheck(call: Call): Ways {
  return call.run(call.operands.length === 0 ? [textWord('echo')] : call.operands, {
    adding: true,
  });
}

/** npx, uvx and the like: a package's program, or one that is listed. */
export function packageCheck(call: Call): Ways {
  for (const { name, value } of call.options)
    if (value !== null && /^(?:-p|--package|--from|--with|--spec)$/u.test(name))
      refusePackage(value);
  const [first, ...rest] = call.operands;
  if (first === undefined) return refuse('argument', `${call.name} names no program.`, 'Name it.');
  const name =
    literalOf(first)
      ?.replace(/(?<=.)@[^/]*$/u, '')
      .replace(/[=<>[].*$/u, '') ?? '';
  return call.run([textWord(name), ...rest], { package: true });
}

/** A project's environment runs files of the project, and programs by their name. */
export function environmentCheck(call: Call): Ways {
  const [first] = call.operands;
  const name = first === undefined ? '' : (literalOf(first) ?? '');
  if (!/\.py$|\/|^-$/u.test(name)) return packageCheck(call);
  for (const word of call.operands) judgeWord(call, word, 'tool');
  return sameWays(call.state);
}

/** pnpm NAME, yarn NAME: a script of the project, else the program of that name. */
export function scriptCheck(call: Call): Ways {
  const name = call.name.slice(call.name.lastIndexOf(' ') + 1);
  // Only scripts have such names.
  if (/^\w[\w.-]*:[\w.:*-]+$/u.test(name)) {
    for (const word of call.words) judgeWord(call, word, 'tool');
    return sameWays(call.state);
  }
  return call.run([textWord(name), ...call.words], { package: true });
}

/** What would be fetched from elsewhere than a registry. */
export function refusePackage(word: Word): void {
  const text = literalOf(word) ?? leadOf(word);
  if (/:\/\/|^git[@+]|^github:|^gitlab:|^bitbucket:|^https?:/iu.test(text))
    refuse(
      'network',
      `${quoted(word.source)} is not in a package registry.`,
      'Name a package of the registry.',
    );
}

/** bash, sh: `-c TEXT` is judged as a script; a script of the project runs as any program does. */
export function shellCheck(call: Call): void {
  const given = call.options.find(({ name }) => name === '-c');
  const shell = call.name.endsWith('bash') ? 'bash' : 'sh';
  if (given === undefined) {
    refuseLookedUp(call);
    if (call.operands.length === 0 && !call.options.some(({ name }) => name === '--version'))
      refuse(
        'command',
        `${call.name} would run what it is fed.`,
        'Name a script of the project, or use -c.',
      );
    return;
  }
  const text = given.value === null ? null : literalOf(given.value);
  if (text === null)
    return refuse(
      'argument',
      `What ${call.name} -c would run is not known.`,
      'Write the commands out.',
    );
  call.script(text, shell);
}

/** A bare name is looked up on PATH where the folder has none of it. */
function refuseLookedUp({ name, operands: [script] }: Call): void {
  if (script !== undefined && !/[./]/u.test(leadOf(script)))
    refuse(
      'command',
      `${name} may find ${quoted(script.source)} elsewhere than in the project.`,
      'Name a script by its path: bash ./NAME.',
    );
}

/** concurrently and the like: each operand is a line for sh, or `npm:script`. */
export function linesCheck(call: Call): void {
  for (const word of call.operands) {
    const text = literalOf(word);
    if (text === null)
      return refuse(
        'argument',
        `What ${quoted(word.source)} would run is not known.`,
        'Write it out.',
      );
    if (!/^(?:npm|pnpm|yarn|bun):[\w:*-]+$/u.test(text)) call.script(text, 'sh');
  }
}

/** command -v NAME only looks. */
export function commandCheck(call: Call): void {
  const looks = call.options.some(({ name }) => name === '-v' || name === '-V');
  if (!looks)
    refuse(
      'command',
      'command runs another command.',
      'Name that command itself; use command -v to look for it.',
    );
}
