import { columnsOf, fitted, safeLine, safeLines, wrapped } from './cells.ts';
import { EMPTY_EDITOR } from './editor.ts';
import { hangOfText, type Pager } from './pager.ts';
import { hangOf } from './talk-rows.ts';
import { hintLine, hintOf } from './hint.ts';
import type { Screen, TalkLine } from './screen.ts';
import type { ScreenStore } from './store.ts';
import type { View } from './view.ts';

/** What is written to; columns: how wide it is, where it knows. */
export type PlainTerminal = Pick<NodeJS.WriteStream, 'write'> & { readonly columns?: number };

/**
 * Line after line and a prompt, without a single control sequence: for terminals that know none, and
 * for whoever has the screen read out.
 */
export function openPlainView(
  store: ScreenStore,
  stdout: PlainTerminal,
  { prompt = true }: { readonly prompt?: boolean } = {},
): View {
  const plain = new PlainView(store, stdout, prompt);
  plain.resume();
  return plain;
}

/** Narrower ones are written to as if they were so wide. */
const MIN_COLUMNS = 20;

class PlainView implements View {
  readonly #store: ScreenStore;
  readonly #stdout: PlainTerminal;
  /** Whether there is anything to type. */
  readonly #prompt: boolean;
  #silence: (() => void) | undefined;
  #told: TalkLine | undefined;
  #hint = '';
  #head = '';
  #pager: Pager | null = null;
  /** Lines of the watched agent that were printed. */
  #heard: { readonly session: string; readonly last: string | undefined } | undefined;
  /** Columns of the prompt as it stands there. */
  #drawn = 0;

  constructor(store: ScreenStore, stdout: PlainTerminal, prompt: boolean) {
    this.#store = store;
    this.#stdout = stdout;
    this.#prompt = prompt;
  }

  pause(): void {
    this.#silence?.();
    this.#erase();
  }

  resume(): void {
    this.#silence = this.#store.subscribe(() => this.#show());
    this.#show();
  }

  redraw(): void {
    this.#stdout.write('\n');
    this.#drawn = 0;
    this.#show();
  }

  async close(): Promise<void> {
    this.pause();
    await new Promise<void>((resolve) => {
      this.#stdout.write('', () => resolve());
    });
  }

  #show(): void {
    const screen = this.#store.screen();
    const lines = [
      ...this.#newTalk(screen),
      ...this.#newOutput(screen),
      ...this.#newPager(screen),
      ...this.#newHead(screen),
      ...(this.#prompt ? this.#newHint(screen) : []),
    ];
    if (lines.length > 0) this.#erase();
    for (const line of lines) this.#stdout.write(`${line}\n`);
    if (this.#prompt) this.#draw(screen);
  }

  /** A line that is longer than the terminal is wide goes on below, broken at a space. */
  #lines(text: string, hang = 0): readonly string[] {
    return wrapped(text, this.#columns(), hang);
  }

  #columns(): number {
    return Math.max(MIN_COLUMNS, this.#stdout.columns ?? 80);
  }

  /** Which run it is and how it stands, where that has changed. */
  #newHead({ project, live }: Screen): readonly string[] {
    const head =
      project === null ? '' : `${safeLine(project.name)}: ${live.status.replace('_', ' ')}`;
    if (head === this.#head) return [];
    this.#head = head;
    return head === '' ? [] : this.#lines(`--- ${head}${live.rehearsal ? ' (rehearsal)' : ''}`);
  }

  #newHint(screen: Screen): readonly string[] {
    const hint = hintLine(hintOf(screen), Number.POSITIVE_INFINITY);
    if (hint === this.#hint) return [];
    this.#hint = hint;
    return this.#lines(`(${hint})`);
  }

  #newTalk({ talk }: Screen): string[] {
    const from = this.#told === undefined ? 0 : talk.lastIndexOf(this.#told) + 1;
    this.#told = talk.at(-1) ?? this.#told;
    return talk
      .slice(from)
      .flatMap(({ kind, text }) =>
        this.#lines(kind === 'typed' ? `> ${text}` : text, hangOf(kind)),
      );
  }

  #newOutput({ watched, outputs, live }: Screen): string[] {
    if (watched === null) return [];
    const lines = outputs.get(watched) ?? [];
    const before = this.#heard?.session === watched ? this.#heard.last : undefined;
    const from =
      before === undefined ? Math.max(0, lines.length - 10) : lines.lastIndexOf(before) + 1;
    this.#heard = { session: watched, last: lines.at(-1) };
    const agent = live.agents.find(({ session }) => session === watched);
    const name = safeLine(agent?.item ?? agent?.role ?? '');
    return lines.slice(from).flatMap((line) => this.#lines(`${name} | ${line}`));
  }

  #newPager({ pager }: Screen): string[] {
    const opened = pager !== null && this.#pager?.lines !== pager.lines;
    this.#pager = pager;
    if (!opened) return [];
    const { title, lines, question } = pager;
    const keys =
      question === null
        ? 'q goes on'
        : `a approves, ${question.editable ? 'e edits, ' : ''}r rejects, q goes back`;
    const read = lines.flatMap((line) => this.#lines(line, hangOfText(line)));
    return [`--- ${safeLine(title)}`, ...read, `--- ${keys}`];
  }

  /** What the prompt covered is covered with spaces: no sequence is needed for that. */
  #erase(): void {
    if (this.#drawn > 0) this.#stdout.write(`\r${' '.repeat(this.#drawn)}\r`);
    this.#drawn = 0;
  }

  #draw({ editor, pager }: Screen): void {
    const { text, cursor } = pager === null ? editor : EMPTY_EDITOR;
    const start = cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1;
    const [line = ''] = text.slice(start).split('\n', 1);
    const mark =
      pager === null
        ? `${text.includes('\n') ? `[${text.split('\n').length} lines] ` : ''}> `
        : ': ';
    const room = this.#columns() - mark.length - 2;
    const shown = mark + tail(safeLines(line).join(' '), room);
    const wide = columnsOf(shown);
    this.#stdout.write(`\r${shown}${' '.repeat(Math.max(0, this.#drawn - wide))}\r${shown}`);
    this.#drawn = wide;
  }
}

/** The end of a line: that is where it is typed. */
function tail(line: string, columns: number): string {
  if (columnsOf(line) <= columns) return line;
  return `…${fitted(line.slice(-(columns - 2)), columns - 1)}`;
}
