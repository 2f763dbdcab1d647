CREATE TABLE "harness"."notice" (
	"project_id" uuid NOT NULL,
	"event_id" bigint NOT NULL,
	"notifier" text NOT NULL,
	"at" timestamptz DEFAULT now() NOT NULL,
	CONSTRAINT "notice_project_id_event_id_notifier_pk" PRIMARY KEY("project_id","event_id","notifier")
);
--> statement-breakpoint
ALTER TABLE "harness"."notice" ADD CONSTRAINT "notice_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "harness"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "event_news" ON "harness"."event" USING btree ("at") WHERE "harness"."event"."data"->>'type' in ('run.status', 'approval.asked');