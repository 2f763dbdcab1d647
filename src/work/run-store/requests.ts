/** What a request was answered, to be said again. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * `new`: carry it out, then `finish`. `answered`: it was, and this was said. `other`: another question
 * had this key. `open`: `owner` took it (null: an older version did), and has not answered; `young`: within the
 * last minute.
 */
type RequestState =
  | { readonly kind: 'new' }
  | { readonly kind: 'other' }
  | { readonly kind: 'open'; readonly owner: string | null; readonly young: boolean }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer };

/** Requests that are carried out once however often they are sent; each is known for a day. */
export interface RequestRows {
  /** A key that was taken is never new again: whether its owner carried it out can't be seen here. */
  begin(order: {
    readonly key: string;
    readonly fingerprint: string;
    readonly owner: string;
  }): Promise<RequestState>;
  finish(key: string, answer: StoredAnswer): Promise<void>;
  /** It was not carried out: the next one with this key may be. */
  forget(key: string): Promise<void>;
}
