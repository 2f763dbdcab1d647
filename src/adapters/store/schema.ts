/** Every table of the harness, in the three files that hold them; `drizzle-kit` reads this one. */
export { harness } from './columns.ts';
export * from './record-tables.ts';
export * from './run-tables.ts';
export * from './tracker-tables.ts';
