#!/usr/bin/env python3
"""Scores alerts against the labels of simulated traffic.

    score.py LABELS.json ALERTS.jsonl KEYS DAYS   one row of numbers, as JSON
    score.py --table ROW.json...                  the table over all seeds

An incident is found when an alert of its kind about its entity, its supplier or a key of its
supplier was detected between its start and an hour after its end. An alert is false when no
incident of whatever kind explains it: none of its supplier lasted at any time from three hours
before the alert was detected. Holidays explain alerts and are not asked for.
"""
import datetime
import json
import sys

HOUR = datetime.timedelta(hours=1)


def time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def related(alert, label):
    return alert["entity"] == label["entity"] or (
        alert.get("supplier") or alert["entity"]) == label["supplier"]


def finds(alert, label):
    return (alert["kind"] == label["kind"] and related(alert, label)
            and time(label["start"]) <= time(alert["detected_at"]) <= time(label["end"]) + HOUR)


def explains(label, alert):
    at = time(alert["detected_at"])
    return related(alert, label) and time(label["start"]) - HOUR <= at <= time(label["end"]) + 3 * HOUR


def score(labels, alerts, keys, days):
    opened = [a for a in alerts if a["revision"] == 1]
    row = {"key_months": keys * days / 30, "kinds": {}, "missed": [], "false": []}
    for kind in sorted({l["kind"] for l in labels} | {a["kind"] for a in opened}):
        counts = {}
        for label in (l for l in labels if l["kind"] == kind and l["strength"] != "holiday"):
            found, total = counts.get(label["strength"], (0, 0))
            hit = any(finds(a, label) for a in opened)
            if not hit:
                row["missed"].append(label)
            counts[label["strength"]] = (found + hit, total + 1)
        wrong = [a for a in opened if a["kind"] == kind and not any(explains(l, a) for l in labels)]
        row["false"] += [
            {k: a[k] for k in ("kind", "entity", "detected_at", "score", "reason")} for a in wrong]
        row["kinds"][kind] = {"found": counts, "false": len(wrong)}
    return row


def table(rows):
    months = sum(r["key_months"] for r in rows)
    print(f"{'kind':<12}{'strong':>10}{'weak':>10}{'false alarms':>16}{'a key-month':>14}")
    for kind in sorted({k for r in rows for k in r["kinds"]}):
        cells = []
        for strength in ("strong", "weak"):
            pairs = [r["kinds"].get(kind, {}).get("found", {}).get(strength, (0, 0)) for r in rows]
            cells.append(f"{sum(p[0] for p in pairs)} of {sum(p[1] for p in pairs)}")
        wrong = sum(r["kinds"].get(kind, {}).get("false", 0) for r in rows)
        print(f"{kind:<12}{cells[0]:>10}{cells[1]:>10}{wrong:>16}{wrong / months:>14.4f}")
    print(f"{months:.0f} key-months")
    for row in rows:
        for label in row["missed"]:
            print("missed:", label["kind"], label["strength"], label["entity"], label["start"])
        for alert in row["false"]:
            print("false:", alert["kind"], alert["detected_at"], alert["reason"])


def main(words):
    if words[:1] == ["--table"]:
        return table([json.load(open(name)) for name in words[1:]])
    labels = json.load(open(words[0]))
    alerts = [json.loads(line) for line in open(words[1])]
    print(json.dumps(score(labels, alerts, int(words[2]), int(words[3]))))


if __name__ == "__main__":
    main(sys.argv[1:])
