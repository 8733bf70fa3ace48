package org.lines4j.spark;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.lines4j.cli.Asked;
import org.lines4j.error.InputException;
import org.lines4j.error.MethodException;
import org.lines4j.error.RequestException;
import org.lines4j.plan.Plan;
import org.lines4j.plan.Progress;
import org.lines4j.plan.SharedPass;
import org.lines4j.run.Batch;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;
import org.lines4j.run.Runner;

/// Carries passes out on a cluster: batches of units are tasks, and executors add up what comes of
/// them, two and two, so that the driver gets one partial result of each pass.
final class SparkRunner implements Runner {
  private static final byte[] NOTHING = {};
  private static final int TREE_DEPTH = 2;

  private final JavaSparkContext context;
  private final Progress progress;
  private final String run = UUID.randomUUID().toString();
  private final byte[] asked;
  private final String digest;
  private int passes;

  SparkRunner(JavaSparkContext context, Asked asked, Plan plan, Progress progress)
      throws IOException {
    this.context = context;
    this.progress = progress;
    this.asked = Order.written(asked);
    this.digest = PlanDigest.of(plan);
  }

  @Override
  public <R extends Partial<R>> R run(Pass<R> pass) throws IOException {
    List<Batch> batches = Batch.of(pass, context.defaultParallelism());
    progress.start(pass.title(), pass.bytes());
    if (batches.isEmpty()) {
      return pass.nothing();
    }
    Broadcast<Order> order = context.broadcast(new Order(run, passes++, asked, digest, pass));
    TaskProgress listener = new TaskProgress(batches, progress);
    context.sc().addSparkListener(listener);
    try {
      context.setJobDescription("lines: " + pass.title());
      return SharedPass.read(pass, carryOut(batches, order));
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) { // Scala's, which javac does not know of
      throw failure(pass, e);
    } finally {
      context.sc().removeSparkListener(listener);
      order.destroy();
    }
  }

  private byte[] carryOut(List<Batch> batches, Broadcast<Order> order) throws Exception {
    return context
        .parallelize(batches, batches.size())
        .treeAggregate(
            NOTHING,
            (sum, batch) -> add(order, sum, Executors.run(order.value(), batch)),
            (one, other) -> add(order, one, other),
            TREE_DEPTH,
            true);
  }

  private static byte[] add(Broadcast<Order> order, byte[] one, byte[] other) throws IOException {
    if (one.length == 0 || other.length == 0) {
      return one.length == 0 ? other : one;
    }
    return Executors.add(order.value(), one, other);
  }

  /// What an executor has thrown, if it can be told.
  private static IOException failure(Pass<?> pass, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case InputException e -> throw e;
        case RequestException e -> throw e;
        case MethodException e -> throw e;
        case IOException e -> {
          return new IOException(e.getMessage(), failure);
        }
        default -> {}
      }
    }
    String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    return new IOException(
        "'%s' failed on the cluster: %s".formatted(pass.title(), message), failure);
  }

  /// Forgets what executors in this JVM know of it, where there are such.
  void close() throws IOException {
    Executors.forget(run);
  }
}
