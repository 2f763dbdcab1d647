import { z } from 'zod';

const id = z.string().min(1).max(100);
const instant = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString());
const nodes = <T extends z.ZodType>(node: T) => z.object({ nodes: z.array(node) });
const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });

const mark = z.object({ id, body: z.string() });

const state = z.object({ id, type: z.string() });

const attachment = z.object({ id, url: z.string(), metadata: z.record(z.string(), z.unknown()) });

/** What was said of an issue by another: `issue` blocks this one where the type is `blocks`. */
const relation = z.object({ id, type: z.string(), issue: z.object({ id }) });

const issue = z.object({
  id,
  identifier: z.string(),
  previousIdentifiers: z.array(z.string()),
  title: z.string(),
  description: z
    .string()
    .nullable()
    .transform((text) => text ?? ''),
  /** Linear has no others; whatever else came is none. */
  priority: z.literal([0, 1, 2, 3, 4]).catch(0),
  createdAt: instant,
  updatedAt: instant,
  trashed: z.boolean().nullish(),
  labelIds: z.array(id),
  team: z.object({ id }),
  project: z.object({ id }).nullable(),
  state,
  parent: z.object({ id, identifier: z.string() }).nullable(),
  attachments: nodes(attachment),
  inverseRelations: nodes(relation),
  comments: nodes(mark).optional(),
});

/** An issue as Linear gives it. */
export type Issue = z.output<typeof issue>;

export const issuesShape = z
  .object({ issues: nodes(issue) })
  .transform(({ issues }) => issues.nodes);

export const issuePageShape = z
  .object({ issues: nodes(issue).extend({ pageInfo }) })
  .transform(({ issues }) => issues);

/** What hangs on each of some issues, and where that goes on. */
const hanging = <T extends z.ZodType>(node: T) =>
  z
    .object({ issues: nodes(z.object({ id, page: nodes(node).extend({ pageInfo }) })) })
    .transform(({ issues }) => issues.nodes);

export const attachmentsShape = hanging(attachment);
export const relationsShape = hanging(relation);

const remark = mark.extend({
  createdAt: instant,
  user: z.object({ displayName: z.string() }).nullable(),
});

export type Remark = z.output<typeof remark>;

export const remarkPageShape = z
  .object({ comments: nodes(remark).extend({ pageInfo }) })
  .transform(({ comments }) => comments);

export const marksShape = z
  .object({ comments: nodes(mark) })
  .transform(({ comments }) => comments.nodes);

export const commentMadeShape = z
  .object({ commentCreate: z.object({ comment: mark }) })
  .transform(({ commentCreate }) => commentCreate.comment);

export const issueTextShape = z
  .object({
    issueUpdate: z.object({
      issue: z.object({ title: z.string(), description: z.string().nullable(), state }),
    }),
  })
  .transform(({ issueUpdate }) => issueUpdate.issue);

/** What an issue's state is where a record of it is written. */
export const stateBeforeShape = z
  .object({
    attachmentUpdate: z.object({ attachment: z.object({ issue: z.object({ state }) }) }),
  })
  .transform(({ attachmentUpdate }) => attachmentUpdate.attachment.issue.state);

export const workspaceShape = z.object({
  organization: z.object({ subscription: z.object({ type: z.string() }).nullable() }),
  teams: nodes(z.object({ id, key: z.string(), name: z.string() })),
});

export const statesShape = z
  .object({ workflowStates: nodes(z.object({ id, type: z.string(), position: z.number() })) })
  .transform(({ workflowStates }) => workflowStates.nodes);

export const projectsShape = z
  .object({ projects: nodes(z.object({ id, name: z.string(), teams: nodes(z.object({ id })) })) })
  .transform(({ projects }) => projects.nodes);

const text = z
  .string()
  .nullish()
  .transform((given) => given ?? '');

const madeProject = z.object({
  id,
  name: z.string(),
  description: text,
  content: text,
  teams: nodes(z.object({ id })),
});

export type MadeProject = z.output<typeof madeProject>;

export const madeProjectsShape = z
  .object({ projects: nodes(madeProject).extend({ pageInfo }) })
  .transform(({ projects }) => projects);

export const labelsShape = z
  .object({
    issueLabels: nodes(
      z.object({
        id,
        name: z.string(),
        isGroup: z.boolean(),
        team: z.object({ id }).nullable(),
        /** The group that it is of. */
        parent: z.object({ id }).nullable(),
      }),
    ),
  })
  .transform(({ issueLabels }) => issueLabels.nodes);

export type FoundLabel = z.output<typeof labelsShape>[number];

export const labelMadeShape = z
  .object({ issueLabelCreate: z.object({ issueLabel: z.object({ id }) }) })
  .transform(({ issueLabelCreate }) => issueLabelCreate.issueLabel.id);

export const countShape = z
  .object({ issues: nodes(z.object({ id })) })
  .transform(({ issues }) => issues.nodes.length);

/** For writes of which only the going through matters. */
export const doneShape = z.record(z.string(), z.object({ success: z.boolean() }));
