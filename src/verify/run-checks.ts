import type { Check, Evidence } from '../domain/check.ts';
import type { ServiceSettings } from '../domain/run.ts';
import type { Box, BoxResult } from '../safety/box.ts';
import { stripControls } from '../safety/strip-controls.ts';
import { servicesFailed, withServices } from '../workspaces/environment/services.ts';
import { inspectFile } from './inspect-file.ts';

export interface CheckOrder {
  readonly box: Box;
  /** Pristine checkout of the tree; commands may write in it, nobody uses it afterwards. */
  readonly directory: string;
  readonly checks: readonly Check[];
  /** Variables of the project's environment recipe, secrets it names included. */
  readonly env: Readonly<Record<string, string>>;
  /** Git objects that the checkout borrows. */
  readonly readable: readonly string[];
  readonly services: readonly ServiceSettings[];
  /** Git tree that the checkout holds. */
  readonly tree: string;
  /** Wall clock of one command, its services' start included. */
  readonly timeoutMs: number;
  /** How often a failed command is tried again; 0: never. */
  readonly flakyRetries: number;
  /** Takes known secrets out of a text. */
  readonly redact: (text: string) => string;
  readonly signal?: AbortSignal;
}

/** What evidence keeps of an output, characters. */
const TAIL = 4096;

type Finding = Pick<Evidence, 'verdict' | 'exit' | 'tail' | 'durationMs'>;

/**
 * Runs every check, in order, whatever the ones before said: an agent needs all the reasons.
 * Commands run sealed and without a wire. Never throws for what a check does; what could not be
 * judged is `could_not_run`, never a pass (I3).
 */
export async function runChecks(order: CheckOrder): Promise<Evidence[]> {
  const evidence: Evidence[] = [];
  for (const check of order.checks) {
    const finding = order.signal?.aborted === true ? STOPPED : await judge(check, order);
    evidence.push({
      check,
      ...finding,
      tail: order.redact(stripControls(finding.tail)).slice(-TAIL),
      tree: order.tree,
    });
  }
  return evidence;
}

const STOPPED: Finding = {
  verdict: 'could_not_run',
  exit: null,
  tail: 'stopped before it was run',
  durationMs: 0,
};

async function judge(check: Check, order: CheckOrder): Promise<Finding> {
  if (check.kind === 'command') return judgeCommand(check, order);
  const { verdict, reason } = await inspectFile(order.directory, check);
  return { verdict, exit: null, tail: reason, durationMs: 0 };
}

type CommandCheck = Extract<Check, { kind: 'command' }>;

/** A pass after a failure is a pass that says so: flaky checks stay visible. */
async function judgeCommand(check: CommandCheck, order: CheckOrder): Promise<Finding> {
  let finding = await runOnce(check, order);
  let failures = 0;
  while (finding.verdict === 'failed' && failures < order.flakyRetries) {
    failures += 1;
    finding = await runOnce(check, order);
  }
  if (failures === 0 || finding.verdict !== 'passed') return finding;
  const times = failures === 1 ? 'once' : `${failures} times`;
  return { ...finding, tail: `${finding.tail}\n(flaky: it failed ${times} before it passed)` };
}

async function runOnce(check: CommandCheck, order: CheckOrder): Promise<Finding> {
  const result = await order.box.run({
    command: withServices(order.services, ['sh', '-c', check.run]),
    cwd: order.directory,
    writable: [order.directory],
    readable: order.readable,
    env: order.env,
    socket: null,
    stdin: 'ignore',
    timeoutMs: order.timeoutMs,
    ...(order.signal === undefined ? {} : { signal: order.signal }),
  });
  const obstacle = obstacleOf(result, order);
  const { exit, output, durationMs } = result;
  if (obstacle !== undefined)
    return { verdict: 'could_not_run', exit, tail: `${output}\n(${obstacle})`, durationMs };
  return { verdict: exit === check.exit ? 'passed' : 'failed', exit, tail: output, durationMs };
}

/** What kept the command from being judged; undefined: its exit status counts. */
function obstacleOf(result: BoxResult, order: CheckOrder): string | undefined {
  if (result.timedOut) return `stopped after ${Math.round(order.timeoutMs / 1000)} s`;
  if (result.exit === null) return 'it ended without an exit status';
  if (servicesFailed(result)) return 'a service it needs does not answer';
  const missing = /not found|permission denied|cannot execute|no such file/iu.test(result.output);
  if ((result.exit === 126 || result.exit === 127) && missing)
    return 'a program it needs is missing';
  return undefined;
}
