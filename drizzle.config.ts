import { defineConfig } from 'drizzle-kit';

/** For `harness db revision`, which writes the next migration; its way back is written by hand beside it. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/adapters/store/schema.ts',
  out: './migrations',
  schemaFilter: ['harness'],
  casing: 'snake_case',
});
