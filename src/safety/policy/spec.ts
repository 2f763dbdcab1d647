import type { Place } from './jail.ts';
import type { State, Ways } from './state.ts';
import type { Word } from './word.ts';

/**
 * What a word of a command names. `text` is judged no further; `read`, `write` and `remove` are
 * paths; `tool` may be a path, which must not lead outside; `inside` is a path within the project.
 */
export type Kind = 'text' | 'read' | 'write' | 'remove' | 'tool' | 'inside' | 'url';

/** What a command may be called with. Nothing that is not said here is allowed. */
export interface Spec {
  /**
   * Its options with blanks between: `-l`, `-n=` (with a value), `--color=?` (value only after =),
   * `-o=write` (its value is a path), `-#` (a number by itself, as in `head -20`).
   */
  readonly options?: string;
  /** What its operands are, the last for all that follow; none given: it takes none. */
  readonly operands?: Kind | readonly Kind[];
  /** What its last operand is, where it differs. */
  readonly last?: Kind;
  /** It runs the project's own code anyway: any option will do, but for these. */
  readonly loose?: true | { readonly but: string };
  /** A word that is not known beforehand may not stand where it could become an option. */
  readonly guarded?: true;
  /** Its options end with its first operand. */
  readonly posix?: true;
  readonly subcommands?: Readonly<Record<string, Spec>>;
  /** For a subcommand that has no entry. */
  readonly other?: Spec;
  /** Never, with what to do instead. */
  readonly never?: string;
  /** Judges what the table can't say; gives the ways on where they differ. */
  readonly check?: Check;
}

/** A validator: refuses by throwing, may judge inner commands, may say how the shell goes on. */
export type Check = (call: Call) => Ways | void;

/** An option as it was given, under the name of its row. */
export interface GivenOption {
  readonly name: string;
  /** Null: it takes none. */
  readonly value: Word | null;
}

/** Rows by the plain name of the program. */
export type Commands = Readonly<Record<string, Spec>>;

/** A command with its words, where it is judged, and how to judge what it runs in turn. */
export interface Call {
  readonly name: string;
  readonly words: readonly Word[];
  readonly options: readonly GivenOption[];
  readonly operands: readonly Word[];
  readonly place: Place;
  readonly state: State;
  /** Judges the command that this one runs. */
  readonly run: (words: readonly Word[], how?: Running) => Ways;
  /** Judges a text that a shell runs. */
  readonly script: (text: string, shell: 'bash' | 'sh') => void;
}

/** How a command is run by another one. */
export interface Running {
  /** More words are added that nobody knows: only what merely reads may run. */
  readonly adding?: true;
  /** Its name is that of a package of the registry. */
  readonly package?: true;
}
