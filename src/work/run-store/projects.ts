import type { Project } from '../../domain/run.ts';

/** Folders that were ever built in, one project each. */
export interface ProjectStore {
  /** The project of this folder (absolute real path), created when it is new. */
  ensure(order: { readonly directory: string; readonly name: string }): Promise<Project>;
  /** Undefined also for what is no id. */
  get(id: string): Promise<Project | undefined>;
  /** By absolute real path; a retired project is in no folder. */
  byDirectory(directory: string): Promise<Project | undefined>;
  /** What is absent stays. */
  change(
    id: string,
    change: Partial<Pick<Project, 'name' | 'description' | 'idea'>>,
  ): Promise<void>;
  /** Oldest first, retired ones too. */
  list(): Promise<readonly Project[]>;
  /** Its folder belongs to another project from now on; what is known of it stays. */
  retire(id: string): Promise<void>;
}
