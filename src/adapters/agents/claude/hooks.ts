import type { HookCallback, HookCallbackMatcher } from '@anthropic-ai/claude-agent-sdk';
import { fenceFault } from './fence.ts';
import type { FenceOrder } from './fence.ts';

/** Seconds after which a hook that does not answer blocks the tool. */
const TIMEOUT_S = 30;

/**
 * The judges of every tool call. They run on the host, outside the box, and say no or nothing:
 * "allow" would override rules that are stricter. A judge that breaks blocks the call.
 */
export function toolHooks(
  order: FenceOrder & { readonly tools: ReadonlySet<string> },
): HookCallbackMatcher[] {
  return [
    judge((tool) => (order.tools.has(tool) ? null : `${tool} is not one of your tools.`)),
    judge((tool, input) => fenceFault(order, tool, input)),
  ];
}

function judge(faultOf: (tool: string, input: unknown) => string | null): HookCallbackMatcher {
  // Async, so that what faultOf throws becomes a rejection, which blocks the call.
  const hook: HookCallback = async (input) => {
    if (input.hook_event_name !== 'PreToolUse') return {};
    const reason = faultOf(input.tool_name, input.tool_input);
    return reason === null ? {} : denied(reason);
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
