package org.lines4j.tune;

import org.lines4j.error.RequestException;

/// How a model is measured.
///
/// @param fraction of the evaluator's data, > 0 and ≤ 1
/// @param repeat which measurement of the same model this is, from 1
public record Sample(double fraction, int repeat) {
  /// All data, the first time.
  public static final Sample WHOLE = new Sample(1, 1);

  /// @throws RequestException if the fraction is none
  public Sample {
    if (!(fraction > 0 && fraction <= 1)) {
      throw RequestException.expected("a fraction of the data", "> 0 and ≤ 1", fraction);
    }
  }

  /// What a trial's key has behind the model's: nothing for all data, the first time.
  public String suffix() {
    return (fraction == 1 ? "" : " fraction=" + fraction)
        + (repeat == 1 ? "" : " repeat=" + repeat);
  }
}
