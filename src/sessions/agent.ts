import type { ZodRawShape } from 'zod';
import type { Box } from '../safety/box.ts';

/** One agent at work. Adapters: the Claude Agent SDK; a scripted agent for unit tests. */
export interface Agent {
  /**
   * Starts a session, or goes on with the one of this id when its transcript exists. The stream
   * always ends with exactly one `ended` event and never throws: what went wrong is the end.
   * Aborting the signal ends it as `aborted` within two seconds, its processes gone.
   */
  run(order: SessionOrder, signal: AbortSignal): AsyncIterable<SessionEvent>;
}

export interface SessionOrder {
  /** UUID, chosen and stored by the caller before the start. */
  readonly sessionId: string;
  readonly prompt: string;
  readonly systemPrompt: string;
  readonly model: string;
  /** Names of the built-in tools that exist for it; what is not named does not exist. */
  readonly tools: readonly string[];
  readonly hostTools: readonly HostTool[];
  /** MCP servers that the agent's CLI starts beside itself, in its box. */
  readonly boxServers: readonly BoxServer[];
  /** Folder it works in, same path inside and outside the box. */
  readonly workspace: string;
  /** Folder of its transcript; one per attempt, kept for resume. */
  readonly configDir: string;
  readonly wire: WireEnd;
  /** Starts its process inside the box. */
  readonly spawn: SpawnSealed;
  /** Told of each call that a judge refuses. */
  readonly onRefused?: (call: RefusedCall) => void;
  /** JSON Schema (draft-7) that its final answer must satisfy; null: free text. */
  readonly outputSchema: Readonly<Record<string, unknown>> | null;
}

/** How a process in the box reaches the gateway. */
export interface WireEnd {
  /** URL as seen from inside: `http://127.0.0.1:8377`. */
  readonly baseUrl: string;
  /** Stands for the credential; worth nothing outside this session. */
  readonly token: string;
  /** Which of the two variables the CLI reads it from. */
  readonly kind: 'api_key' | 'oauth';
  /** Variables that make other programs use it; empty where they may reach nothing. */
  readonly env: Readonly<Record<string, string>>;
  /** MCP servers behind it, at `<baseUrl>/mcp/<name>`, each with the tools that exist. */
  readonly servers: readonly { readonly name: string; readonly tools: readonly string[] }[];
}

/** An MCP server that talks over its standard streams. */
export interface BoxServer {
  readonly name: string;
  /** Program and arguments, as seen from inside. */
  readonly command: readonly string[];
  /** The tools that exist. */
  readonly tools: readonly string[];
}

export type SpawnSealed = (order: {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}) => ReturnType<Box['spawn']>;

/** A tool call as the agent made it: hostile until parsed. */
interface ToolCall {
  readonly tool: string;
  readonly input: unknown;
  /** Folder that the session's shell stands in. */
  readonly cwd: string;
}

/** A tool call that a judge refused. */
export interface RefusedCall {
  readonly tool: string;
  readonly input: unknown;
  readonly reason: string;
}

/** Why this call may not go ahead, in words the agent can act on; null: nothing against it. A throw blocks the call. */
export type ToolJudge = (call: ToolCall, order: SessionOrder) => string | null;

/** A tool that the harness itself answers, outside the box: its input is hostile until parsed. */
export interface HostTool {
  readonly name: string;
  readonly description: string;
  readonly shape: ZodRawShape;
  handle(input: Readonly<Record<string, unknown>>): Promise<string>;
}

export type SessionEvent =
  | { readonly type: 'started'; readonly model: string; readonly resumed: boolean }
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool_started';
      readonly id: string;
      readonly name: string;
      readonly input: string;
    }
  | {
      readonly type: 'tool_ended';
      readonly id: string;
      readonly failed: boolean;
      readonly output: string;
    }
  | {
      readonly type: 'retry';
      readonly attempt: number;
      readonly status: number | null;
      readonly error: string;
    }
  /** Any other sign of life. */
  | { readonly type: 'alive' }
  | { readonly type: 'ended'; readonly end: SessionEnd };

export type SessionEnd =
  | { readonly status: 'completed'; readonly text: string; readonly output: unknown }
  | { readonly status: 'limited'; readonly until: string | null; readonly reason: string }
  /** The credential was refused: nothing is gained by trying again. */
  | { readonly status: 'refused'; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string }
  | { readonly status: 'aborted' };
