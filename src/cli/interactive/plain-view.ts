import { columnsOf, fitted, safeLine, safeLines } from './cells.ts';
import { hintOf } from './hint.ts';
import type { Pager, Screen, TalkLine } from './screen.ts';
import type { ScreenStore } from './store.ts';
import type { View } from './view.ts';

/**
 * Line after line and a prompt, without a single control sequence: for terminals that know none, and
 * for whoever has the screen read out.
 */
export function openPlainView(store: ScreenStore, stdout: NodeJS.WriteStream): View {
  const plain = new PlainView(store, stdout);
  plain.resume();
  return plain;
}

class PlainView implements View {
  readonly #store: ScreenStore;
  readonly #stdout: NodeJS.WriteStream;
  #silence: (() => void) | undefined;
  #told: TalkLine | undefined;
  #hint = '';
  #pager: Pager | null = null;
  /** Lines of the watched agent that were printed. */
  #heard: { readonly session: string; readonly last: string | undefined } | undefined;
  /** Columns of the prompt as it stands there. */
  #drawn = 0;

  constructor(store: ScreenStore, stdout: NodeJS.WriteStream) {
    this.#store = store;
    this.#stdout = stdout;
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
    const lines = [...this.#newTalk(screen), ...this.#newOutput(screen), ...this.#newPager(screen)];
    const hint = hintOf(screen);
    if (hint !== this.#hint) lines.push(`(${hint})`);
    this.#hint = hint;
    if (lines.length > 0) this.#erase();
    for (const line of lines) this.#stdout.write(`${line}\n`);
    this.#draw(screen);
  }

  #newTalk({ talk }: Screen): string[] {
    const from = this.#told === undefined ? 0 : talk.lastIndexOf(this.#told) + 1;
    this.#told = talk.at(-1) ?? this.#told;
    return talk.slice(from).map(({ kind, text }) => (kind === 'typed' ? `> ${text}` : text));
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
    return lines.slice(from).map((line) => `${name} | ${line}`);
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
    return [`--- ${safeLine(title)}`, ...lines, `--- ${keys}`];
  }

  /** What the prompt covered is covered with spaces: no sequence is needed for that. */
  #erase(): void {
    if (this.#drawn > 0) this.#stdout.write(`\r${' '.repeat(this.#drawn)}\r`);
    this.#drawn = 0;
  }

  #draw({ editor, pager }: Screen): void {
    const { text, cursor } = editor;
    const start = cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1;
    const [line = ''] = text.slice(start).split('\n', 1);
    const mark =
      pager === null
        ? `${text.includes('\n') ? `[${text.split('\n').length} lines] ` : ''}> `
        : ': ';
    const room = Math.max(10, (this.#stdout.columns ?? 80) - mark.length - 2);
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
