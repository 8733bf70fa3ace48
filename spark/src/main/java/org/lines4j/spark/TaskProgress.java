package org.lines4j.spark;

import java.util.BitSet;
import java.util.List;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.lines4j.plan.Progress;
import org.lines4j.run.Batch;

/// Tells how a pass goes on: each batch once, however often it was done.
final class TaskProgress extends SparkListener {
  private final List<Batch> batches;
  private final Progress progress;
  private final BitSet done = new BitSet();
  private int stage = -1;

  TaskProgress(List<Batch> batches, Progress progress) {
    this.batches = batches;
    this.progress = progress;
  }

  /// The first stage is the pass, later ones add up.
  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    if (!end.taskInfo().successful()) {
      return;
    }
    if (stage < 0) {
      stage = end.stageId();
    }
    int batch = end.taskInfo().index();
    if (end.stageId() == stage && batch < batches.size() && !done.get(batch)) {
      done.set(batch);
      progress.advance(batches.get(batch).bytes());
    }
  }
}
