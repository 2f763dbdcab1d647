/** A tool as its server describes it. */
export interface DescribedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** What the program of the door is told, in a file that a box can only read. */
export interface DoorSpec {
  readonly name: string;
  /** The server's program and its arguments. */
  readonly command: readonly string[];
  /** The server's whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder that it works in, made when it is not there; null: the session's. */
  readonly folder: string | null;
  /** What was agreed to, and is shown; null: the door tells what the server offers, and ends. */
  readonly tools: readonly DescribedTool[] | null;
  /** Folder in which images of results are kept; null: the server does it itself. */
  readonly images: string | null;
}
