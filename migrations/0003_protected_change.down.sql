ALTER TABLE "harness"."approval" DROP COLUMN "change";--> statement-breakpoint
ALTER TABLE "harness"."approval" DROP COLUMN "item_key";
