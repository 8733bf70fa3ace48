package org.lines4j.spark;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/// A cluster of two workers in JVMs of their own, as `tools/spark-cluster` starts it.
final class TestCluster implements Closeable {
  private static final int PORT = 17177;

  private final Path folder;
  private final String address;
  private final Map<String, String> variables;

  private TestCluster(Path folder, String address, Map<String, String> variables) {
    this.folder = folder;
    this.variables = Map.copyOf(variables);
    this.address = address;
  }

  /// Starts one.
  ///
  /// @param variables of the executors' environment
  static TestCluster start(Path folder, Map<String, String> variables)
      throws IOException, InterruptedException {
    Path log = folder.resolve("start.log");
    Process process =
        tool(folder.resolve("cluster"), "start", "2").redirectError(log.toFile()).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("no cluster: " + said + Files.readString(log));
    }
    return new TestCluster(folder.resolve("cluster"), said.strip(), variables);
  }

  private static ProcessBuilder tool(Path folder, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of("../tools/spark-cluster").toAbsolutePath().normalize().toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_HOME", System.getProperty("spark.home.test"));
    builder.environment().put("SPARK_CLUSTER_DIR", folder.toString());
    builder.environment().put("SPARK_CLUSTER_PORT", String.valueOf(PORT));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder;
  }

  String address() {
    return address;
  }

  /// What a driver tells Spark: executors have its class path, for there is no jar yet.
  SparkConf settings() {
    SparkConf settings = new SparkConf();
    variables.forEach((name, value) -> settings.set("spark.executorEnv." + name, value));
    return settings
        .setMaster(address)
        .setAppName("test")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.ui.enabled", "false")
        .set("spark.executor.memory", "512m")
        .set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
  }

  JavaSparkContext connect() {
    return new JavaSparkContext(settings());
  }

  /// A driver in a JVM of its own.
  ProcessBuilder driver(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (scala.Tuple2<String, String> setting : settings().getAll()) {
      if (!setting._1().equals("spark.master")) {
        command.add("-D" + setting._1() + "=" + setting._2());
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.lines4j.cli.Main"));
    command.addAll(arguments);
    command.addAll(List.of("--cluster", address));
    return new ProcessBuilder(command);
  }

  /// Kills an executor, if one is alive.
  boolean killAnExecutor() {
    Optional<ProcessHandle> executor = executors().stream().findFirst();
    return executor.isPresent() && executor.get().destroyForcibly();
  }

  /// The executors that are alive: whatever workers have started.
  List<ProcessHandle> executors() {
    try {
      return Files.readAllLines(folder.resolve("pids")).stream()
          .map(pid -> ProcessHandle.of(Long.parseLong(pid)))
          .flatMap(Optional::stream)
          .flatMap(ProcessHandle::children)
          .filter(ProcessHandle::isAlive)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      tool(folder, "stop").inheritIO().start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
