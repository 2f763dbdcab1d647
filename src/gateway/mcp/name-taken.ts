import { HarnessError } from '../../domain/errors.ts';

/** `MCP_NAME_TAKEN` (exit 2): an operator's server would stand in for one that the harness adds. */
export function nameTaken(name: string): HarnessError {
  return new HarnessError(
    'MCP_NAME_TAKEN',
    `mcp.${name} in orchestrator.yaml has the name of a server that the harness itself adds to these sessions; give it another name`,
    { exit: 2 },
  );
}

/** What agents call the tracker's server, whichever it is: its tools have Linear's names. */
export const TRACKER_SERVER = 'linear';

/** Throws `MCP_NAME_TAKEN` (exit 2) where an operator's server has the tracker's name. */
export function refuseTrackerName(servers: readonly { readonly name: string }[]): void {
  if (servers.some(({ name }) => name === TRACKER_SERVER)) throw nameTaken(TRACKER_SERVER);
}
