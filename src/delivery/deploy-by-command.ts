import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { DeployEnd } from '../domain/deploy.ts';
import type { DeploySettings } from '../domain/run.ts';
import { stripControls } from '../safety/strip-controls.ts';

export interface DeployOrder {
  readonly settings: DeploySettings;
  /** Checkout of exactly what is deployed. */
  readonly directory: string;
  /** The user's own folder of the project; commands see it as `HARNESS_PROJECT`. */
  readonly projectDirectory: string;
  readonly commit: string;
  /** The operator's environment: a deployment acts outside, on purpose, with the operator's rights. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redact: (text: string) => string;
  /** Ends it half way: nothing is probed or rolled back then, and nobody knows what stands. */
  readonly signal: AbortSignal;
}

/** Time to end by itself, once told to. */
const KILL_AFTER_MS = 1000;

/** How long a URL is asked before it counts as down. */
const PROBE_TRIES = 10;
const PROBE_PAUSE_MS = 1000;

/** Applies, probes, and rolls back when the probe says no. Exit codes decide, never words. */
export async function deployByCommand(order: DeployOrder): Promise<DeployEnd> {
  const { settings, commit } = order;
  const applied = await shell(order, settings.command);
  const healthy = applied.passed ? await probe(order) : applied;
  if (order.signal.aborted) return cutOff('the command or its probe was running');
  if (healthy.passed)
    return {
      status: 'deployed',
      detail: `deployed ${commit.slice(0, 12)}${settings.probe === null ? '' : ', probe passed'}`,
    };
  const what = applied.passed
    ? `the probe failed: ${healthy.output}`
    : `the command failed: ${applied.output}`;
  if (settings.rollback === null) return { status: 'failed', detail: what };
  const back = await shell(order, settings.rollback);
  if (order.signal.aborted) return cutOff(`${what}; the rollback was running`);
  return back.passed
    ? { status: 'rolled_back', detail: what }
    : { status: 'failed', detail: `${what}; and the rollback failed: ${back.output}` };
}

function cutOff(what: string): DeployEnd {
  return { status: 'aborted', detail: `stopped by request while ${what}: look what stands` };
}

interface Outcome {
  readonly passed: boolean;
  readonly output: string;
}

async function shell(order: DeployOrder, command: string): Promise<Outcome> {
  const result = await execa('sh', ['-c', command], {
    cwd: order.directory,
    env: {
      ...order.env,
      HARNESS_COMMIT: order.commit,
      HARNESS_PROJECT: order.projectDirectory,
    },
    extendEnv: false,
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: order.settings.timeoutMs,
    cancelSignal: order.signal,
    forceKillAfterDelay: KILL_AFTER_MS,
    killDescendants: true,
    // A deployment is not cut off half way by a terminal's Ctrl-C.
    detached: true,
    maxBuffer: 200_000_000,
  });
  const tail = stripControls(order.redact(result.all ?? ''))
    .trim()
    .slice(-1000);
  const how = result.timedOut ? 'timed out' : `exit ${result.exitCode ?? 'none'}`;
  return { passed: result.exitCode === 0, output: tail === '' ? how : `${how}: ${tail}` };
}

async function probe(order: DeployOrder): Promise<Outcome> {
  const { probe: how } = order.settings;
  if (how === null) return { passed: true, output: '' };
  return /^https?:\/\//.test(how) ? askUrl(how, order.signal) : shell(order, how);
}

async function askUrl(url: string, signal: AbortSignal): Promise<Outcome> {
  let output = '';
  for (let tries = 0; tries < PROBE_TRIES; tries += 1) {
    try {
      const within = AbortSignal.any([signal, AbortSignal.timeout(5000)]);
      const answer = await fetch(url, { redirect: 'manual', signal: within });
      await answer.body?.cancel();
      if (answer.ok) return { passed: true, output: '' };
      output = `${url} answered ${answer.status}`;
    } catch (error) {
      output = `${url}: ${String(error)}`;
    }
    if (signal.aborted) break;
    await sleep(PROBE_PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
  return { passed: false, output };
}
