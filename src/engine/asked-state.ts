import { createHash } from 'node:crypto';
import { DOCUMENTS } from '../domain/document.ts';
import type { PhaseName } from '../domain/phase.ts';

/** The document that a phase leaves and that is asked about; undefined where there is none. */
export function documentOf(phase: PhaseName): string | undefined {
  return Object.entries(DOCUMENTS).find(([name]) => name === phase)?.[1];
}

/** Names exactly what is asked about: an answer counts for it and nothing else. */
export function hashOf(phase: PhaseName, attempt: number, document: string | undefined): string {
  return createHash('sha256')
    .update(`${phase}\0${attempt}\0${document ?? ''}`)
    .digest('hex');
}
