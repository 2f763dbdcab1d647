import { z } from 'zod';
import type { Ask } from '../ask.ts';

/** Lists that a tracker's tools answer with, under whatever name they stand. */
const Named = z.array(z.looseObject({ name: z.string().optional(), title: z.string().optional() }));
const Answer = z.union([Named, z.record(z.string(), z.unknown())]);

type Entry = z.infer<typeof Named>[number];

function listsOf({ results }: Ask, tool: string): readonly Entry[] {
  return results
    .filter((result) => result.tool.endsWith(`__${tool}`) && !result.failed)
    .flatMap(({ text }) => entriesIn(text));
}

function entriesIn(text: string): readonly Entry[] {
  const { data } = Answer.safeParse(parsed(text));
  if (data === undefined) return [];
  if (Array.isArray(data)) return data;
  return Object.values(data).flatMap((value) => Named.safeParse(value).data ?? []);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Name of the first team, as the last answer's tools gave it. */
export function teamIn(ask: Ask): string {
  return listsOf(ask, 'list_teams')[0]?.name ?? '';
}

/** Whether a project of this name is there. */
export function openedIn(ask: Ask, name: string): boolean {
  return listsOf(ask, 'list_projects').some((one) => one.name === name);
}

/** Titles of the issues that are there. */
export function titlesIn(ask: Ask): ReadonlySet<string> {
  return new Set(listsOf(ask, 'list_issues').flatMap(({ title }) => title ?? []));
}
