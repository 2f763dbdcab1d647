/** A Postgres server the program may use until it lets go of it. */
export interface DatabaseServer {
  readonly kind: 'embedded' | 'external';
  /**
   * Where the program's database is, password included: never to be shown. An embedded server that
   * had to be started again keeps its port unless somebody took it meanwhile.
   */
  readonly url: string;
  /** Resolves when the server answers; an embedded one that was killed is started again first. */
  ensure(): Promise<void>;
  /** Lets go of it. The last process out stops an embedded server; close your pools before. Idempotent. */
  release(): Promise<void>;
}
