-- What each session spent on each day, added up. The single charges that it was added up from are kept.
DROP TRIGGER "count_spending" ON "harness"."usage";
DROP FUNCTION "harness"."count_spending"();
CREATE INDEX "usage_by_time" ON "harness"."usage" USING btree ("at");
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
		CASE WHEN count(*) > count(part.usd) THEN NULL ELSE coalesce(sum(part.usd), 0) END,
		CASE WHEN count(*) FILTER (WHERE part.session_id = the_session)
				> count(part.usd) FILTER (WHERE part.session_id = the_session) THEN NULL
			ELSE coalesce(sum(part.usd) FILTER (WHERE part.session_id = the_session), 0) END
	INTO run_usd, session_usd
	FROM (
		SELECT u.session_id, u.cost_usd AS usd FROM "harness"."usage" u WHERE u.run_id = the_run
		UNION ALL
		SELECT r.session_id, r.usd FROM "harness"."reservation" r WHERE r.run_id = the_run
	) part;
	day_usd := 0;
	IF with_day THEN
		SELECT CASE WHEN bool_or(part.unknown) THEN NULL ELSE coalesce(sum(part.usd), 0) END
		INTO day_usd
		FROM (
			SELECT call.run_id, sum(call.usd) AS usd, bool_or(call.usd IS NULL) AS unknown
			FROM (
				SELECT u.run_id, u.cost_usd AS usd FROM "harness"."usage" u WHERE u.at >= midnight
				UNION ALL
				SELECT r.run_id, r.usd FROM "harness"."reservation" r
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
DROP TABLE "harness"."spent";
