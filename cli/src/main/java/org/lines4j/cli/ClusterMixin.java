package org.lines4j.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.lines4j.cli.Clusters.Cluster;
import org.lines4j.error.RequestException;
import org.lines4j.plan.Plan;
import org.lines4j.plan.PlanRunner;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.RunResult;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// Who does the work: this machine, or a cluster.
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class ClusterMixin implements Closeable {
  private static final long USUAL_BANDWIDTH = 1_000_000_000;
  private static final int MOST_EXECUTORS = 100_000;

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--cluster",
      paramLabel = "ADDRESS",
      description =
          "Share the work with a cluster of Apache Spark, such as spark://HOST:7077, whose machines"
              + " reach the models and the output under the same names. The bytes are the same.")
  private @Nullable String address;

  @Option(
      names = "--cluster-size",
      paramLabel = "N",
      description = "With --dry-run: tell how long so many executors would take.")
  private @Nullable Integer size;

  @Option(
      names = "--bandwidth",
      paramLabel = "RATE",
      converter = OutputMixin.SizeConverter.class,
      description =
          "With --cluster-size: what each of them reads and writes in a second, such as 500MB"
              + " (default: 1GB).")
  private @Nullable Long bandwidth;

  private @Nullable Cluster connected;

  ClusterMixin() {}

  /// The option that asks for a cluster, or how long one would take; empty where none does.
  Optional<String> asked() {
    return address != null
        ? Optional.of("--cluster")
        : size != null ? Optional.of("--cluster-size") : Optional.empty();
  }

  /// Checks what can be before a model is opened.
  void check(OutputMixin output) {
    if (bandwidth != null && size == null) {
      throw new RequestException("--bandwidth is that of the executors of --cluster-size")
          .withRemedy("give both, with --dry-run");
    }
    if (size != null && !output.isDryRun()) {
      throw new RequestException("--cluster-size tells how long a cluster would take")
          .withRemedy("give --dry-run, too; --cluster shares the work");
    }
    if (size != null && (size < 1 || size > MOST_EXECUTORS)) {
      throw RequestException.expected("--cluster-size", "1 … " + MOST_EXECUTORS, size);
    }
  }

  /// How long the executors would take that a dry run is to tell of; empty for none.
  Optional<ClusterEstimate> estimate(Plan plan) {
    if (size == null) {
      return Optional.empty();
    }
    return Optional.of(
        ClusterEstimate.of(plan, size, bandwidth == null ? USUAL_BANDWIDTH : bandwidth));
  }

  /// Carries a plan out, here or there.
  ///
  /// @param recipe its text; empty where there is none
  /// @param output which of the recipe's, from 0
  RunResult run(Plan plan, RunOptions options, String recipe, int output) throws IOException {
    if (address == null) {
      return plan.run(options);
    }
    if (connected == null) {
      connected = connect(address);
    }
    Asked asked =
        new Asked(
            spec.root().commandLine().getParseResult().expandedArgs(),
            Path.of("").toAbsolutePath().toString(),
            recipe,
            output);
    return PlanRunner.local().run(plan, options, connected.share(asked, plan, options.progress()));
  }

  private static Cluster connect(String address) throws IOException {
    return ServiceLoader.load(Clusters.class)
        .findFirst()
        .orElseThrow(
            () ->
                new RequestException("--cluster: there is no cluster's library on the class path")
                    .withRemedy("start it by the launcher, or by spark-submit"))
        .connect(address);
  }

  @Override
  public void close() throws IOException {
    if (connected != null) {
      connected.close();
      connected = null;
    }
  }
}
