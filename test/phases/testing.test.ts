import { expect, test } from 'vitest';
import { testing } from '../../src/phases/testing.ts';
import { ABORTED, aContext, failed, limited } from './a-context.ts';

const PATH = 'PRPs/plans/test_report.md';
const report = JSON.stringify({
  summary: 'Works.',
  findings: [{ severity: 'low', title: 'Slow start', detail: 'Takes 2 s.' }],
  checks: ['node smoke.js', 'sh more.sh'],
});

test('the harness repeats the checks of the tester on main', async () => {
  const context = aContext({ roles: { tester: report } });
  expect(await testing.run(context)).toEqual({ status: 'completed', outputs: [PATH] });
  expect(context.proposed).toEqual(['node smoke.js', 'sh more.sh']);
  expect(context.written[0]?.text).toMatchInlineSnapshot(`
    "# Test report

    Works.

    ## Findings

    - **low** Slow start: Takes 2 s.

    ## Checks run by the harness

    all green
    "
  `);
});

test('I3 checks that a stop cut off say nothing: no report, no verdict', async () => {
  const regression = { passed: false, report: '- could not run' };
  const context = aContext({ roles: { tester: report }, regression, signal: AbortSignal.abort() });
  expect(await testing.run(context)).toMatchObject({ status: 'aborted' });
  expect(context.written).toEqual([]);
});

const RED = { passed: false, report: '- failed: `npm test`' };
const RED_REASON = `Checks are red on main: see ${PATH}.`;
const NO_REPORT = 'The tester gave no report.';

test.each([
  ['a good word over red checks', { roles: { tester: report }, regression: RED }, RED_REASON],
  [
    'no report, and red checks',
    { roles: { tester: failed('broke') }, regression: RED },
    RED_REASON,
  ],
  [
    'no report over green checks',
    { roles: { tester: failed('broke') } },
    'The tester gave no report. broke',
  ],
  ['a report that is no JSON', { roles: { tester: 'All fine!' } }, NO_REPORT],
  ['a report of another shape', { roles: { tester: '{"verdict":"passed"}' } }, NO_REPORT],
])('I3 %s is not a pass', async (_, given, reason) => {
  const context = aContext(given);
  expect(await testing.run(context)).toEqual({ status: 'failed', reason });
  expect(context.written.map(({ path }) => path)).toEqual([PATH]);
});

test("a tester's own check that can't be repeated is told, and fails nothing", async () => {
  const regression = { extraFailed: ['node smoke.js'] };
  expect(await testing.run(aContext({ roles: { tester: report }, regression }))).toEqual({
    status: 'completed',
    outputs: [PATH, "1 of the tester's own checks failed when repeated"],
  });
});

test.each([
  [ABORTED, { status: 'aborted' }],
  [limited('2026-03-01T15:00:00Z'), { status: 'limited', until: '2026-03-01T15:00:00Z' }],
])('nothing is judged when the tester could not work', async (tester, end) => {
  const context = aContext({ roles: { tester } });
  expect(await testing.run(context)).toMatchObject(end);
  expect(context.written).toEqual([]);
});
