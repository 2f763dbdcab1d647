-- What model calls under way may cost. What they did cost is kept: only a call that is cut off meanwhile is forgotten.
DROP FUNCTION "harness"."taken"(text, text, boolean);
DROP INDEX "harness"."usage_by_time";
DROP TABLE "harness"."reservation";
