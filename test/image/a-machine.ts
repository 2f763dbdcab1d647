import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { processEnvironment } from '../../src/config/variables.ts';
import { composition } from '../containers/compose-file.ts';
import { ImageConfig, runtimeConfig, type ContainerOrder } from './runtime-config.ts';

interface Ended {
  readonly exit: number | null;
  readonly output: string;
}

interface RunningContainer {
  readonly ended: Promise<Ended>;
  /** Resolves when the output so far matches; throws with it when the container ends before. */
  heard(pattern: RegExp): Promise<void>;
  /** To the runtime, which hands it to the first process. */
  signal(name: NodeJS.Signals): void;
}

interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** As an engine confines containers that say nothing; otherwise as the Compose file says. */
  readonly usual?: boolean;
  /** Words of the first process in place of the image's entry point. */
  readonly instead?: boolean;
}

/** Throws with everything that was said when the exit status is another. */
export function proveExit({ exit, output }: Ended, wanted: number): void {
  if (exit !== wanted) throw new Error(`exit ${exit}, not ${wanted}:\n${output}`);
}

/** A place to run the image in, with volumes of its own that last over its containers. */
export interface Machine extends AsyncDisposable {
  readonly image: ImageConfig;
  /** Folders of this machine by the paths at which the containers see them. */
  readonly volumes: Readonly<Record<string, string>>;
  start(words: readonly string[], options?: StartOptions): Promise<RunningContainer>;
  run(words: readonly string[], options?: StartOptions): Promise<Ended>;
}

/** Why there is no image to try; null: there is one. `scripts/verify-image.sh` makes it and says where. */
export const missing: string | null =
  processEnvironment()['HARNESS_IMAGE_ROOT'] === undefined
    ? 'no image: scripts/verify-image.sh builds one'
    : null;

const Given = z.object({ HARNESS_IMAGE_ROOT: z.string(), HARNESS_IMAGE_INSPECTED: z.string() });

/** What `buildah inspect` says. */
const Inspected = z.object({ Docker: z.object({ config: ImageConfig }) });

/** Containers that still run at the end are killed. */
export async function aMachine(env: Readonly<Record<string, string>>): Promise<Machine> {
  const given = Given.parse(processEnvironment());
  const inspected = await readFile(given.HARNESS_IMAGE_INSPECTED, 'utf8');
  const image = Inspected.parse(JSON.parse(inspected)).Docker.config;
  const folder = await mkdtemp(join(tmpdir(), 'harness-image-'));
  const volumes = await makeVolumes(image, { root: given.HARNESS_IMAGE_ROOT, folder });
  const app = (await composition(['with-db'])).containers['harness_app'];
  if (app === undefined) throw new Error('the Compose file has no harness_app');
  const kills: (() => Promise<void>)[] = [];
  const start = async (words: readonly string[], options: StartOptions = {}) => {
    const container = await startContainer(folder, {
      root: given.HARNESS_IMAGE_ROOT,
      image,
      security: options.usual === true ? { cap_drop: [], security_opt: [] } : app,
      args: options.instead === true ? words : [...image.Entrypoint, ...words],
      env: { ...env, ...options.env },
      volumes,
    });
    kills.push(() => container.kill());
    return container;
  };
  return {
    image,
    volumes,
    start,
    run: async (words, options) => (await start(words, options)).ended,
    async [Symbol.asyncDispose]() {
      for (const kill of kills) await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Empty folders with the owner and rights that the image's have, as an engine makes new volumes. */
async function makeVolumes(
  image: ImageConfig,
  { root, folder }: { readonly root: string; readonly folder: string },
): Promise<Readonly<Record<string, string>>> {
  const made: [string, string][] = [];
  for (const path of Object.keys(image.Volumes)) {
    const { uid, gid, mode } = await stat(join(root, path));
    const source = join(folder, `volume-${made.length}`);
    await mkdir(source, { mode });
    await chown(source, uid, gid);
    made.push([path, source]);
  }
  return Object.fromEntries(made);
}

let started = 0;

async function startContainer(
  folder: string,
  order: ContainerOrder,
): Promise<RunningContainer & { kill(): Promise<void> }> {
  started += 1;
  const id = `harness-${process.pid}-${started}`;
  const bundle = join(folder, id);
  await mkdir(bundle);
  await writeFile(join(bundle, 'config.json'), JSON.stringify(await runtimeConfig(order)));
  const runtime = (...words: readonly string[]) =>
    spawn('runc', ['--root', join(folder, 'runc'), ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const child = runtime('run', '--bundle', bundle, id);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => (output += text));
  }
  const ended = once(child, 'close').then(([exit]): Ended => ({
    exit: typeof exit === 'number' ? exit : null,
    output,
  }));
  const over = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    ended,
    async heard(pattern) {
      while (!pattern.test(output)) {
        if (over()) throw new Error(`ended without ${String(pattern)}: ${output}`);
        await delay(50);
      }
    },
    signal: (name) => child.kill(name),
    async kill() {
      if (over()) return;
      await once(runtime('delete', '--force', id), 'close');
      await ended;
    },
  };
}
