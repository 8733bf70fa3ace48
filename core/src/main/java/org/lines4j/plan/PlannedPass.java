package org.lines4j.plan;

/// One reading of the inputs, as far as it can be told before.
///
/// What carries it out is a [org.lines4j.run.Pass]. One that begins with a guess (about which
/// magnitudes to count, or which sign most elements have) is done once more, with what it has
/// found, where that proves wrong.
///
/// @param kind what it is for
/// @param bytesToRead of tensors, from all inputs
/// @param memory that one thread needs, in bytes, an estimate
public record PlannedPass(Kind kind, long bytesToRead, long memory) {
  /// What a pass is for.
  public enum Kind {
    /// Looks at a small part of the updates τᵢ, to guess the thresholds that the next pass counts
    /// around.
    SAMPLE("sample of magnitudes"),
    /// Counts the updates' magnitudes |τᵢ|: exact thresholds. Counts the elected signs, too,
    /// nearly.
    MAGNITUDES("magnitudes"),
    /// Finds out what else a method must know of whole models.
    MODELS("whole models"),
    /// Measures tensors, each by itself, where α needs to know how they are merged.
    TENSORS("each tensor"),
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
