import { DOCUMENTS } from '../domain/document.ts';
import { planningPhase } from './planning.ts';

/** From an idea to requirements. */
export const ideation = planningPhase({
  name: 'ideation',
  document: DOCUMENTS.ideation,
  title: 'Requirements',
  single: 'brainstorm',
  swarm: ['user_requirements', 'technical_feasibility', 'edge_cases'],
});
