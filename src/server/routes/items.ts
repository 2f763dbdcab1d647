import { z } from 'zod';
import { addItem, changeItem } from '../contract/requests.ts';
import { itemKey, itemPage, itemStatus, projectId, workItem } from '../contract/resources.ts';
import { pageOf, paging } from '../cursor.ts';
import * as actions from '../item-actions.ts';
import { findItem, findProject, findRun } from '../find.ts';
import type { Http, Parts } from '../parts.ts';
import { itemView } from '../views.ts';

const params = z.object({ id: projectId });
const ofItem = params.extend({ item: itemKey });

/** Work items of the latest run, the most urgent first. */
export function itemRoutes(http: Http, parts: Parts): void {
  const { store } = parts.app;
  const querystring = paging.extend({ status: itemStatus.optional() });
  http.get(
    '/projects/:id/work-items',
    { schema: { params, querystring, response: { 200: itemPage } } },
    async ({ params: { id }, query }) => {
      await findProject(parts, id);
      const run = await store.runs.latest(id);
      const all = run === undefined ? [] : await store.items.ofRun(run.id);
      const wanted = all.filter(
        ({ status }) => query.status === undefined || status === query.status,
      );
      const { page, next } = pageOf(wanted, query, ({ key }) => key);
      return { items: page.map(itemView), next };
    },
  );
  http.get(
    '/projects/:id/work-items/:item',
    { schema: { params: ofItem, response: { 200: workItem } } },
    async ({ params: { id, item } }) =>
      itemView(await findItem(parts, await findRun(parts, id), item)),
  );
  http.post(
    '/projects/:id/work-items',
    { schema: { params, body: addItem, response: { 201: workItem } } },
    async ({ params: { id }, body }, reply) => {
      const item = await actions.addItem(parts, await findRun(parts, id), body);
      reply.code(201).header('location', `/v1/projects/${id}/work-items/${item.key}`);
      return itemView(item);
    },
  );
  http.patch(
    '/projects/:id/work-items/:item',
    { schema: { params: ofItem, body: changeItem, response: { 200: workItem } } },
    async ({ params: { id, item: key }, body }) => {
      const found = await findRun(parts, id);
      const item = await findItem(parts, found, key);
      return itemView(await actions.changeItem(parts, found, { item, change: body }));
    },
  );
}
