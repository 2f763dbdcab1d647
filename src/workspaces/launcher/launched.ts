import { runProgram, type Program } from './run-program.ts';

/*
 * The process of its own from which programs are started; see `launcher.ts`. It ends when its parent
 * does: the channel closes, and nothing else holds it once the programs under way have ended.
 */
interface Order {
  readonly id: number;
  readonly program: Program;
}

process.on('message', (said: Order | 'there?') => {
  if (said === 'there?') process.send?.('there');
  else void carryOut(said);
});
process.send?.('ready');

async function carryOut({ id, program }: Order): Promise<void> {
  const end = await runProgram(program);
  if (process.connected) process.send?.({ id, end });
}
