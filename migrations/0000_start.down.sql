-- Everything of the harness goes, recorded events and evidence too; schema "dbos" stays.
DROP SCHEMA "harness" CASCADE;
