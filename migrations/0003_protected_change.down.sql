-- What questions about protected files were about: the change itself, and the work item that made it.
ALTER TABLE "harness"."approval" DROP COLUMN "change";--> statement-breakpoint
ALTER TABLE "harness"."approval" DROP COLUMN "item_key";
