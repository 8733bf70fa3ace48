package org.lines4j.internal.output;

import java.io.DataInput;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.engine.Fetching;
import org.lines4j.internal.engine.LocalRunner;
import org.lines4j.internal.engine.SurveyEngine;
import org.lines4j.internal.engine.UnitBytes;
import org.lines4j.internal.engine.WrittenPass;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.plan.PassUnits;
import org.lines4j.plan.Plan;
import org.lines4j.plan.PlanRunner;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.RunResult;
import org.lines4j.plan.SharedPass;
import org.lines4j.run.Runner;

/// Drives plans' passes from here, whoever carries them out.
public final class LocalPlanRunner implements PlanRunner {
  @Override
  public RunResult run(Plan plan, RunOptions options, Runner passes) throws IOException {
    return Publisher.run(PlannedRun.of(plan), options, passes);
  }

  @Override
  public Plan measure(Plan plan, RunOptions options, Runner passes) throws IOException {
    return SurveyEngine.measure(PlannedRun.of(plan), options, passes);
  }

  @Override
  public void fetch(Collection<Checkpoint> inputs, RunOptions options) throws IOException {
    Fetching.fetch(inputs, options);
  }

  @Override
  public Runner threads(RunOptions options) {
    return new LocalRunner(options);
  }

  @Override
  public SharedPass<?> pass(Plan plan, DataInput written) throws IOException {
    return WrittenPass.read(PlannedRun.of(plan), written);
  }

  @Override
  public List<PassUnits> units(Plan plan, RunOptions options) {
    boolean isHashed = !Destination.of(plan.out()).isFile();
    return UnitBytes.of(PlannedRun.of(plan), isHashed, options.chunkBytes());
  }

  @Override
  public void checkRoom(Collection<Plan> plans) throws IOException {
    long bytes = 0;
    long replaced = 0; // what goes when its successor is complete makes room for the next one
    for (Plan plan : plans) {
      if (Destination.of(plan.out()).exists()) {
        replaced = Math.max(replaced, plan.bytesToWrite());
      } else {
        bytes = Math.addExact(bytes, plan.bytesToWrite());
      }
    }
    if (!plans.isEmpty()) {
      Destination.of(plans.iterator().next().out()).checkSpace(Math.addExact(bytes, replaced));
    }
  }
}
