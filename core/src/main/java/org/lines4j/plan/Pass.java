package org.lines4j.plan;

/// One reading of the inputs.
///
/// Each is cut into pieces that do not depend on each other and whose partial results can be
/// combined in any order, so that any number of threads or machines may share it.
///
/// @param kind what it is for
/// @param bytesToRead of tensors, from all inputs
/// @param memory that one thread needs, in bytes, an estimate
public record Pass(Kind kind, long bytesToRead, long memory) {
  /// What a pass is for.
  public enum Kind {
    /// Counts the upper 16 of the 31 bits of every update's magnitude |τᵢ|.
    MAGNITUDES_UPPER("magnitudes, upper bits"),
    /// Counts the lower 15 bits where the upper ones are those of the wanted rank: exact
    /// thresholds.
    MAGNITUDES_LOWER("magnitudes, lower bits"),
    /// Sums the elected signs of all elements.
    VOTES("votes for signs"),
    /// Sums |Σ τᵢ| and |τ_mtl|, for α.
    NORMS("norms for α"),
    /// Computes and writes the output.
    WRITE("write");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    /// What progress displays and tables call it.
    public String title() {
      return title;
    }
  }
}
