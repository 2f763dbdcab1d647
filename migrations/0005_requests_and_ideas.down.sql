-- What projects were said to be and to build, and which requests of the API were answered already.
DROP TABLE "harness"."request";
ALTER TABLE "harness"."project" DROP COLUMN "idea";
ALTER TABLE "harness"."project" DROP COLUMN "description";
