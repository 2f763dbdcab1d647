/** A planner's answer as it may come. */
export function anAnswer(item: Record<string, unknown> = {}): Record<string, unknown> {
  return { summary: 'A shop.', project_check: 'npm test', items: [anItemAnswer(item)] };
}

export function anItemAnswer(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    key: 'API-1',
    title: 'List links',
    description: 'All of them.',
    priority: 2,
    dependencies: [],
    checks: [{ kind: 'command', run: 'node --test test/api.test.js' }],
    ...changes,
  };
}
