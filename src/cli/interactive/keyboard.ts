import { createKeyDecoder, type Key } from './keys.ts';

/** The keys of a terminal, while they are ours. */
export interface Keyboard {
  /** Gives the terminal away, to an editor. */
  pause(): void;
  resume(): void;
  close(): void;
}

export interface KeyboardOrder {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Whether the terminal understands sequences: it is asked to tell what is pasted from what is typed. */
  readonly smart: boolean;
  readonly heard: (key: Key) => void;
  /** The terminal is gone. */
  readonly gone: () => void;
}

/** The rest of a sequence follows within this; an escape that stands alone is the key. */
const ESCAPE_MS = 40;

/** Reads keys one by one, for every view. */
export function openKeyboard(order: KeyboardOrder): Keyboard {
  const { stdin, stdout, smart, heard, gone } = order;
  const decoder = createKeyDecoder();
  let timer: NodeJS.Timeout | undefined;
  const tell = (keys: readonly Key[]): void => {
    for (const key of keys) heard(key);
  };
  const read = (text: string): void => {
    clearTimeout(timer);
    tell(decoder.feed(text));
    if (decoder.waits()) timer = setTimeout(() => tell(decoder.flush()), ESCAPE_MS);
  };
  const pause = (): void => {
    clearTimeout(timer);
    stdin.off('data', read);
    if (smart) stdout.write('\u001B[?2004l');
    stdin.setRawMode(false);
    stdin.pause();
  };
  const resume = (): void => {
    stdin.setRawMode(true);
    if (smart) stdout.write('\u001B[?2004h');
    stdin.on('data', read);
    stdin.resume();
  };
  stdin.setEncoding('utf8');
  stdin.on('end', gone);
  stdin.on('error', gone);
  resume();
  return {
    pause,
    resume,
    close() {
      stdin.off('end', gone);
      if (stdin.destroyed) return;
      pause();
    },
  };
}
