package org.lines4j.hub.http;

import java.time.Duration;

/// How long a server is waited for, and how often it is asked again.
///
/// @param stall in which it must send something, and a little more than nothing
/// @param firstPause before it is asked for the second time; each further one is twice as long
/// @param longestPause between two attempts, unless the server asks for more
/// @param attempts in all
public record Patience(Duration stall, Duration firstPause, Duration longestPause, int attempts) {
  /// What `huggingface_hub` has: five attempts, 1 s doubling to 8 s.
  public static Patience usual(Duration stall) {
    return new Patience(stall, Duration.ofSeconds(1), Duration.ofSeconds(8), 5);
  }

  /// This with one attempt alone.
  public Patience once() {
    return new Patience(stall, firstPause, longestPause, 1);
  }

  /// The pause behind an attempt.
  ///
  /// @param attempt ≥ 1
  Duration pause(int attempt) {
    Duration pause = firstPause.multipliedBy(1L << Math.min(attempt - 1, 16));
    return pause.compareTo(longestPause) > 0 ? longestPause : pause;
  }
}
