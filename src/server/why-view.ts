import { namedBy, type Approval } from '../domain/approval.ts';
import type { Why, WhyFacts } from '../domain/why.ts';
import type * as contract from './contract.ts';

/** Commands that a cause may name, and the request that does the same below a project. */
const SAME: readonly (readonly [RegExp, (word: string) => string])[] = [
  [/`harness resume/u, () => 'POST /resume'],
  [/`harness pause`/u, () => 'POST /pause'],
  [/`harness items retry ([A-Z][\w-]*)`/iu, (key) => `PATCH /work-items/${key} {"status":"todo"}`],
  [
    /`harness items skip ([A-Z][\w-]*)`/iu,
    (key) => `PATCH /work-items/${key} {"status":"skipped"}`,
  ],
  [/`harness status --watch`/u, () => 'GET /events'],
  [/`harness logs/u, () => 'GET /sessions'],
];

const ANSWERS = /`harness approve (\S+)`/u;

/** How a question is answered: for what was looked at, which its `state` names. */
function answersTo({ id, stateHash }: Approval): readonly string[] {
  const body = { approval: id, state: stateHash };
  return [
    `POST /approve ${JSON.stringify(body)}`,
    `POST /reject ${JSON.stringify({ ...body, reason: 'TEXT' })}`,
  ];
}

/** A cause with the requests that stand for the commands it names, for who has no command line. */
export function whyView(
  { cause, action }: Why,
  { run, approvals }: Pick<WhyFacts, 'run' | 'approvals'>,
): contract.Why {
  const name = ANSWERS.exec(action)?.[1];
  const asked = approvals.find((approval) => namedBy(approval) === name);
  const same = SAME.flatMap(([command, requestOf]) => {
    const found = command.exec(action);
    return found === null ? [] : [requestOf(found[1] ?? '')];
  });
  const requests = [...(asked === undefined ? [] : answersTo(asked)), ...same];
  return {
    cause,
    action,
    requests: requests.map((one) => one.replace(' /', ` /v1/projects/${run.projectId}/`)),
  };
}
