import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Run } from '../../../src/domain/run.ts';
import {
  aRun,
  aStore,
  SERVER_START_MS,
  brokenCompanion,
  eightAtOnce,
  eventsOf,
  nothingElse,
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
  expect(await store.approvals.pending(run.id)).toMatchObject(asked);
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
  const broken = store.approvals.answer(question.id, answer, brokenCompanion);
  await expect(broken).rejects.toThrow('no queue');
  expect((await store.approvals.get(question.id))?.answer).toBeNull();
  await store.approvals.answer(question.id, answer, nothingElse);
  expect((await store.approvals.get(question.id))?.answer).toEqual(answer);
  expect(await store.approvals.pending(run.id)).toBeUndefined();
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
    store.approvals.answer(question.id, APPROVED, nothingElse),
  );
  expect(got).toHaveLength(1);
  const told = expect.objectContaining({ code: 'APPROVAL_STALE', exit: 2 });
  expect(refused).toEqual(Array(7).fill(told));
  await expect(store.approvals.answer('nobody', APPROVED, nothingElse)).rejects.toMatchObject({
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
  await expect(store.approvals.answer(old.id, APPROVED, nothingElse)).rejects.toMatchObject({
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
  await store.approvals.answer(one.id, APPROVED, nothingElse);
  expect(await store.runs.get(run.id)).toMatchObject({ status: 'waiting_approval' });
  await moveTo(store, run, { status: 'stopped' });
  await store.approvals.answer(two.id, APPROVED, nothingElse);
  expect(await store.runs.get(run.id)).toMatchObject({ status: 'stopped' });
});
