"""What Spark's event log tells of a run: tasks, what a task costs beside its work (ms, median), bytes of results to the driver.

    python bench/events.py FOLDER
"""

import json
import sys
from pathlib import Path
from statistics import median

tasks, cost, result = 0, [], 0
for file in sorted(path for path in Path(sys.argv[1]).rglob("*") if path.is_file()):
    for line in file.read_text().splitlines():
        if '"SparkListenerTaskEnd"' not in line:
            continue
        event = json.loads(line)
        metrics = event.get("Task Metrics")
        if not metrics or event["Task End Reason"]["Reason"] != "Success":
            continue
        info = event["Task Info"]
        tasks += 1
        cost.append(info["Finish Time"] - info["Launch Time"] - metrics["Executor Run Time"])
        result += metrics["Result Size"]
print(f"{tasks} | {median(cost):.0f} | {result:,}")
