/** A reader that went away (`| head`) ends the program quietly. */
export function quietPipes(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
}

/**
 * Resolves once everything written so far is on its way: what a slow reader has not taken yet is lost
 * by an exit, for a pipe holds 64 KB and the rest waits in this process.
 */
export async function drained(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) => new Promise<void>((resolve) => stream.write('', () => resolve())),
    ),
  );
}
