import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Run } from '../../../src/domain/run.ts';
import {
  aClaim,
  addItems,
  aRun,
  aStore,
  SERVER_START_MS,
  brokenCompanion,
  claim,
  eightAtOnce,
  eventsOf,
  nothingElse,
  ORDER,
  statusesOf,
  type TestStore,
  typesOf,
  moveTo,
} from './a-store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

const APPROVED = { kind: 'approved', by: 'ada' } as const;

function aQuestion(attempt = 1) {
  const what = { phase: 'ideation', attempt, stateHash: `h${attempt}`, question: 'Good?' } as const;
  return { id: randomUUID(), ...what };
}

async function aRunAtIdeation(): Promise<Run> {
  const run = await aRun(tested.store);
  await tested.store.phases.start(run, 'ideation', 1);
  return run;
}

test('a question is asked once, and run and phase wait for its answer', async () => {
  const { store } = tested;
  const run = await aRunAtIdeation();
  const question = aQuestion();
  await store.approvals.ask(run, question);
  await store.approvals.ask(run, question);
  const asked = { ...question, runId: run.id, answer: null };
  expect(await store.approvals.pending(run.id)).toMatchObject([asked]);
  expect(await store.approvals.get(question.id)).toMatchObject(asked);
  expect(await store.runs.get(run.id)).toMatchObject({ status: 'waiting_approval' });
  expect(await statusesOf(store, run)).toMatchObject({ ideation: 'waiting_approval' });
  expect((await eventsOf(store, run)).slice(3)).toEqual([
    { type: 'approval.asked', phase: 'ideation', id: question.id, question: 'Good?' },
    { type: 'run.status', status: 'waiting_approval', reason: 'Good?' },
  ]);
});

test('an answer lets the run go on, with what commits beside it', async () => {
  const { store } = tested;
  const run = await aRunAtIdeation();
  const question = aQuestion();
  await store.approvals.ask(run, question);
  const answer = { kind: 'rejected', by: 'ada', reason: 'too vague' } as const;
  const broken = store.approvals.answer(question.id, {
    answer,
    stateHash: question.stateHash,
    also: brokenCompanion,
  });
  await expect(broken).rejects.toThrow('no queue');
  expect((await store.approvals.get(question.id))?.answer).toBeNull();
  await store.approvals.answer(question.id, {
    answer,
    stateHash: question.stateHash,
    also: nothingElse,
  });
  expect((await store.approvals.get(question.id))?.answer).toEqual(answer);
  expect(await store.approvals.pending(run.id)).toEqual([]);
  expect(await store.runs.get(run.id)).toMatchObject({ status: 'running', reason: null });
  expect((await eventsOf(store, run)).slice(5)).toMatchObject([
    { type: 'approval.answered', answer: 'rejected', by: 'ada', reason: 'too vague' },
    { type: 'run.status', status: 'running' },
  ]);
});

test('I12 of eight answers at once one counts; the others, and answers to nothing, are stale', async () => {
  const { store } = tested;
  const run = await aRunAtIdeation();
  const question = aQuestion();
  await store.approvals.ask(run, question);
  const { got, refused } = await eightAtOnce(() =>
    store.approvals.answer(question.id, {
      answer: APPROVED,
      stateHash: question.stateHash,
      also: nothingElse,
    }),
  );
  expect(got).toHaveLength(1);
  const told = expect.objectContaining({ code: 'APPROVAL_STALE', exit: 2 });
  expect(refused).toEqual(Array(7).fill(told));
  await expect(
    store.approvals.answer('nobody', { answer: APPROVED, stateHash: 'h1', also: nothingElse }),
  ).rejects.toMatchObject({
    code: 'APPROVAL_STALE',
  });
  expect((await typesOf(store, run)).filter((type) => type === 'approval.answered')).toHaveLength(
    1,
  );
});

test('I12 an answer to a state that is no longer asked about is refused', async () => {
  const { store } = tested;
  const run = await aRunAtIdeation();
  const [old, recent] = [aQuestion(1), aQuestion(2)];
  await store.approvals.ask(run, old);
  await store.approvals.ask(run, recent);
  await expect(
    store.approvals.answer(old.id, {
      answer: APPROVED,
      stateHash: old.stateHash,
      also: nothingElse,
    }),
  ).rejects.toMatchObject({
    code: 'APPROVAL_STALE',
    message: expect.stringContaining('a newer state was asked about'),
  });
});

