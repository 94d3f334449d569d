#!/usr/bin/env python3
"""Scores alerts against the labels of simulated traffic.

    score.py LABELS.json ALERTS.jsonl KEYS DAYS   one row of numbers, as JSON
    score.py --table ROW.json...                  the table over all seeds

An incident is found when an alert of its kind was detected between its start and two hours (the
longest window of a rule) after its end, and is about its entity or one that its label names under
"also": the keys of a supplier, or the supplier of a key that makes most of its traffic. What a
label calls not findable is not asked for: a drop before the hour of the week was seen twice.

An alert is false when no incident explains it, by kind, entity and time as above. Two more things
explain one and are counted apart: a flood beyond a tier is a spike as well, and a spike may go
beyond a tier (by-product); a holiday is out of the usual, and asked for by nobody.
"""
import datetime
import json
import sys

LONGEST_WINDOW = datetime.timedelta(hours=2)
BY_PRODUCTS = {("spike", "tier"), ("tier", "spike")}


def time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def is_about(alert, label):
    return alert["entity"] == label["entity"] or alert["entity"] in label["also"]


def is_during(alert, label):
    return time(label["start"]) <= time(alert["detected_at"]) <= time(label["end"]) + LONGEST_WINDOW


def matches(alert, label):
    return alert["kind"] == label["kind"] and is_about(alert, label) and is_during(alert, label)


def is_by_product(alert, label):
    # A key's flood shows in its supplier's traffic, however much that is.
    related = is_about(alert, label) or alert["entity"] == label["supplier"]
    return (label["kind"], alert["kind"]) in BY_PRODUCTS and related and is_during(alert, label)


def verdict(alert, labels):
    if any(matches(alert, l) for l in labels if l["strength"] != "holiday"):
        return "true"
    if any(matches(alert, l) for l in labels):
        return "holiday"
    return "by_product" if any(is_by_product(alert, l) for l in labels) else "false"


def score(labels, alerts, keys, days):
    opened = [a for a in alerts if a["revision"] == 1]
    row = {"key_months": keys * days / 30, "kinds": {}, "missed": [], "false": []}
    for kind in sorted({l["kind"] for l in labels} | {a["kind"] for a in opened}):
        counts, early = {}, 0
        for label in (l for l in labels if l["kind"] == kind and l["strength"] != "holiday"):
            if not label["findable"]:
                early += 1
                continue
            found, total = counts.get(label["strength"], (0, 0))
            hit = any(matches(a, label) for a in opened)
            if not hit:
                row["missed"].append(label)
            counts[label["strength"]] = (found + hit, total + 1)
        verdicts = [(verdict(a, labels), a) for a in opened if a["kind"] == kind]
        row["false"] += [
            {k: a[k] for k in ("kind", "entity", "detected_at", "score", "reason")}
            for v, a in verdicts if v == "false"]
        row["kinds"][kind] = {"found": counts, "early": early} | {
            name: sum(v == name for v, _ in verdicts)
            for name in ("true", "by_product", "holiday", "false")}
    return row


def table(rows):
    months = sum(r["key_months"] for r in rows)
    print(f"{'kind':<11}{'strong':>9}{'weak':>9}{'too early':>11}{'true':>7}{'by-product':>12}"
          f"{'holiday':>9}{'false':>7}{'a key-month':>13}")
    for kind in sorted({k for r in rows for k in r["kinds"]}):
        kinds = [r["kinds"][kind] for r in rows if kind in r["kinds"]]
        cells = []
        for strength in ("strong", "weak"):
            pairs = [k["found"].get(strength, (0, 0)) for k in kinds]
            total = sum(p[1] for p in pairs)
            cells.append(f"{sum(p[0] for p in pairs)} of {total}" if total else "-")
        sums = {n: sum(k[n] for k in kinds) for n in ("early", "true", "by_product", "holiday", "false")}
        print(f"{kind:<11}{cells[0]:>9}{cells[1]:>9}{sums['early'] or '-':>11}{sums['true']:>7}"
              f"{sums['by_product']:>12}{sums['holiday']:>9}{sums['false']:>7}"
              f"{sums['false'] / months:>13.3f}")
    print(f"{len(rows)} seeds, {months:.0f} key-months")
    for row in rows:
        for label in row["missed"]:
            print("missed:", label["kind"], label["strength"], label["entity_type"],
                  label["entity"], label["start"], "factor", label["factor"])
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
