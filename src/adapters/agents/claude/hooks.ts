import type { HookCallback, HookCallbackMatcher } from '@anthropic-ai/claude-agent-sdk';
import type { SessionOrder, ToolJudge } from '../../../sessions/agent.ts';

/** Seconds after which a hook that does not answer blocks the tool. */
const TIMEOUT_S = 30;

/** Who judges the tool calls of a session. */
export interface HookOrder {
  /** Every tool name that may appear in this session. */
  readonly tools: ReadonlySet<string>;
  readonly judges: readonly ToolJudge[];
  readonly session: SessionOrder;
}

/**
 * The judges of every tool call. They run on the host, outside the box, and say no or nothing:
 * "allow" would override rules that are stricter. A judge that breaks blocks the call.
 */
export function toolHooks({ tools, judges, session }: HookOrder): HookCallbackMatcher[] {
  const known: ToolJudge = ({ tool }) => (tools.has(tool) ? null : strangeTool(tool));
  // A tool that does not exist is told of by whoever reads the messages: the CLI may stop it before.
  const { onRefused: _, ...untold } = session;
  return [hookOf(known, untold), ...judges.map((judge) => hookOf(judge, session))];
}

/** Why a tool that the order does not name can't be called. */
export function strangeTool(tool: string): string {
  return `${tool} is not one of your tools.`;
}

function hookOf(judge: ToolJudge, session: SessionOrder): HookCallbackMatcher {
  // Async, so that what the judge throws becomes a rejection, which blocks the call.
  const hook: HookCallback = async (input) => {
    if (input.hook_event_name !== 'PreToolUse') return {};
    const { tool_name: tool, tool_input: given, cwd } = input;
    const reason = judge({ tool, input: given, cwd }, session);
    if (reason === null) return {};
    session.onRefused?.({ tool, input: given, reason });
    return denied(reason);
  };
  return { hooks: [hook], timeout: TIMEOUT_S, onFailure: 'block' };
}

function denied(reason: string): Awaited<ReturnType<HookCallback>> {
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: reason,
    },
  };
}
