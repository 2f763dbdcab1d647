ALTER TABLE "harness"."approval" ADD COLUMN "item_key" text;--> statement-breakpoint
ALTER TABLE "harness"."approval" ADD COLUMN "change" jsonb;