-- Everything: projects, runs, work items, events, evidence, cost. Files, hubs and rescued work stay.
DROP SCHEMA "harness" CASCADE;
