CREATE TABLE "harness"."spent" (
	"run_id" text NOT NULL,
	"session_id" text NOT NULL,
	"day" date NOT NULL,
	"usd" numeric NOT NULL,
	"unpriced" bigint NOT NULL,
	CONSTRAINT "spent_run_id_session_id_day_pk" PRIMARY KEY("run_id","session_id","day")
);
--> statement-breakpoint
DROP INDEX "harness"."usage_by_time";--> statement-breakpoint
ALTER TABLE "harness"."spent" ADD CONSTRAINT "spent_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "harness"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "spent_by_day" ON "harness"."spent" USING btree ("day");--> statement-breakpoint
-- Counts with every charge, and with every one that is taken back or replaced. A day is that of the charge, by UTC.
CREATE FUNCTION "harness"."count_spending"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		UPDATE "harness"."spent" s
		SET usd = s.usd - coalesce(OLD.cost_usd, 0), unpriced = s.unpriced - (OLD.cost_usd IS NULL)::int
		WHERE s.run_id = OLD.run_id AND s.session_id = OLD.session_id AND s.day = (OLD.at AT TIME ZONE 'UTC')::date;
	END IF;
	IF TG_OP <> 'DELETE' THEN
		INSERT INTO "harness"."spent" AS s (run_id, session_id, day, usd, unpriced)
		VALUES (NEW.run_id, NEW.session_id, (NEW.at AT TIME ZONE 'UTC')::date,
			coalesce(NEW.cost_usd, 0), (NEW.cost_usd IS NULL)::int)
		ON CONFLICT (run_id, session_id, day)
		DO UPDATE SET usd = s.usd + excluded.usd, unpriced = s.unpriced + excluded.unpriced;
	END IF;
	RETURN NULL;
END
$$;--> statement-breakpoint
LOCK TABLE "harness"."usage" IN SHARE ROW EXCLUSIVE MODE;--> statement-breakpoint
INSERT INTO "harness"."spent" (run_id, session_id, day, usd, unpriced)
SELECT run_id, session_id, (at AT TIME ZONE 'UTC')::date, coalesce(sum(cost_usd), 0), count(*) - count(cost_usd)
FROM "harness"."usage" GROUP BY 1, 2, 3;--> statement-breakpoint
CREATE TRIGGER "count_spending" AFTER INSERT OR UPDATE OR DELETE ON "harness"."usage"
FOR EACH ROW EXECUTE FUNCTION "harness"."count_spending"();--> statement-breakpoint
-- As before, from what is counted instead of from single calls: the time it takes grows with sessions, not with calls.
CREATE OR REPLACE FUNCTION "harness"."taken"(the_run text, the_session text, with_day boolean)
RETURNS TABLE ("run_usd" numeric, "session_usd" numeric, "day_usd" numeric, "day_ends" timestamptz)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	midnight timestamptz := date_trunc('day', clock_timestamp(), 'UTC');
BEGIN
	IF with_day THEN
		PERFORM pg_advisory_xact_lock(1751216748, 0);
	END IF;
	PERFORM pg_advisory_xact_lock(1751216749, hashtext(the_run));
	day_ends := midnight + interval '24 hours';
	SELECT
		CASE WHEN sum(part.unpriced) > 0 THEN NULL ELSE coalesce(sum(part.usd), 0) END,
		CASE WHEN sum(part.unpriced) FILTER (WHERE part.session_id = the_session) > 0 THEN NULL
			ELSE coalesce(sum(part.usd) FILTER (WHERE part.session_id = the_session), 0) END
	INTO run_usd, session_usd
	FROM (
		SELECT s.session_id, s.usd, s.unpriced FROM "harness"."spent" s WHERE s.run_id = the_run
		UNION ALL
		SELECT r.session_id, coalesce(r.usd, 0), (r.usd IS NULL)::int FROM "harness"."reservation" r WHERE r.run_id = the_run
	) part;
	day_usd := 0;
	IF with_day THEN
		-- A later day: the clock was set back since. What was spent then counts all the same.
		SELECT CASE WHEN sum(part.unpriced) > 0 THEN NULL ELSE coalesce(sum(part.usd), 0) END
		INTO day_usd
		FROM (
			SELECT call.run_id, sum(call.usd) AS usd, sum(call.unpriced) AS unpriced
			FROM (
				SELECT s.run_id, s.usd, s.unpriced FROM "harness"."spent" s
				WHERE s.day >= (midnight AT TIME ZONE 'UTC')::date
				UNION ALL
				SELECT r.run_id, coalesce(r.usd, 0), (r.usd IS NULL)::int FROM "harness"."reservation" r
			) call
			GROUP BY call.run_id
		) part
		JOIN "harness"."run" mine ON mine.id = the_run
		JOIN "harness"."run" other ON other.id = part.run_id
			AND other.settings->>'label' = mine.settings->>'label';
	END IF;
	RETURN NEXT;
END
$$;
