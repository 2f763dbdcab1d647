import { z } from 'zod';
import { runStatus, board, project, projectId, projectPage } from '../contract/resources.ts';
import { boardOf } from '../board.ts';
import { pageOf, paging } from '../cursor.ts';
import { findProject, isRetired, viewOf } from '../find.ts';
import type { Http, Parts } from '../parts.ts';

const params = z.object({ id: projectId });

/** Projects, the one whose run was begun last first. */
export function projectRoutes(http: Http, parts: Parts): void {
  const querystring = paging.extend({ status: runStatus.optional() });
  http.get(
    '/projects',
    { schema: { querystring, response: { 200: projectPage } } },
    async ({ query }) => {
      const all = await projectViews(parts);
      const wanted = all.filter(
        ({ run }) => query.status === undefined || run?.status === query.status,
      );
      const { page, next } = pageOf(wanted, query, ({ id }) => id);
      return { projects: [...page], next };
    },
  );
  http.get(
    '/projects/:id',
    { schema: { params, response: { 200: project } } },
    async ({ params: { id } }) => viewOf(parts, await findProject(parts, id)),
  );
  http.get(
    '/projects/:id/board',
    { schema: { params, response: { 200: board } } },
    async ({ params: { id } }) => boardOf(parts, await findProject(parts, id)),
  );
}

/** All there are, newest first. */
export async function projectViews(parts: Parts): Promise<z.output<typeof project>[]> {
  const known = await parts.app.store.projects.list();
  const views = await Promise.all(
    known.filter((one) => !isRetired(one)).map((one) => viewOf(parts, one)),
  );
  return views.toSorted((a, b) => ageOf(b).localeCompare(ageOf(a)));
}

function ageOf(one: z.output<typeof project>): string {
  return one.run?.created_at ?? one.created_at;
}
