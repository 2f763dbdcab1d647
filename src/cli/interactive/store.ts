import type { Key } from './keys.ts';
import { press } from './press.ts';
import { reduceScreen, type Intent, type Screen, type ScreenSignal } from './screen.ts';

/** Holds the one screen that all views show. */
export interface ScreenStore {
  readonly screen: () => Screen;
  readonly dispatch: (signal: ScreenSignal) => void;
  /** What the key leads to; the screen has changed already. */
  readonly press: (key: Key) => readonly Intent[];
  /** Calls back after each change; returns how to stop. */
  readonly subscribe: (changed: () => void) => () => void;
}

export function createScreenStore(first: Screen): ScreenStore {
  let screen = first;
  const listeners = new Set<() => void>();
  const set = (next: Screen): void => {
    if (next === screen) return;
    screen = next;
    for (const changed of listeners) changed();
  };
  return {
    screen: () => screen,
    dispatch: (signal) => set(reduceScreen(screen, signal)),
    press(key) {
      const pressed = press(screen, key);
      set(pressed.screen);
      return pressed.intents;
    },
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}
