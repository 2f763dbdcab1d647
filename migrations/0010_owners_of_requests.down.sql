-- Which process took a request with an idempotency key: a server of the older version carries one that was broken off out again.
ALTER TABLE "harness"."request" DROP COLUMN "owner";
