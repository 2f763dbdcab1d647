import { FILE_PROBES, TOOL_PROBES } from './file-probes.ts';
import { GIT_PROBES } from './git-probes.ts';
import { NETWORK_PROBES } from './network-probes.ts';
import type { Probe } from './probe.ts';
import { LIMIT_PROBES, PROCESS_PROBES } from './process-probes.ts';

/** Every way out that is tried, in this order. */
export const PROBES: readonly Probe[] = [
  ...FILE_PROBES,
  ...TOOL_PROBES,
  ...PROCESS_PROBES,
  ...NETWORK_PROBES,
  ...GIT_PROBES,
  ...LIMIT_PROBES,
];
