/** What a planning phase leaves; committed in the project. */
export interface PlanDocument {
  /** Relative to the project: `PRPs/plans/requirements.md`. */
  readonly path: string;
  readonly text: string;
}

export const DOCUMENTS = Object.freeze({
  ideation: 'PRPs/plans/requirements.md',
  architecture: 'PRPs/plans/architecture.md',
  task_breakdown: 'PRPs/plans/tasks.md',
});
