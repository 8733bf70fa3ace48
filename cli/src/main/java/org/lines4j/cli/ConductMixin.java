package org.lines4j.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.plan.RunOptions;
import org.lines4j.tune.Conduct;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/// How a search is carried out.
final class ConductMixin {
  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "1",
      description = "Measure N models at a time (default ${DEFAULT-VALUE}).")
  private int parallel = 1;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Give up a measurement after this time, such as 90s, 20m or 2h.")
  private @Nullable Duration timeout;

  @Option(
      names = "--retries",
      paramLabel = "N",
      defaultValue = "1",
      description = "Try a failed measurement N more times (default ${DEFAULT-VALUE}).")
  private int retries = 1;

  @Option(names = "--retry-failed", description = "Measure again what failed in an earlier run.")
  private boolean retryFailed;

  @Option(
      names = "--on-disk",
      description = "Put candidates into OUT, not into memory, even if they fit.")
  private boolean onDisk;

  @Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "1",
      description = {
        "Measure the best of each profile N times, which tells how far measurements of one model"
            + " differ (default ${DEFAULT-VALUE}). The command gets the number as {repeat}."
      })
  private int repeats = 1;

  /// The options.
  ///
  /// @param run how models are written
  Conduct conduct(RunOptions run) {
    Conduct conduct =
        Conduct.defaults()
            .withParallel(parallel)
            .withRetries(retries)
            .withRepeats(repeats)
            .withRun(run);
    conduct = timeout == null ? conduct : conduct.withTimeout(timeout);
    conduct = retryFailed ? conduct.withRetryFailed() : conduct;
    return onDisk ? conduct.withOnDisk() : conduct;
  }

  static final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern TIME = Pattern.compile("(\\d{1,7})(s|m|h|)");

    DurationConverter() {}

    @Override
    public Duration convert(String value) {
      Matcher match = TIME.matcher(value.toLowerCase(Locale.ROOT));
      if (!match.matches() || Long.parseLong(match.group(1)) == 0) {
        throw WrongValue.of("a time such as 90s, 20m or 2h", value);
      }
      long number = Long.parseLong(match.group(1));
      return switch (match.group(2)) {
        case "h" -> Duration.ofHours(number);
        case "m" -> Duration.ofMinutes(number);
        default -> Duration.ofSeconds(number);
      };
    }
  }
}
