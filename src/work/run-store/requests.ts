/** What a request was answered, to be said again. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * `new`: carry it out, then `finish`. `answered`: it was, and this was said. `other`: another question
 * had this key. `busy`: it is being carried out.
 */
type RequestState =
  | { readonly kind: 'new' | 'other' | 'busy' }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer };

/** Requests that are carried out once however often they are sent; each is known for a day. */
export interface RequestRows {
  /** One that was begun over a minute ago and has no answer was cut off: it is `new` again. */
  begin(order: { readonly key: string; readonly fingerprint: string }): Promise<RequestState>;
  finish(key: string, answer: StoredAnswer): Promise<void>;
  /** It was not carried out: the next one with this key may be. */
  forget(key: string): Promise<void>;
}
