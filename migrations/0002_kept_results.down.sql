-- What came of each decision to deploy, and which results of phases do not count any more, with the reason.
DROP INDEX "harness"."event_main_moved";
ALTER TABLE "harness"."phase" DROP COLUMN "feedback";
ALTER TABLE "harness"."phase" DROP COLUMN "discarded";
DROP TABLE "harness"."deployment";
