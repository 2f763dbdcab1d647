/** One way to break a promise: a text of the product that is replaced, and the proof that has to notice. */
export interface Mutation {
  readonly row: string;
  /** A file of the product, and a text that stands in it once. */
  readonly file: string;
  readonly text: string;
  readonly instead: string;
  /** The test that has to go red, by its title as written. */
  readonly test: string;
  readonly title: string;
}
