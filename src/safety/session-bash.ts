import { z } from 'zod';
import { bashPlace, type PlaceOrder } from './bash-place.ts';
import { judgeCommand } from './policy/judge.ts';
import type { Policy } from './policy/policy.ts';
import { settingFor } from './policy/setting.ts';

interface BashCall {
  readonly tool: string;
  readonly input: unknown;
  /** Folder the shell stands in. */
  readonly cwd: string;
}

const inputSchema = z.looseObject({ command: z.string() });

/** The policy as a judge of the tool that runs commands; null: none of its business, or allowed. */
export function sessionBash({
  policy,
  ...settings
}: Pick<PlaceOrder, 'readable' | 'protectedPaths' | 'sealed'> & { readonly policy: Policy }): (
  call: BashCall,
  session: Pick<PlaceOrder, 'workspace'>,
) => string | null {
  return ({ tool, input, cwd }, { workspace }) => {
    if (tool !== 'Bash') return null;
    const parsed = inputSchema.safeParse(input);
    // What is not understood here might be read otherwise by the tool.
    if (!parsed.success) return 'The input of Bash is not understood: give its command as text.';
    const place = bashPlace({ ...settings, workspace, cwd });
    const verdict = judgeCommand(policy, place, parsed.data.command);
    if (verdict.decision === 'allow') return null;
    return `Bash policy, ${verdict.rule}: ${verdict.reason} ${settingFor(verdict)}`.trimEnd();
  };
}
