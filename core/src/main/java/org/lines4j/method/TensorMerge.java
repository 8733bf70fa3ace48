package org.lines4j.method;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.lines4j.lowrank.ProductUpdate;
import org.lines4j.tensor.Shape;

/// How one output tensor is computed from the models' tensors, all in float32.
///
/// `base` is empty (length or size 0) where the recipe has no base model.
public sealed interface TensorMerge {
  /// Whether the result is the merged task vector τ, to which the engine then adds the base as θ0 +
  /// λ·τ; else it is the merged tensor itself.
  boolean givesTaskVector();

  /// Whether the result is nothing but the only model's own task vector, so that scaling it is an
  /// edit of that model: λ = 1 gives the model itself.
  default boolean isOwnTaskVector() {
    return false;
  }

  /// Whether the result is nothing but the only model's tensor, which is then copied.
  default boolean isOnlyModel() {
    return false;
  }

  /// Where the result is the models' tensors, or their updates if it is a task vector, each times a
  /// number that is the same for all elements, and added up: those numbers. Empty for all others.
  default Optional<List<Double>> multiples() {
    return Optional.empty();
  }

  /// Each element depends on the same element of each model alone, so a tensor may come in pieces,
  /// in any order, on any thread: keeps no state.
  non-sealed interface Elementwise extends TensorMerge {
    /// Merges `count` elements, of which the first has index `first` in its tensor.
    ///
    /// @param models one array for each model but the base; may be used as scratch space
    void merge(long first, float[] base, float[][] models, float[] out, int count);
  }

  /// Elementwise once something is known of the whole tensor: norms, angles, the k-th largest
  /// magnitude.
  non-sealed interface Measured extends TensorMerge {
    /// How often [#given] reads the tensor, most likely.
    int scans();

    /// The merge of this tensor. Must come to the same whatever the number of threads.
    Elementwise given(TensorScan scan) throws IOException;
  }

  /// Needs all of a tensor or of a row at once, in memory: for what [Measured] cannot do.
  non-sealed interface WholeTensor extends TensorMerge {
    /// Whether each row, which is all that shares a first index, is merged by itself: then a tensor
    /// comes some rows at a time, and to several threads. A vector is one row.
    default boolean isByRow() {
      return false;
    }

    /// Whether merging takes so much longer than reading that a thread for each processor is worth
    /// up to half of the free memory (at least 2 GB), not 256 MB as else. What takes more by itself
    /// goes alone.
    default boolean takesLong() {
      return false;
    }

    /// The memory that [#merge] takes beside the tensors, in bytes.
    ///
    /// @param shape of the whole tensor
    default long scratch(Shape shape) {
      return 0;
    }

    /// Merges whole tensors, or some rows: row-major float32 in native memory, little-endian.
    ///
    /// @param shape of what is merged
    /// @param first the index in the tensor of the first element
    /// @param models one for each model but the base; may be used as scratch space
    void merge(
        Shape shape, long first, MemorySegment base, MemorySegment[] models, MemorySegment out);
  }

  /// Merges whole matrices, and those whose updates are products of thin ones, as adapters have,
  /// without what rounding the sum of base and update adds to them.
  interface OfProducts extends WholeTensor {
    /// Merges whole matrices.
    ///
    /// @param updates one for each model but the base
    /// @param out as [WholeTensor#merge] has it
    void mergeProducts(Shape shape, List<ProductUpdate> updates, MemorySegment out);
  }

  /// Elementwise once it is known how large an update must be to count among the largest of the
  /// whole model, and which sign most elements have.
  non-sealed interface WholeModel extends TensorMerge {
    /// For each model but the base, which fraction of its updates τᵢ, over all tensors together, is
    /// kept: those of the largest magnitudes. The same for every tensor.
    List<Double> densities();

    /// The merge itself.
    ///
    /// @param thresholds for each model but the base, the least |τᵢ| that is kept
    /// @param majority the sign of the sum of all elements' signs, as far as it is known
    Electing given(List<Float> thresholds, int majority);
  }

  /// Known in full once numbers are known of whole models together: norms, ranks of what is
  /// computed of their elements.
  non-sealed interface MeasuredModel extends TensorMerge {
    /// What must be known: the same for every tensor.
    ModelMeasure measure();

    /// The merge of this tensor, which needs nothing else of whole models.
    ///
    /// @param known what [#measure] found out
    TensorMerge given(List<Double> known);
  }

  /// Elects a sign for each element; where an element's own updates cancel out, the majority of all
  /// elements decides.
  interface Electing extends Elementwise {
    /// The sign that is taken for the majority's.
    int majority();

    /// This merge with another majority.
    Electing under(int other);

    /// Adds the elements' signs to `ballot` without merging; zero and NaN have none.
    ///
    /// @param models one array for each model but the base; may be used as scratch space
    /// @param scratch takes `count` elements
    void vote(float[] base, float[][] models, float[] scratch, int count, Ballot ballot);

    /// Merges, and adds the elements' signs to `ballot`, and whether the majority decided anything.
    void merge(long first, float[] base, float[][] models, float[] out, int count, Ballot ballot);

    @Override
    default void merge(long first, float[] base, float[][] models, float[] out, int count) {
      merge(first, base, models, out, count, new Ballot());
    }
  }
}
