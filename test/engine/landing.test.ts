import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { landMain } from '../../src/engine/attempt/land-main.ts';
import { unlandedIn } from '../../src/domain/landing.ts';
import { openHub } from '../../src/workspaces/hub.ts';
import {
  aStore,
  eventsOf,
  aRun,
  SERVER_START_MS,
  type TestStore,
} from '../adapters/store/a-store.ts';
import {
  aProject,
  anAttempt,
  git,
  mergeToMain,
  PATIENCE_MS,
  userGit,
  write,
  type AProject,
} from '../workspaces/a-project.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(async () => {
  vi.resetConfig();
  await tested[Symbol.asyncDispose]();
});

type Said = Map<string, string | null>;

/** A delayed landing, and how to land once more in a process that remembers this. */
async function delayed(files: AProject) {
  const { store } = tested;
  const run = await aRun(store);
  const { home, user } = files;
  const hub = await openHub({ home, projectId: run.projectId, git });
  await hub.receive(user);
  const project = {
    id: run.projectId,
    directory: user,
    name: 'shop',
    description: null,
    idea: null,
    createdAt: run.createdAt,
  };
  const land = (said?: Said, through = hub) =>
    landMain(
      { store, branchOf: async () => 'main' },
      { project, hub: through, runId: run.id, ...(said === undefined ? {} : { said }) },
    );
  const { commit } = await anAttempt(hub, 'a1', { 'a.txt': 'two\n' });
  const main = await mergeToMain(hub, 'a1', commit);
  write(user, { 'a.txt': 'by hand\n' });
  const said: Said = new Map();
  expect(await land(said)).toMatchObject({ kind: 'delayed' });
  const ends = async () =>
    (await eventsOf(store, run)).filter(({ type }) => /^(?:land|main\.landed)/u.test(type));
  const unlanded = async () =>
    unlandedIn(await store.events.read(run.projectId, { after: 0, limit: 1000 }));
  return { hub, user, main, said, land, ends, unlanded };
}

/** What a person does who wants what was built. */
function takeIn(user: string, main: string, hub: string): void {
  userGit(user, 'checkout', '-q', '--', '.');
  userGit(user, 'fetch', '-q', hub, main);
  userGit(user, 'merge', '-q', '--ff-only', main);
}

test.each(['the same process', 'one that came later', 'a command'])(
  'a delay that a person ended by taking main in is over, and said to be so once, by %s',
  async (who) => {
    using project = await aProject();
    const { hub, user, main, said, land, ends, unlanded } = await delayed(project);
    takeIn(user, main, hub.path);
    const remembered: Said | undefined =
      who === 'a command' ? undefined : who === 'the same process' ? said : new Map();
    await land(remembered);
    await land(remembered);
    expect(await ends()).toMatchObject([
      { type: 'land.delayed' },
      { type: 'main.landed', commit: main },
    ]);
    expect(await unlanded()).toBeNull();
  },
);

test('what is said to have landed is what the person has, though main moved in between', async () => {
  using project = await aProject();
  const { hub, user, main, said, land, ends } = await delayed(project);
  takeIn(user, main, hub.path);
  const { commit } = await anAttempt(hub, 'a2', { 'b.txt': 'more\n' });
  // Main moves the moment after it was compared with the person's branch.
  const moving = {
    ...hub,
    land: async (order: Parameters<typeof hub.land>[0]) => {
      const landing = await hub.land(order);
      await mergeToMain(hub, 'a2', commit);
      return landing;
    },
  };
  await land(said, moving);
  expect(await ends()).toMatchObject([
    { type: 'land.delayed' },
    { type: 'main.landed', commit: main },
  ]);
});
