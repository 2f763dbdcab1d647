/** What is shown in a secret's place, everywhere. */
export const MASK = '***';

/**
 * A value that must never be seen: printing, inspecting or serialising it gives `***`. Only
 * `reveal()` gives the text, so every place that uses one can be found by that word.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    Object.freeze(this);
  }

  /** The text itself, for the one call that needs it. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return MASK;
  }
}
