package org.lines4j.internal.work;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;

/// How one output tensor comes about from its inputs.
public sealed interface Work {
  /// The tensors that are read, each once.
  List<Source> sources();

  /// The memory that one thread needs for it besides its chunk of the output, in bytes.
  default long memory() {
    return sources().size() * (1L << 17);
  }

  /// The source's elements; its very bytes where the type stays the same.
  record Copy(Source source) implements Work {
    @Override
    public List<Source> sources() {
      return List.of(source);
    }
  }

  /// What is written with another tensor of the same file, such as the scales of its codes.
  ///
  /// @param tensor the other's name
  record Beside(String tensor) implements Work {
    @Override
    public List<Source> sources() {
      return List.of();
    }
  }

  /// base + (tuned − base) · λ in float32, three roundings.
  record Scale(Source base, Source tuned, float lambda) implements Work {
    @Override
    public List<Source> sources() {
      return List.of(base, tuned);
    }
  }

  /// A tuned tensor's update times λ; where that is 0 or 1, a copy of one of the two.
  static Work scaled(Source base, Source tuned, float lambda) {
    if (lambda == 0 || lambda == 1) {
      return new Copy(lambda == 0 ? base : tuned);
    }
    return new Scale(base, tuned, lambda);
  }

  /// What a merge method makes of the models' tensors in float32: the merged task vector τ, which
  /// is scaled and added to the base as θ0 + λ·τ, or a merged tensor θ, as it is or, where the
  /// tensor has a λ, as θ0 + λ·(θ − θ0).
  ///
  /// @param tensor the output's name for it
  /// @param base empty where the recipe has none
  /// @param computeType what all elements are rounded to before anything else
  record Merge(
      String tensor,
      Optional<Source> base,
      List<Source> models,
      TensorMerge merge,
      Optional<DType> computeType)
      implements Work {
    /// Copies its list.
    public Merge {
      models = List.copyOf(models);
    }

    @Override
    public List<Source> sources() {
      List<Source> all = new ArrayList<>(models.size() + 1);
      base.ifPresent(all::add);
      all.addAll(models);
      return all;
    }

    /// What is read for so many elements, in bytes. Asked of each of many thousand units.
    public long inputBytes(long elements) {
      long bytes = base.isPresent() ? base.get().dtype().bytes() : 0;
      for (Source model : models) {
        bytes += model.dtype().bytes();
      }
      return bytes * elements;
    }

    /// The number of elements.
    public long elements() {
      return models.getFirst().info().elements();
    }

    @Override
    public long memory() {
      long tensors = merge instanceof TensorMerge.WholeTensor ? sources().size() + 1L : 0;
      long scratch =
          merge instanceof TensorMerge.WholeTensor whole
              ? whole.scratch(models.getFirst().info().shape())
              : 0;
      return Math.max(1L << 20, sources().size() * (1L << 15))
          + Math.multiplyExact(tensors, Math.min(unit(), elements()) * Float.BYTES)
          + scratch;
    }

    /// How many elements are a unit of work: about a million or, where the merge must have them in
    /// memory together, all or as many rows as that takes.
    public long unit() {
      Shape shape = models.getFirst().info().shape();
      if (!(merge instanceof TensorMerge.WholeTensor whole) || elements() == 0) {
        return TensorScan.BLOCK;
      }
      long row = shape.rank() < 2 ? elements() : elements() / shape.dims().getFirst();
      return whole.isByRow() ? Math.max(TensorScan.BLOCK / row, 1) * row : elements();
    }

    /// What is left to do once the update is to be scaled by `lambda`, as an edit has it to the
    /// bit: of the only model's own task vector, for one that is 1 that model, and in every case
    /// for one that is 0 the base.
    public Work scaledBy(float lambda) {
      if (merge.isOwnTaskVector() && base.isPresent() && areTakenAsStored()) {
        return Work.scaled(base.get(), models.getFirst(), lambda);
      }
      return lambda == 0 ? withoutUpdate() : this;
    }

    /// A copy of the base, unless it is rounded first, or the models' votes still count for other
    /// tensors.
    public Work withoutUpdate() {
      boolean votes =
          merge instanceof TensorMerge.WholeModel
              || merge instanceof TensorMerge.MeasuredModel
              || merge instanceof TensorMerge.Electing;
      return votes ? this : storedBase().<Work>map(Copy::new).orElse(this);
    }

    /// The base, unless there is none or it is rounded first.
    public Optional<Source> storedBase() {
      return base.filter(this::isTakenAsStored);
    }

    /// Whether a source's elements are merged as they are stored, not rounded to another type
    /// first.
    public boolean isTakenAsStored(Source source) {
      return computeType.map(source.dtype()::equals).orElse(true);
    }

    private boolean areTakenAsStored() {
      return sources().stream().allMatch(this::isTakenAsStored);
    }

    /// The same with that arithmetic.
    public Merge with(TensorMerge known) {
      return new Merge(tensor, base, models, known, computeType);
    }
  }
}
