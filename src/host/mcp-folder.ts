import { join } from 'node:path';
import type { Config } from '../config/config.ts';

/** Where it is written down what MCP servers said when they were used first. */
export function mcpFolder({ home }: Config): string {
  return join(home, 'mcp');
}
