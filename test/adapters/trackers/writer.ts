import { openJsonTracker } from '../../../src/adapters/trackers/json.ts';

// Writes until it is killed, and says so after the first few writes.
const tracker = openJsonTracker({ file: process.argv[2] ?? '', project: 'writer' });
for (let count = 0; ; count += 1) {
  await tracker.edit('A', { description: `${count} ${'x'.repeat(100_000)}` });
  if (count === 5) process.send?.('writing');
}
