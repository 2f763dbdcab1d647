-- Which attempts had handed in their work and only waited for their proof.
ALTER TABLE "harness"."attempt" DROP COLUMN "handed_in";
