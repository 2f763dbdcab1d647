-- Which news were told by which notifier. A version that has notifiers again may tell those of the last quarter of an hour once more.
DROP INDEX "harness"."event_news";
DROP TABLE "harness"."notice";
