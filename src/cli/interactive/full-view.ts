import { createElement, useSyncExternalStore, type ReactElement } from 'react';
import { Box, render, Text, useCursor, useWindowSize, type Instance, type TextProps } from 'ink';
import { PassThrough } from 'node:stream';
import { fullScreen, type FullScreen } from './full-rows.ts';
import type { Row, Size, Tone } from './rows.ts';
import type { Screen } from './screen.ts';
import type { ScreenStore } from './store.ts';
import type { View } from './view.ts';

const LOOKS: Readonly<Record<Tone, Partial<TextProps>>> = {
  plain: {},
  dim: { dimColor: true },
  bold: { bold: true },
  good: { color: 'green' },
  bad: { color: 'red' },
  warn: { color: 'yellow' },
  accent: { color: 'cyan' },
};

/** How a full screen looks. */
interface Looks {
  readonly colors: boolean;
  /** The rows of a screen; absent: with the prompt. */
  readonly compose?: (screen: Screen, size: Size) => FullScreen;
}

interface FullProps extends Looks {
  readonly store: ScreenStore;
}

/** The whole terminal, drawn again where it changed. */
export function Full({ store, colors, compose = fullScreen }: FullProps): ReactElement {
  const screen = useSyncExternalStore(store.subscribe, store.screen);
  const size = useWindowSize();
  const { setCursorPosition } = useCursor();
  const { rows, cursor } = compose(screen, size);
  setCursorPosition(cursor ?? undefined);
  return createElement(
    Box,
    { flexDirection: 'column', width: size.columns, height: size.rows },
    rows.map((one, at) => createElement(Line, { key: at, row: one, colors })),
  );
}

function Line({ row, colors }: { readonly row: Row; readonly colors: boolean }): ReactElement {
  const spans = row.length === 0 ? [{ text: ' ', tone: 'plain' } as const] : row;
  return createElement(
    Text,
    { wrap: 'truncate' },
    spans.map(({ text, tone }, at) =>
      createElement(Text, { key: at, ...(colors ? LOOKS[tone] : {}) }, text),
    ),
  );
}

/** Draws on the alternate screen: what stood in the terminal before is there again afterwards. */
export function openFullView(store: ScreenStore, looks: Looks): View {
  let shown: Instance | undefined;
  const open = (): void => {
    shown = render(createElement(Full, { store, ...looks }), {
      // Keys are read elsewhere, by one reader for every view.
      stdin: new PassThrough(),
      exitOnCtrlC: false,
      patchConsole: false,
      interactive: true,
      alternateScreen: true,
      incrementalRendering: true,
      maxFps: 20,
    });
  };
  const close = (): void => {
    shown?.unmount();
    shown?.cleanup();
    shown = undefined;
  };
  open();
  return {
    pause: close,
    resume: open,
    redraw() {
      close();
      open();
    },
    async close() {
      const flushed = shown?.waitUntilExit();
      close();
      await flushed;
    },
  };
}
