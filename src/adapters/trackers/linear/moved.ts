import { hasCode } from '../../../domain/errors.ts';
import { MOVED } from './ends.ts';

/**
 * Does it, and once more, as of a new reading, where a person moved the issue to another team in between:
 * states and labels are a team's own.
 */
export async function unlessMoved<T>(work: () => Promise<T>, again: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!hasCode(error, MOVED)) throw error;
    return again();
  }
}
