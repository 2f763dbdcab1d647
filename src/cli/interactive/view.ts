/** One way to show the screen. */
export interface View {
  /** Gives the terminal away, to an editor. */
  pause(): void;
  /** Takes it back. */
  resume(): void;
  /** Draws everything anew. */
  redraw(): void;
  /** Leaves the terminal as it was. */
  close(): Promise<void>;
}
