package org.lines4j.internal.output;

import java.io.IOException;
import java.util.Collection;
import org.lines4j.internal.engine.SurveyEngine;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.RunResult;
import org.lines4j.plan.Runner;

/// Carries plans out on this machine's threads.
public final class LocalRunner implements Runner {
  @Override
  public RunResult run(Plan plan, RunOptions options) throws IOException {
    return Publisher.run(plan, options);
  }

  @Override
  public Plan settle(Plan plan, RunOptions options) throws IOException {
    return SurveyEngine.settle(plan, options);
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
