import type * as contract from './contract.ts';

/** Where the API is, and who asks. */
export interface ClientOrder {
  /** `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly token: string;
}

/** What the API refused; `problem` says why, by RFC 9457. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: contract.Problem;

  constructor(problem: contract.Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.problem = problem;
  }
}

/** The API in types. Each call rejects with `ApiProblem` when it is refused. */
export type Client = ReturnType<typeof createClient>;

export function createClient(order: ClientOrder) {
  const ask = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    request<T>(order, { method, path, body });
  return {
    health: () => ask<contract.HealthDetailed>('GET', '/v1/health/detailed'),
    projects: (query = '') => ask<contract.ProjectPage>('GET', `/v1/projects${query}`),
    project: (id: string) => ask<contract.Project>('GET', at(id)),
    board: (id: string) => ask<contract.Board>('GET', at(id, '/board')),
    items: (id: string) => ask<contract.WorkItemPage>('GET', at(id, '/work-items')),
    approvals: (id: string) => ask<contract.ApprovalList>('GET', at(id, '/approvals')),
    cost: (id: string) => ask<contract.Cost>('GET', at(id, '/cost')),
    why: (id: string) => ask<contract.Why>('GET', at(id, '/why')),
    create: (body: contract.CreateProject) => ask<contract.Project>('POST', '/v1/projects', body),
    change: (id: string, body: contract.ChangeProject) =>
      ask<contract.Project>('PATCH', at(id), body),
    remove: (id: string) => ask<null>('DELETE', at(id)),
    run: (id: string, body: contract.StartRun) => ask<contract.Run>('POST', at(id, '/run'), body),
    resume: (id: string, body: contract.ResumeRun = {}) =>
      ask<contract.Run>('POST', at(id, '/resume'), body),
    stop: (id: string, body: contract.StopRun = {}) =>
      ask<contract.Run>('POST', at(id, '/stop'), body),
    pause: (id: string) => ask<contract.Run>('POST', at(id, '/pause'), {}),
    approve: (id: string, body: contract.Approve) =>
      ask<contract.Answered>('POST', at(id, '/approve'), body),
    reject: (id: string, body: contract.Reject) =>
      ask<contract.Answered>('POST', at(id, '/reject'), body),
    addItem: (id: string, body: contract.AddWorkItem) =>
      ask<contract.WorkItem>('POST', at(id, '/work-items'), body),
    changeItem: (id: string, key: string, body: contract.ChangeWorkItem) =>
      ask<contract.WorkItem>('PATCH', at(id, `/work-items/${encodeURIComponent(key)}`), body),
    events: (id: string, after: number, signal: AbortSignal) =>
      follow(order, at(id, `/events?after=${after}`), signal),
  };
}

function at(id: string, rest = ''): string {
  return `/v1/projects/${encodeURIComponent(id)}${rest}`;
}

async function request<T>(
  { url, token }: ClientOrder,
  {
    method,
    path,
    body,
  }: { readonly method: string; readonly path: string; readonly body: unknown },
): Promise<T> {
  const answer = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const said = text === '' ? null : JSON.parse(text);
  if (!answer.ok) throw new ApiProblem(said);
  return said;
}

/** Events as they come, until the connection ends: ask again after the last one. */
async function* follow(
  { url, token }: ClientOrder,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<contract.EventRecord> {
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  const answer = await fetch(url + path, { headers, signal });
  if (!answer.ok) throw new ApiProblem(JSON.parse(await answer.text()));
  let rest = '';
  for await (const piece of (answer.body ?? new ReadableStream()).pipeThrough(
    new TextDecoderStream(),
  )) {
    const records = (rest + piece).split('\n\n');
    rest = records.pop() ?? '';
    for (const record of records) {
      const data = /^data: (.*)$/mu.exec(record)?.[1];
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}
