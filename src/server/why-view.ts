import type { Why } from '../domain/why.ts';
import type * as contract from './contract.ts';

/** Commands that a cause may name, and the request that does the same below a project. */
const SAME: readonly (readonly [RegExp, (word: string) => string])[] = [
  [/`harness resume/u, () => 'POST /resume'],
  [/`harness pause`/u, () => 'POST /pause'],
  [/`harness approve/u, () => 'POST /approve'],
  [/`harness reject/u, () => 'POST /reject {"reason"}'],
  [/`harness items retry ([A-Z][\w-]*)`/iu, (key) => `PATCH /work-items/${key} {"status":"todo"}`],
  [
    /`harness items skip ([A-Z][\w-]*)`/iu,
    (key) => `PATCH /work-items/${key} {"status":"skipped"}`,
  ],
  [/`harness status --watch`/u, () => 'GET /events'],
  [/`harness logs/u, () => 'GET /sessions'],
];

/** A cause with the requests that stand for the commands it names, for who has no command line. */
export function whyView({ cause, action }: Why, projectId: string): contract.Why {
  const requests = SAME.flatMap(([command, requestOf]) => {
    const found = command.exec(action);
    return found === null ? [] : [requestOf(found[1] ?? '')];
  });
  return {
    cause,
    action,
    requests: requests.map((one) => one.replace(' /', ` /v1/projects/${projectId}/`)),
  };
}
