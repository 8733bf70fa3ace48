package org.lines4j.hub.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks again, with longer and longer pauses, until it works or patience ends.
final class Retries {
  /// The longest that a server may ask for: the window of the Hub's limits.
  private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);

  /// Bytes behind which a connection that breaks off counts as the first one again.
  private static final long PROGRESS = 1 << 20;

  private static final Pattern RESET = Pattern.compile(".*;\\s*t=(\\d{1,6})\\b.*");

  private final Patience patience;
  private int failures;
  private long progress;

  Retries(Patience patience) {
    this.patience = patience;
  }

  /// What may fail.
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws IOException;
  }

  static <T> T run(Patience patience, Attempt<T> attempt) throws IOException {
    Retries retries = new Retries(patience);
    while (true) {
      try {
        return attempt.run();
      } catch (Trouble e) {
        retries.failed(e, 0);
      }
    }
  }

  /// Waits behind a failure.
  ///
  /// @param arrived what has come before it, of all that is wanted
  /// @throws IOException the failure, if patience ends
  void failed(Trouble failure, long arrived) throws IOException {
    if (arrived - progress >= PROGRESS) {
      progress = arrived;
      failures = 0;
    }
    failures++;
    if (failures >= patience.attempts()) {
      throw patience.attempts() == 1
          ? failure
          : new IOException(
              "%s (in the last of %d attempts)".formatted(failure.getMessage(), failures), failure);
    }
    Duration pause = failure.asked().orElse(patience.pause(failures));
    try {
      Thread.sleep(pause.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted: " + failure.getMessage(), e);
    }
  }

  /// A passing error as a failure, with the wait that the server asks for.
  static Trouble passing(Reply reply) {
    String host = Client.host(reply.uri());
    String words =
        reply.status() == 429
            ? host + " has had too many requests (status 429)"
            : host + " answers with " + reply.inWords();
    return new Trouble(words, wait(reply));
  }

  private static Optional<Duration> wait(Reply reply) {
    Matcher reset = RESET.matcher(reply.header("RateLimit").orElse(""));
    if (reply.status() == 429 && reset.matches()) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(reset.group(1)) + 1));
    }
    return reply.number("Retry-After").isPresent()
        ? Optional.of(Duration.ofSeconds(reply.number("Retry-After").getAsLong()))
        : Optional.empty();
  }
}
