CREATE TABLE "harness"."request" (
	"key" text PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"answer" jsonb,
	"at" timestamptz DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "harness"."project" ADD COLUMN "description" text;--> statement-breakpoint
ALTER TABLE "harness"."project" ADD COLUMN "idea" text;--> statement-breakpoint
CREATE INDEX "request_age" ON "harness"."request" USING btree ("at");