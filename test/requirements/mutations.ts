import type { Mutation } from './mutation.ts';
import { OF_PARTS } from './mutations/parts.ts';
import { OF_SETTINGS } from './mutations/settings.ts';

/** As many promises as can be broken by a text and whose proof takes seconds. */
export const MUTATIONS: readonly Mutation[] = [...OF_PARTS, ...OF_SETTINGS];
