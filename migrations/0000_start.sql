CREATE SCHEMA "harness";
--> statement-breakpoint
CREATE SEQUENCE "harness"."fence" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "harness"."event" (
	"project_id" uuid NOT NULL,
	"id" bigint NOT NULL,
	"run_id" text,
	"data" jsonb NOT NULL,
	"at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "event_project_id_id_pk" PRIMARY KEY("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "harness"."evidence" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"attempt_id" text NOT NULL,
	"item_key" text,
	"tree" text NOT NULL,
	"check" jsonb NOT NULL,
	"verdict" text NOT NULL,
	"exit" integer,
	"tail" text NOT NULL,
	"duration_ms" bigint NOT NULL,
	"at" timestamptz DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "harness"."sequence" (
	"project_id" uuid PRIMARY KEY NOT NULL,
	"n" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "harness"."usage" (
	"project_id" uuid NOT NULL,
	"request_id" text NOT NULL,
	"run_id" text NOT NULL,
	"session_id" text NOT NULL,
	"phase" text NOT NULL,
	"role" text NOT NULL,
	"item_key" text,
	"model" text NOT NULL,
	"input_tokens" bigint NOT NULL,
	"output_tokens" bigint NOT NULL,
	"cache_read_tokens" bigint NOT NULL,
	"cache_write_tokens" bigint NOT NULL,
	"cost_usd" numeric,
	"at" timestamptz DEFAULT now() NOT NULL,
	CONSTRAINT "usage_project_id_request_id_pk" PRIMARY KEY("project_id","request_id"),
	CONSTRAINT "usage_cost" CHECK ("harness"."usage"."cost_usd" between 0 and 1000000000)
);
--> statement-breakpoint
CREATE TABLE "harness"."worker" (
	"executor_id" text PRIMARY KEY NOT NULL,
	"host_id" text NOT NULL,
	"boot_id" text NOT NULL,
	"pid" integer NOT NULL,
	"pid_started" text NOT NULL,
	"label" text NOT NULL,
	"lease_until" timestamptz NOT NULL,
	"state" text DEFAULT 'live' NOT NULL,
	"reaped_by" text,
	"joined_at" timestamptz DEFAULT now() NOT NULL,
	CONSTRAINT "worker_state" CHECK ("harness"."worker"."state" in ('live', 'left', 'dead'))
);
--> statement-breakpoint
CREATE TABLE "harness"."approval" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"phase" text NOT NULL,
	"attempt" integer NOT NULL,
	"state_hash" text NOT NULL,
	"question" text NOT NULL,
	"asked_at" timestamptz DEFAULT now() NOT NULL,
	"answer" jsonb,
	"answered_at" timestamptz
);
--> statement-breakpoint
CREATE TABLE "harness"."attempt" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"phase" text NOT NULL,
	"role" text NOT NULL,
	"item_key" text,
	"number" integer NOT NULL,
	"session_id" text NOT NULL,
	"fence" bigint DEFAULT 0 NOT NULL,
	"owner" text,
	"end" jsonb,
	"started_at" timestamptz DEFAULT now() NOT NULL,
	"ended_at" timestamptz,
	CONSTRAINT "attempt_end" CHECK (("harness"."attempt"."end" is null) = ("harness"."attempt"."ended_at" is null))
);
--> statement-breakpoint
CREATE TABLE "harness"."item" (
	"project_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"key" text NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"priority" integer NOT NULL,
	"dependencies" text[] NOT NULL,
	"checks" jsonb NOT NULL,
	"status" text DEFAULT 'todo' NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"not_before" timestamptz,
	"reason" text,
	"feedback" text,
	"commit" text,
	"created_at" timestamptz DEFAULT now() NOT NULL,
	"updated_at" timestamptz DEFAULT now() NOT NULL,
	CONSTRAINT "item_project_id_key_pk" PRIMARY KEY("project_id","key"),
	CONSTRAINT "item_status" CHECK ("harness"."item"."status" in ('todo', 'in_progress', 'done', 'blocked')),
	CONSTRAINT "item_priority" CHECK ("harness"."item"."priority" between 0 and 4),
	CONSTRAINT "item_done_has_commit" CHECK ("harness"."item"."status" <> 'done' or "harness"."item"."commit" is not null)
);
--> statement-breakpoint
CREATE TABLE "harness"."phase" (
	"project_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"name" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"started_at" timestamptz,
	"completed_at" timestamptz,
	"error" text,
	"outputs" text[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "phase_run_id_name_pk" PRIMARY KEY("run_id","name")
);
--> statement-breakpoint
CREATE TABLE "harness"."project" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"directory" text NOT NULL,
	"created_at" timestamptz DEFAULT now() NOT NULL,
	CONSTRAINT "project_directory_unique" UNIQUE("directory")
);
--> statement-breakpoint
CREATE TABLE "harness"."run" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"idea" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"control" text,
	"generation" integer DEFAULT 1 NOT NULL,
	"settings" jsonb NOT NULL,
	"reason" text,
	"project_check" text,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"ended_at" timestamptz,
	CONSTRAINT "run_status" CHECK ("harness"."run"."status" in ('pending', 'running', 'waiting_approval', 'limited', 'paused', 'stopping', 'stopped', 'completed', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "harness"."session" (
	"project_id" uuid NOT NULL,
	"attempt_id" text PRIMARY KEY NOT NULL,
	"role" text NOT NULL,
	"item_key" text,
	"model" text,
	"started_at" timestamptz DEFAULT now() NOT NULL,
	"last_event_at" timestamptz,
	"ended_at" timestamptz
);
--> statement-breakpoint
CREATE TABLE "harness"."outbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"op" jsonb NOT NULL,
	"created_at" timestamptz DEFAULT now() NOT NULL,
	"done_at" timestamptz
);
--> statement-breakpoint
CREATE TABLE "harness"."tracker_comment" (
	"project_id" uuid NOT NULL,
	"item_key" text NOT NULL,
	"id" text NOT NULL,
	"author" text NOT NULL,
	"text" text NOT NULL,
	"at" timestamptz DEFAULT now() NOT NULL,
	CONSTRAINT "tracker_comment_project_id_item_key_id_pk" PRIMARY KEY("project_id","item_key","id")
);
--> statement-breakpoint
CREATE TABLE "harness"."tracker_item" (
	"project_id" uuid NOT NULL,
	"key" text NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"priority" integer NOT NULL,
	"status" text DEFAULT 'todo' NOT NULL,
	"dependencies" jsonb DEFAULT '[]' NOT NULL,
	"labels" jsonb DEFAULT '[]' NOT NULL,
	"cancelled" boolean DEFAULT false NOT NULL,
	"owner" text,
	"fence" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamptz DEFAULT now() NOT NULL,
	"updated_at" timestamptz DEFAULT now() NOT NULL,
	CONSTRAINT "tracker_item_project_id_key_pk" PRIMARY KEY("project_id","key"),
	CONSTRAINT "tracker_item_status" CHECK ("harness"."tracker_item"."status" in ('todo', 'in_progress', 'done', 'blocked'))
);
--> statement-breakpoint
ALTER TABLE "harness"."sequence" ADD CONSTRAINT "sequence_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "harness"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "harness"."usage" ADD CONSTRAINT "usage_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "harness"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "harness"."approval" ADD CONSTRAINT "approval_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "harness"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "harness"."attempt" ADD CONSTRAINT "attempt_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "harness"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "harness"."item" ADD CONSTRAINT "item_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "harness"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "harness"."phase" ADD CONSTRAINT "phase_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "harness"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "harness"."run" ADD CONSTRAINT "run_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "harness"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "harness"."session" ADD CONSTRAINT "session_attempt_id_attempt_id_fk" FOREIGN KEY ("attempt_id") REFERENCES "harness"."attempt"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "harness"."outbox" ADD CONSTRAINT "outbox_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "harness"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "harness"."tracker_comment" ADD CONSTRAINT "tracker_comment_of_item" FOREIGN KEY ("project_id","item_key") REFERENCES "harness"."tracker_item"("project_id","key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "harness"."tracker_item" ADD CONSTRAINT "tracker_item_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "harness"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "evidence_of_attempt" ON "harness"."evidence" USING btree ("project_id","attempt_id");--> statement-breakpoint
CREATE INDEX "usage_of_run" ON "harness"."usage" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "worker_live" ON "harness"."worker" USING btree ("lease_until") WHERE "harness"."worker"."state" = 'live';--> statement-breakpoint
CREATE INDEX "approval_of_run" ON "harness"."approval" USING btree ("run_id","asked_at");--> statement-breakpoint
CREATE UNIQUE INDEX "attempt_one_open_an_item" ON "harness"."attempt" USING btree ("project_id","item_key") WHERE "harness"."attempt"."ended_at" is null and "harness"."attempt"."item_key" is not null;--> statement-breakpoint
CREATE INDEX "attempt_of_run" ON "harness"."attempt" USING btree ("run_id","started_at");--> statement-breakpoint
CREATE INDEX "item_of_run" ON "harness"."item" USING btree ("run_id","status");--> statement-breakpoint
CREATE INDEX "run_of_project" ON "harness"."run" USING btree ("project_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "run_one_active_a_project" ON "harness"."run" USING btree ("project_id") WHERE "harness"."run"."status" in ('pending', 'running', 'waiting_approval', 'stopping');--> statement-breakpoint
CREATE INDEX "outbox_pending" ON "harness"."outbox" USING btree ("project_id","id") WHERE "harness"."outbox"."done_at" is null;