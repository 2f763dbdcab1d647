import { Client } from 'pg';

/** Writes down in the database itself which process touched which row. */
export interface Witness extends AsyncDisposable {
  /** The database's address for a process that is to be known by this name. */
  addressOf(name: string): string;
  /** A mark to ask from. */
  mark(): Promise<number>;
  /** Tables that this process touched after the mark and before it joined the workers anew. */
  touchedBy(name: string, after: number): Promise<readonly string[]>;
  /** Whether it has joined the workers after the mark. */
  hasJoined(name: string, after: number): Promise<boolean>;
}

/** A row of a worker that joins ends what it may have to say from before. */
const SETUP = `
  create table public.touched (n bigserial primary key, who text, what text, how text, type text);
  create function public.witness() returns trigger language plpgsql as $$ begin
    insert into public.touched (who, what, how, type)
      values (current_setting('application_name'), tg_table_name, tg_op, to_jsonb(new)->'data'->>'type');
    return null;
  end $$;
  do $$ declare one record; begin
    for one in select tablename from pg_tables where schemaname = 'harness' loop
      execute format('create trigger witness after insert or update or delete on harness.%I
        for each row execute function public.witness()', one.tablename);
    end loop;
  end $$`;

const JOINED = `
  select n from public.touched
  where who = $1 and n > $2 and what = 'worker' and how = 'INSERT' order by n limit 1`;

/**
 * Left out is what is true from anybody: what a call had cost or come to when its answer came, with the
 * end of its reservation; whose lease is over; that main, as git has it, reached its user. A sequence
 * moves with the event beside it only.
 */
const TOUCHED = `
  select concat_ws(' ', how, what, type) as deed from public.touched
  where who = $1 and n > $2 and what not in ('usage', 'spent', 'worker', 'sequence')
    and (how, what) <> ('DELETE', 'reservation')
    and coalesce(type, '') not in ('model.failed', 'main.landed', 'land.delayed')
    and n < coalesce((${JOINED}), 9e18) order by n`;

/** Its triggers see every process, whatever that says of itself. */
export async function aWitness(databaseUrl: string): Promise<Witness> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(SETUP);
  return {
    addressOf(name) {
      const address = new URL(databaseUrl);
      address.searchParams.set('application_name', name);
      return address.href;
    },
    async mark() {
      const { rows } = await client.query<{ n: string | null }>(
        'select max(n) as n from public.touched',
      );
      return Number(rows[0]?.n ?? 0);
    },
    async touchedBy(name, after) {
      const { rows } = await client.query<{ deed: string }>(TOUCHED, [name, after]);
      return rows.map(({ deed }) => deed);
    },
    async hasJoined(name, after) {
      return (await client.query(JOINED, [name, after])).rowCount === 1;
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}
