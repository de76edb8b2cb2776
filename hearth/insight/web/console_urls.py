"""Included by the console's addresses, in its namespace."""

from django.urls import path

from hearth.insight.web import alarms, cohorts, console, goals, maturity, metrics, people, reports

urlpatterns = [
    path("diagnosis/", console.diagnosis, name="diagnosis"),
    path("alarms/<int:alarm_id>/snooze/", alarms.snooze, name="alarm-snooze"),
    path("alarms/<int:alarm_id>/dismissal/", alarms.dismissal, name="alarm-dismissal"),
    path("alarms/answers/<int:answer_id>/undoing/", alarms.undoing, name="alarm-undoing"),
    path("diagnosis/refresh/", console.refresh, name="diagnosis-refresh"),
    path("people/refresh/", people.refresh, name="people-refresh"),
    path("diagnosis/report/", console.report, name="diagnosis-report"),
    path("diagnosis/data/", console.data, name="diagnosis-data"),
    path("diagnosis/weekly/", reports.weekly_report, name="weekly-report"),
    path("diagnosis/decision/", reports.decision_report, name="decision-report"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:report_id>/", reports.report, name="report"),
    path("reports/<int:report_id>/file/", reports.report_file, name="report-file"),
    path("diagnosis/archives/<int:upload_id>/", console.archive, name="archive"),
    path("diagnosis/archives/<int:upload_id>/report/", console.archive_report, name="archive-report"),
    path("diagnosis/archives/<int:upload_id>/data/", console.archive_data, name="archive-data"),
    path("maturity/", maturity.maturity, name="maturity"),
    path("metrics/", metrics.overview, name="metrics"),
    path("metrics/refresh/", metrics.refresh_metrics, name="metrics-refresh"),
    path("metrics/cohorts/", cohorts.cohorts, name="cohorts"),
    path("metrics/goals/", goals.goals, name="goals"),
    path("metrics/goals/<int:goal_id>/ending/", goals.ending, name="goal-ending"),
    path("metrics/goals/<int:goal_id>/reopening/", goals.reopening, name="goal-reopening"),
    path("metrics/goals/<int:goal_id>/rest/", goals.rest, name="goal-rest"),
    path("metrics/<slug:metric_name>/goal/", goals.goal, name="goal"),
    path("metrics/<slug:metric_name>/", metrics.one_metric, name="metric"),
]
