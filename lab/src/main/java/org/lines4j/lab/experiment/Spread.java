package org.lines4j.lab.experiment;

import java.util.Collection;

/// A figure over several seeds.
///
/// @param mean of the seeds
/// @param deviation the sample standard deviation, NaN of a single seed
public record Spread(double mean, double deviation) {
  /// Of one figure for each seed.
  public static Spread of(Collection<Double> values) {
    double mean = values.stream().mapToDouble(x -> x).average().orElse(Double.NaN);
    double squares = values.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    return new Spread(mean, Math.sqrt(squares / (values.size() - 1)));
  }
}