test('a run goes on when its last question is answered; one that has ended stays ended', async () => {
  const { store } = tested;
  const run = await aRunAtIdeation();
  const [one, two] = [aQuestion(), aQuestion()];
  await store.approvals.ask(run, one);
  await store.approvals.ask(run, two);
  await store.approvals.answer(one.id, {
    answer: APPROVED,
    stateHash: one.stateHash,
    also: nothingElse,
  });
  expect(await store.runs.get(run.id)).toMatchObject({ status: 'waiting_approval' });
  await moveTo(store, run, { status: 'stopped' });
  await store.approvals.answer(two.id, {
    answer: APPROVED,
    stateHash: two.stateHash,
    also: nothingElse,
  });
  expect(await store.runs.get(run.id)).toMatchObject({ status: 'stopped' });
});

test('I12 an answer for another state than the one asked about is refused, until it is asked anew', async () => {
  const { store } = tested;
  const run = await aRunAtIdeation();
  const question = aQuestion();
  await store.approvals.ask(run, question);
  const order = { answer: APPROVED, also: nothingElse };
  const early = store.approvals.answer(question.id, { ...order, stateHash: 'h9' });
  await expect(early).rejects.toMatchObject({ code: 'APPROVAL_STALE', exit: 2 });
  await store.approvals.askAgain(question.id, 'h9');
  const late = store.approvals.answer(question.id, { ...order, stateHash: 'h1' });
  await expect(late).rejects.toMatchObject({ code: 'APPROVAL_STALE' });
  await store.approvals.answer(question.id, { ...order, stateHash: 'h9' });
  expect((await store.approvals.get(question.id))?.answer).toEqual(APPROVED);
});

const OWNER = { phase: 'implement', itemKey: 'API-1' } as const;
const REASON = 'waits for a person';

/** `API-1` has asked about a change; `API-2` is free. */
async function anAskedChange(): Promise<{ readonly run: Run; readonly id: string }> {
  const { store } = tested;
  const run = await aRun(store);
  await addItems(store, run, 'API-1', 'API-2');
  const { fence } = await aClaim(store, run);
  const id = randomUUID();
  const files = [{ path: '.npmrc', deed: 'adds', because: 'configures' }] as const;
  const change = { role: 'coder', itemKey: 'API-1', commit: 'c0ffee', files, diff: '+a' } as const;
  const question = { id, stateHash: 'h1', question: 'May it?', change };
  const end = { status: 'asked', reason: REASON } as const;
  expect(await store.attempts.close(fence, end, { ...ORDER, question })).toBe(true);
  return { run, id };
}

test('I4 an item whose change is asked about waits, uncounted, and holds nobody else', async () => {
  const { store } = tested;
  const { run, id } = await anAskedChange();
  expect(await store.items.get(run.projectId, 'API-1')).toMatchObject({
    status: 'todo',
    failures: 0,
    notBefore: null,
    reason: REASON,
  });
  expect(await store.approvals.pending(run.id)).toMatchObject([
    { id, phase: 'implement', attempt: 1, change: { itemKey: 'API-1', commit: 'c0ffee' } },
  ]);
  expect((await claim(store, run))?.item.key).toBe('API-2');
  expect(await claim(store, run)).toBeUndefined();
  const order = { answer: APPROVED, stateHash: 'h1', also: nothingElse };
  await store.approvals.answer(id, order);
  expect((await claim(store, run))?.item.key).toBe('API-1');
  expect((await store.approvals.changes(run.id, OWNER)).map((one) => one.answer)).toEqual([
    APPROVED,
  ]);
});

test('I4 a refused change goes back to its item with the reason', async () => {
  const { store } = tested;
  const { run, id } = await anAskedChange();
  const answer = { kind: 'rejected', by: 'ada', reason: 'not ours' } as const;
  await store.approvals.answer(id, { answer, stateHash: 'h1', also: nothingElse });
  expect(await store.items.get(run.projectId, 'API-1')).toMatchObject({
    status: 'todo',
    failures: 0,
    reason: null,
    feedback: 'A person did not allow your change of .npmrc: not ours',
  });
});

test('a run waits only for the questions that were seen, and goes on when their item is skipped', async () => {
  const { store } = tested;
  const { run, id } = await anAskedChange();
  expect(await store.approvals.wait(run, ['another'])).toBe(false);
  expect(await store.approvals.wait(run, [id])).toBe(true);
  expect(await store.runs.get(run.id)).toMatchObject({
    status: 'waiting_approval',
    reason: 'May it?',
  });
  await store.items.block(run.projectId, 'API-1', 'skipped by a person', 'ada');
  expect(await store.approvals.pending(run.id)).toEqual([]);
  expect(await store.runs.get(run.id)).toMatchObject({ status: 'running' });
});
