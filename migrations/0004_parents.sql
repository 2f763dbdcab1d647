ALTER TABLE "harness"."item" ADD COLUMN "parent" text;--> statement-breakpoint
ALTER TABLE "harness"."tracker_item" ADD COLUMN "parent" text;