import { DOCUMENTS } from '../domain/document.ts';
import { planningPhase } from './planning.ts';

/** From requirements to a design. */
export const architecture = planningPhase({
  name: 'architecture',
  document: DOCUMENTS.architecture,
  title: 'Architecture',
  single: 'architect',
  swarm: ['system_design', 'data_models', 'api_design'],
});
