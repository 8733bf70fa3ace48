package org.lines4j.internal.kernel;

/// The arithmetic of task vectors τ = θ − θ0, one tile at a time, in float32, each operation
/// rounded on its own (SPEC §1, §2).
///
/// [ScalarTaskVectors] says what is right, [VectorTaskVectors] gives the same bits faster. They
/// keep no state: [KernelChoice#taskVectors] are shared by all threads, methods included.
public sealed interface TaskVectorKernels
    permits ScalarTaskVectors, VectorTaskVectors, WarmingTaskVectors {
  /// `sum += (model − base) · weight`
  void addWeighted(float[] base, float[] model, float weight, float[] sum, int count);

  /// `values = base + values · lambda`
  void addScaled(float[] base, float[] values, float lambda, int count);

  /// Makes `model` its weighted task vector without the entries below `threshold`, and adds it to
  /// `sum`: `model = |τ| < threshold ? 0 : τ · weight; sum += model`
  void trim(float[] base, float[] model, float weight, float threshold, float[] sum, int count);

  /// The number of positive sums less that of negative ones.
  long votes(float[] sum, int count);

  /// Replaces each sum by that of the entries that have its sign, divided by the sum of their
  /// models' shares unless that is zero. NaN stays NaN.
  ///
  /// @param models trimmed task vectors
  /// @param tie taken for the sum where that is zero; where that is zero too, negative entries are
  ///   taken
  /// @param shares one for each model; zeros where nothing is to be divided
  /// @return whether `tie` decided anything: some sum is zero although not all of its entries are
  boolean elect(float[] sum, float[][] models, float tie, float[] shares, int count);

  /// Sets to zero all values but those whose magnitudes have bits from `low` to `high`; NaN has
  /// those of the canonical one.
  ///
  /// @param from index of the first value
  /// @param to index behind the last
  void keepMagnitudes(float[] values, int low, int high, int from, int to);

  /// Counts magnitudes |τ| of at most [Kernels#TILE] elements.
  void countMagnitudes(float[] base, float[] model, MagnitudeCounts counts, int count);

  /// Σ |x| in double, in [DifferenceSums#LANES] lanes that are then added in their order.
  double sumOfMagnitudes(float[] values, int count);
}
