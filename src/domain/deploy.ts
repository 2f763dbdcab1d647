/** How a deployment ended. */
export interface DeployEnd {
  /**
   * `aborted`: somebody stopped it half way. `unknown`: it was begun, and nobody was left to see its
   * end. Neither says what users have now.
   */
  readonly status: 'deployed' | 'rolled_back' | 'failed' | 'aborted' | 'unknown';
  readonly detail: string;
}
