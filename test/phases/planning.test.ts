import { expect, test } from 'vitest';
import { architecture } from '../../src/phases/architecture.ts';
import { ideation } from '../../src/phases/ideation.ts';
import { runWith, settingsOf } from '../support/a-run.ts';
import { ABORTED, aContext, failed, limited } from './a-context.ts';

const REQUIREMENTS = 'PRPs/plans/requirements.md';
const swarm = runWith({ settings: settingsOf('ideation', { pattern: 'swarm' }) });
const specialists = {
  user_requirements: 'users',
  technical_feasibility: 'tech',
  edge_cases: 'edges',
};

test('one agent writes the document of a phase without a swarm', async () => {
  const context = aContext({ roles: { brainstorm: '# Requirements\n\nAll of it.\n\n' } });
  expect(await ideation.run(context)).toEqual({ status: 'completed', outputs: [REQUIREMENTS] });
  expect(context.asked).toEqual([['brainstorm']]);
  expect(context.written).toEqual([{ path: REQUIREMENTS, text: '# Requirements\n\nAll of it.\n' }]);
});

test('a swarm works side by side, and its synthesis is the document', async () => {
  const context = aContext({ run: swarm, roles: { ...specialists, synthesis: 'one document' } });
  expect(await ideation.run(context)).toEqual({ status: 'completed', outputs: [REQUIREMENTS] });
  expect(context.asked).toEqual([
    ['user_requirements', 'technical_feasibility', 'edge_cases'],
    ['synthesis'],
  ]);
  expect(context.written).toEqual([{ path: REQUIREMENTS, text: 'one document\n' }]);
});

test('the swarm of the architecture has its own roles and document', async () => {
  const run = runWith({ settings: settingsOf('architecture', { pattern: 'swarm' }) });
  const roles = { system_design: 'a', data_models: 'b', api_design: 'c', synthesis: 'design' };
  const context = aContext({ run, roles });
  await architecture.run(context);
  expect(context.asked[0]).toEqual(['system_design', 'data_models', 'api_design']);
  expect(context.written[0]?.path).toBe('PRPs/plans/architecture.md');
});

test('a swarm that lost some of its members goes on with the others', async () => {
  const context = aContext({ run: swarm, roles: { edge_cases: 'edges', synthesis: 'doc' } });
  expect(await ideation.run(context)).toMatchObject({ status: 'completed' });
  expect(context.written[0]?.text).toBe('doc\n');
});

test('when nobody of the swarm succeeded there is no synthesis', async () => {
  const context = aContext({ run: swarm });
  expect(await ideation.run(context)).toEqual({
    status: 'failed',
    reason:
      'user_requirements: user_requirements broke; technical_feasibility: technical_feasibility broke; edge_cases: edge_cases broke',
  });
  expect(context.asked).toHaveLength(1);
});

test('a failed synthesis leaves the contributions, labelled as unreconciled', async () => {
  const context = aContext({
    run: swarm,
    roles: { ...specialists, edge_cases: failed('too slow'), synthesis: failed('no text') },
  });
  expect(await ideation.run(context)).toMatchObject({ status: 'completed' });
  expect(context.written[0]?.text).toMatchInlineSnapshot(`
    "# Requirements

    > The synthesis failed: these are the contributions as they came, unreconciled.

    ## From user_requirements

    users

    ## From technical_feasibility

    tech

    ## From edge_cases

    This session gave no result: too slow
    "
  `);
});

test.each([
  [limited('2026-03-01T15:00:00Z'), { status: 'limited', until: '2026-03-01T15:00:00Z' }],
  [ABORTED, { status: 'aborted' }],
])('a synthesis that waits or was ended does not fall back', async (synthesis, end) => {
  const context = aContext({ run: swarm, roles: { ...specialists, synthesis } });
  expect(await ideation.run(context)).toMatchObject(end);
  expect(context.written).toEqual([]);
});

test('a limit outweighs failures: the phase waits for it instead of failing', async () => {
  const roles = { edge_cases: limited('2026-03-01T15:00:00Z') };
  expect(await ideation.run(aContext({ run: swarm, roles }))).toEqual({
    status: 'limited',
    until: '2026-03-01T15:00:00Z',
    reason: 'weekly limit',
  });
});

test('an abort outweighs failures: nobody retries what was ended on purpose', async () => {
  expect(await ideation.run(aContext({ roles: { brainstorm: ABORTED } }))).toMatchObject({
    status: 'aborted',
  });
});

test.each(['', '  \n \n'])('a document without text is a failure', async (text) => {
  const context = aContext({ roles: { brainstorm: text } });
  expect(await ideation.run(context)).toEqual({
    status: 'failed',
    reason: 'The session ended without a text.',
  });
  expect(context.written).toEqual([]);
});
