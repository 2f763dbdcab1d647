-- What people had made a work item a part of, here and in the tracker that is kept in this database.
ALTER TABLE "harness"."tracker_item" DROP COLUMN "parent";--> statement-breakpoint
ALTER TABLE "harness"."item" DROP COLUMN "parent";
