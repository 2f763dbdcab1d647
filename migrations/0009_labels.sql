ALTER TABLE "harness"."worker" ADD COLUMN "labels" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "harness"."item" ADD COLUMN "labels" text[] DEFAULT '{}' NOT NULL;