package org.lines4j.cli;

import org.jspecify.annotations.Nullable;
import org.lines4j.plan.Progress;
import org.lines4j.plan.RunOptions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// How a command works that reads whole tensors.
public final class WorkMixin {
  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = ThreadsConverter.class,
      description = "How many threads work (default: two per processor, at most 16).")
  private @Nullable Integer threads;

  @Option(
      names = "--no-cache",
      description = {
        "Read models of the Hub as they are needed, in place of downloading them into the cache"
            + " first."
      })
  private boolean streaming;

  /// For picocli.
  public WorkMixin() {}

  /// Makes vectors usable, where a command that computes begins: planning it may compute, too.
  static void prepare(CommandSpec command) {
    if (command.mixins().values().stream().anyMatch(m -> m.userObject() instanceof WorkMixin)) {
      boolean _ = VectorModule.resolve();
    }
  }

  /// The options, with progress shown to `display`.
  public RunOptions options(Progress display) {
    RunOptions options = RunOptions.defaults().withProgress(display).withFetching(!streaming);
    return threads == null ? options : options.withThreads(threads);
  }

  static final class ThreadsConverter implements ITypeConverter<Integer> {
    ThreadsConverter() {}

    @Override
    public Integer convert(String value) {
      int threads = value.matches("\\d{1,4}") ? Integer.parseInt(value) : 0;
      if (threads < 1 || threads > 1024) {
        throw WrongValue.of("a number from 1 to 1024", value);
      }
      return threads;
    }
  }
}
