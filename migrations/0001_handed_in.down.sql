ALTER TABLE "harness"."attempt" DROP COLUMN "handed_in";
