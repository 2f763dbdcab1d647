import type { CommonOptions } from './common-options.ts';
import { openContext, withApp } from './context.ts';
import { findProject } from './find-project.ts';

/** What was said about an item in the tracker, oldest first; also about an issue that is no work. */
export async function commentsAction(key: string, options: CommonOptions): Promise<void> {
  const context = openContext(options);
  await withApp(context, async (app) => {
    const { run } = await findProject(app, context);
    const tracker = await app.trackerOf(run);
    const comments = await tracker.comments(key);
    for (const { id, author, at, text } of comments) {
      context.output.object({ id, author, at, text });
      context.output.data(`${at.slice(0, 19).replace('T', ' ')}  ${author}`);
      for (const line of text.split('\n')) context.output.data(`    ${line}`);
    }
    if (comments.length === 0) context.output.talk(`nothing was said about ${key} yet`);
  });
}
