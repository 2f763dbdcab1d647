import { HarnessError } from '../domain/errors.ts';
import { landProject } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp } from './context.ts';
import { findProject } from './find-project.ts';

/** Brings the proved main into the user's repository. Throws `LAND_DELAYED` (exit 1) when it would disturb. */
export async function landAction(options: CommonOptions): Promise<void> {
  const context = openContext(options);
  await withApp(context, async (app) => {
    const { project } = await findProject(app, context);
    const landing = await landProject(app, project);
    context.output.object(landing);
    if (landing.kind === 'delayed')
      throw new HarnessError('LAND_DELAYED', `Not landed: ${landing.reason}`);
    context.output.data(
      landing.kind === 'landed'
        ? `landed ${landing.commit.slice(0, 10)} in ${project.directory}`
        : `${project.directory} has everything already`,
    );
  });
}
