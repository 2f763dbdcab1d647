CREATE TABLE "harness"."deployment" (
	"project_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"commit" text NOT NULL,
	"execution" text NOT NULL,
	"started_at" timestamptz DEFAULT now() NOT NULL,
	"end" jsonb,
	"ended_at" timestamptz,
	CONSTRAINT "deployment_run_id_attempt_pk" PRIMARY KEY("run_id","attempt")
);
--> statement-breakpoint
ALTER TABLE "harness"."phase" ADD COLUMN "discarded" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "harness"."phase" ADD COLUMN "feedback" text;--> statement-breakpoint
ALTER TABLE "harness"."deployment" ADD CONSTRAINT "deployment_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "harness"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "event_main_moved" ON "harness"."event" USING btree ("project_id",("data"->>'to')) WHERE "harness"."event"."data"->>'type' = 'main.moved';