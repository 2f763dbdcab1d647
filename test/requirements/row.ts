/** A promise of the project, and the tests that carry out its check. */
export interface Row {
  /** `R-001` and on; never used again for another promise. */
  readonly id: string;
  readonly promise: string;
  /** What has to be seen for the promise to be kept. */
  readonly check: string;
  /** Titles of tests, as they stand in the source, by the file they are in. None: the row is open. */
  readonly proved: Readonly<Record<string, readonly string[]>>;
}

export interface Proof {
  readonly file: string;
  readonly title: string;
}

export function proofsOf({ proved }: Pick<Row, 'proved'>): readonly Proof[] {
  return Object.entries(proved).flatMap(([file, titles]) =>
    titles.map((title) => ({ file, title })),
  );
}
