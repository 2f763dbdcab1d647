import { statfs } from 'node:fs/promises';
import { HarnessError } from '../../../domain/errors.ts';

/**
 * `f_type` of statfs(2) on Linux, from its manual and the file systems' own headers: those whose
 * locks or syncs Postgres may not trust. FUSE is not among them: its number says nothing of what is behind.
 */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x51_7b, 'SMB'],
  [0xff_53_4d_42, 'CIFS'],
  [0xfe_53_4d_42, 'SMB'],
  [0x01_02_19_97, '9p'],
  [0x53_46_48_46, 'drvfs'],
  [0x53_46_41_4f, 'AFS'],
  [0x00_c3_64_00, 'Ceph'],
  [0x0b_d0_0b_d0, 'Lustre'],
  [0x47_50_46_53, 'GPFS'],
]);

/** Throws `DATABASE_FOLDER` when the folder is on a network file system (known on Linux only). */
export async function refuseNetworkFolder(folder: string): Promise<void> {
  if (process.platform === 'linux') refuseFileSystem((await statfs(folder)).type, folder);
}

/** The same for a known `f_type`. */
export function refuseFileSystem(type: number, folder: string): void {
  const name = NETWORK.get(type);
  if (name === undefined) return;
  throw new HarnessError(
    'DATABASE_FOLDER',
    `${folder} is on ${name}, where a Postgres server can lose data; set HARNESS_HOME to a folder on a local disk, or DATABASE_URL to a Postgres server`,
    { exit: 2 },
  );
}
