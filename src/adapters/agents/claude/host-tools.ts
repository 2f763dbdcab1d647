import type * as Sdk from '@anthropic-ai/claude-agent-sdk';
import { messageOf } from '../../../domain/errors.ts';
import type { HostTool } from '../../../sessions/agent.ts';
import { reasonOf } from './text.ts';

/**
 * Offers the harness's own tools to the session. Their handlers run here, outside the box, on input
 * that only the shape has checked; what they throw becomes a failed call, never a crash.
 */
export function hostServer(
  sdk: Pick<typeof Sdk, 'createSdkMcpServer' | 'tool'>,
  name: string,
  tools: readonly HostTool[],
): Sdk.McpSdkServerConfigWithInstance {
  return sdk.createSdkMcpServer({
    name,
    alwaysLoad: true,
    tools: tools.map((offered) =>
      sdk.tool(offered.name, offered.description, offered.shape, async (input) =>
        answered(offered, input),
      ),
    ),
  });
}

async function answered(
  offered: HostTool,
  input: Readonly<Record<string, unknown>>,
): Promise<{ content: [{ type: 'text'; text: string }]; isError?: boolean }> {
  try {
    return { content: [{ type: 'text', text: await offered.handle(input) }] };
  } catch (error) {
    return { content: [{ type: 'text', text: reasonOf(messageOf(error)) }], isError: true };
  }
}
