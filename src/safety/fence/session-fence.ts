import { fenceFault, type FencedCall, type FenceOrder } from './fence.ts';

/** Where a session lives, as far as the fence has to know. */
type Session = Pick<FenceOrder, 'workspace' | 'configDir'>;

/** The fence as a judge of tool calls. `sealed`: `/tmp` is the box's own, not the host's. */
export function sessionFence({
  sealed,
  ...settings
}: Pick<FenceOrder, 'readable' | 'protectedPaths'> & { readonly sealed: boolean }): (
  call: FencedCall,
  session: Session,
) => string | null {
  const scratch = sealed ? '/tmp' : null;
  return (call, { workspace, configDir }) =>
    fenceFault({ ...settings, workspace, configDir, scratch }, call);
}
