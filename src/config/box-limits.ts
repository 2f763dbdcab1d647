import { GIB, type BoxLimitSettings } from '../domain/box-limits.ts';
import type { FileSettings } from './schema.ts';

type Sizes = Omit<FileSettings['sandbox'], 'driver' | 'egress' | 'read'>;

const bytes = (gib: number): number => Math.floor(gib * GIB);

/** What each box may take, in bytes. */
export function boxLimits(file: Sizes): BoxLimitSettings {
  return {
    memoryBytes: file.memory_gb === undefined ? null : bytes(file.memory_gb),
    processes: file.processes,
    fileBytes: bytes(file.file_size_gb),
    tmpBytes: bytes(file.tmp_gb),
    homeBytes: bytes(file.home_gb),
    sharedMemoryBytes: bytes(file.shared_memory_gb),
    openFiles: file.open_files,
  };
}

/** The same in the file's own keys and units. */
export function shownLimits(limits: BoxLimitSettings): Sizes {
  return {
    memory_gb: limits.memoryBytes === null ? undefined : limits.memoryBytes / GIB,
    processes: limits.processes,
    file_size_gb: limits.fileBytes / GIB,
    tmp_gb: limits.tmpBytes / GIB,
    home_gb: limits.homeBytes / GIB,
    shared_memory_gb: limits.sharedMemoryBytes / GIB,
    open_files: limits.openFiles,
  };
}
