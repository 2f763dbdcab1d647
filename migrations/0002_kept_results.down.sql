DROP INDEX "harness"."event_main_moved";
ALTER TABLE "harness"."phase" DROP COLUMN "feedback";
ALTER TABLE "harness"."phase" DROP COLUMN "discarded";
DROP TABLE "harness"."deployment";
