import type { Output } from '../output.ts';
import { fitted, safeLines } from './cells.ts';
import type { TalkLine } from './screen.ts';
import { isTakenHere } from './slash.ts';
import type { ScreenStore } from './store.ts';

/** Commands that the prompt may know too, by the names that messages use; a shell's own stay its own. */
const BOTH =
  /`harness (approve|reject|resume|stop|status|why|items|cost|logs|projects)\b([^`]*)`(?! in a shell)/gu;

/** Messages name commands of a shell; whoever sits at the prompt types those that the prompt takes. */
export function asTypedHere(text: string): string {
  return text.replaceAll(BOTH, (whole, name: string, words: string) => {
    const rest = words
      .replace(/ --state \S+/u, '')
      .replace(' --reason TEXT', ' REASON')
      .replace(/^ -f --item /u, ' ');
    return isTakenHere(name, rest.trim()) ? `\`/${name}${rest}\`` : whole;
  });
}

/** Nobody reads on in a line that is longer. */
const LONGEST = 2000;

/** Text of unknown origin as lines of the talk. */
export function talkLines(kind: TalkLine['kind'], text: string): readonly TalkLine[] {
  return safeLines(asTypedHere(text)).map((line) => ({ kind, text: fitted(line, LONGEST) }));
}

/** The output of commands, said in the terminal's talk. */
export function screenOutput(store: ScreenStore, verbose: boolean): Output {
  const say = (kind: TalkLine['kind'], text: string): void =>
    store.dispatch({ type: 'talk', lines: talkLines(kind, text) });
  return {
    json: false,
    verbose,
    data: (line) => say('told', line),
    object: () => undefined,
    talk: (line) => say('told', line),
    warn: (line) => say('warned', line),
  };
}
