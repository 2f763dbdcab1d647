-- The labels of work items, as trackers have them, and those that workers were started with. Trackers keep theirs.
ALTER TABLE "harness"."item" DROP COLUMN "labels";--> statement-breakpoint
ALTER TABLE "harness"."worker" DROP COLUMN "labels";
