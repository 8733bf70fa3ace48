package org.lines4j.spark;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.lines4j.cli.Asked;
import org.lines4j.cli.Clusters;
import org.lines4j.error.RequestException;
import org.lines4j.plan.Plan;
import org.lines4j.plan.Progress;
import org.lines4j.run.Runner;

/// Clusters of Apache Spark.
public final class SparkClusters implements Clusters {
  /// Given for an address where `spark-submit` has told it already.
  static final String SUBMITTED = "submitted";

  private static final String EXECUTOR_OPTIONS = "spark.executor.extraJavaOptions";
  private static final String LOG_SETTINGS = "log4j2.configurationFile";
  private static final Duration SETTLED = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final String JARS = "spark.jars";

  /// For `ServiceLoader`.
  public SparkClusters() {}

  @Override
  public Cluster connect(String address) throws IOException {
    if (!address.equals(SUBMITTED) && System.getProperty(LOG_SETTINGS) == null) {
      System.setProperty(LOG_SETTINGS, "classpath:org/lines4j/spark/log4j2.properties");
    }
    SparkConf settings = new SparkConf();
    if (!address.equals(SUBMITTED)) {
      settings.setMaster(address);
      settings.setIfMissing("spark.ui.enabled", "false");
    }
    settings.setIfMissing("spark.app.name", "lines");
    settings.setIfMissing(JARS, String.join(",", jars()));
    settings.set(
        EXECUTOR_OPTIONS, (executorOptions() + " " + settings.get(EXECUTOR_OPTIONS, "")).strip());
    boolean isOurs = SparkEnv.get() == null;
    try {
      SparkContext context = SparkContext.getOrCreate(settings);
      awaitExecutors(context);
      return new Connected(JavaSparkContext.fromSparkContext(context), isOurs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while connecting to " + address);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // Scala's, which javac does not know of
      throw new RequestException(
          "--cluster: %s cannot be used: %s".formatted(address, e.getMessage()));
    }
  }

  /// Until they are there, nobody knows how many there are to share with: waits for the first, and
  /// until no more come.
  private static void awaitExecutors(SparkContext context) throws InterruptedException {
    int before = 0;
    long begin = System.nanoTime();
    while (!context.isLocal() && System.nanoTime() - begin < LONGEST.toNanos()) {
      int now = context.statusTracker().getExecutorInfos().length - 1; // the driver is one
      if (now > 0 && now == before) {
        return;
      }
      before = now;
      Thread.sleep(SETTLED);
    }
  }

  /// This jar, and those of merge methods and formats of others.
  private static List<String> jars() {
    List<String> jars = new ArrayList<>();
    CodeSource own = SparkClusters.class.getProtectionDomain().getCodeSource();
    if (own != null && own.getLocation().getPath().endsWith(".jar")) {
      jars.add(own.getLocation().toString());
    }
    String others = System.getenv("LINES_CLASSPATH");
    if (others != null) {
      Pattern.compile(File.pathSeparator, Pattern.LITERAL)
          .splitAsStream(others)
          .filter(entry -> entry.endsWith(".jar"))
          .forEach(jars::add);
    }
    return jars;
  }

  /// Those of the launcher for commands that compute, but for memory, which Spark sets.
  private static String executorOptions() {
    try (InputStream options = SparkClusters.class.getResourceAsStream("heavy.options")) {
      String text =
          options == null ? "" : new String(options.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
              .filter(line -> !line.startsWith("#") && !line.startsWith("-Xm"))
              .collect(Collectors.joining(" "))
          + " --add-modules=jdk.incubator.vector";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Connected implements Cluster {
    private final JavaSparkContext context;
    private final boolean isOurs;
    private final List<SparkRunner> runners = new ArrayList<>();

    /// @param isOurs whether the program had no connection yet
    Connected(JavaSparkContext context, boolean isOurs) {
      this.context = context;
      this.isOurs = isOurs;
    }

    @Override
    public Runner share(Asked asked, Plan plan, Progress progress) throws IOException {
      SparkRunner runner = new SparkRunner(context, asked, plan, progress);
      runners.add(runner);
      return runner;
    }

    @Override
    public void close() throws IOException {
      if (isOurs) {
        context.close();
      }
      for (SparkRunner runner : runners) {
        runner.close();
      }
    }
  }
}
