import { passwordOf } from './cluster.ts';
import { ownerOf, placeIn } from './place.ts';
import { isServer, readPidFile } from './postmaster.ts';

/**
 * Where the embedded server of this home answers right now, password included; null when none is up.
 * Takes no lock, starts nothing: for a look that is over before anybody would stop the server.
 */
export async function runningAddress(home: string): Promise<string | null> {
  const place = placeIn(home);
  const file = await readPidFile(place);
  if (file?.ready !== true || !(await isServer(file.pid, place))) return null;
  const password = await passwordOf(place);
  return `postgresql://harness:${password}@127.0.0.1:${String(file.port)}/harness`;
}

/** Whether an embedded database was ever made in this home. */
export async function hasData(home: string): Promise<boolean> {
  return (await ownerOf(placeIn(home).data)) !== null;
}
