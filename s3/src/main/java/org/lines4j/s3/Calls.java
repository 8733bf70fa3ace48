package org.lines4j.s3;

import java.io.IOException;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;

/// Questions to a store, whose refusals are told in our words.
final class Calls {
  private Calls() {}

  /// Asks.
  ///
  /// @param place that it is about
  static <T> T of(S3Address place, Supplier<T> call) throws IOException {
    try {
      return call.get();
    } catch (SdkException e) {
      throw Failure.of(place, e);
    }
  }
}
