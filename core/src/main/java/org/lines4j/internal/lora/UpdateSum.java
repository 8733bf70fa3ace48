package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.source.RenamedTensor;
import org.lines4j.lowrank.DenseMatrix;

/// The updates that adapters make to one matrix of their base, each times a number, added up: as
/// one product, whose factors are theirs side by side. So nothing of the sum is lost, and the
/// matrix itself never is there.
public final class UpdateSum {
  /// s·L·R, as the base's tensor lies.
  private record Term(Product product, double factor) {}

  private final TensorSource base;
  private final List<Term> terms = new ArrayList<>();
  private Optional<LayerKeys> keys = Optional.empty();
  private boolean isWhole;

  /// Of no update yet.
  ///
  /// @param base the base's tensor
  public UpdateSum(TensorSource base) {
    this.base = base;
  }

  /// The model that an adapter was opened on, below all adapters; empty for a model that is none of
  /// an adapter.
  public static Optional<Checkpoint> root(Checkpoint model) {
    if (!(model instanceof AdaptedModel adapted)) {
      return Optional.empty();
    }
    return root(adapted.base()).or(() -> Optional.of(adapted.base()));
  }

  /// What an adapter of a model does, in words, that gives it a base which no other adapter has;
  /// empty for most.
  public static Optional<String> baseOfItsOwn(Checkpoint model) {
    return model instanceof AdaptedModel adapted ? adapted.baseOfItsOwn() : Optional.empty();
  }

  /// The name that the adapters of a model have for a tensor of the base that they replace.
  public static Optional<String> whole(Checkpoint model, String tensor) {
    return model instanceof AdaptedModel adapted ? adapted.whole(tensor) : Optional.empty();
  }

  /// What the adapters of a model call the factors of a tensor of the base.
  public static Optional<LayerKeys> layer(Checkpoint model, String tensor) {
    return model instanceof AdaptedModel adapted ? adapted.layer(tensor) : Optional.empty();
  }

  /// Whether a model's tensor changes only because another, which is the same, does: no adapter has
  /// a name for it.
  public static boolean isTied(Checkpoint model, String tensor) {
    return model instanceof AdaptedModel adapted && adapted.isTied(tensor);
  }

  /// Whether an adapter of a model changes a tensor of its base by itself.
  ///
  /// @param own as the base has it
  public static boolean isChanged(Checkpoint model, String tensor, TensorSource own) {
    return model instanceof AdaptedModel adapted
        && !adapted.isTied(tensor)
        && adapted.find(tensor).map(adapted::source).filter(at -> !at.equals(own)).isPresent();
  }

  /// Adds what `model` changes of the tensor.
  ///
  /// @param tensor as the model has it
  /// @throws InputException if it changes it by what no product says
  public void add(Checkpoint model, TensorSource tensor, double factor) {
    TensorSource at = tensor;
    while (!at.equals(base)) {
      switch (at) {
        case RenamedTensor renamed -> at = renamed.stored();
        case AdaptedTensor(TensorSource below, Product product)
            when product.lefts().size() == 1 && name(model) -> {
          terms.add(new Term(product, factor));
          at = below;
        }
        case Replacement _ -> {
          isWhole = true;
          return;
        }
        default -> throw noProduct(model, base.info().name());
      }
    }
  }

  private boolean name(Checkpoint model) {
    keys = keys.or(() -> layer(model, base.info().name()));
    return keys.isPresent();
  }

  /// That an adapter changes a tensor by what no factors say.
  public static InputException noProduct(Checkpoint model, String tensor) {
    return new InputException(
            model.location(),
            "tensor %s: its change (of DoRA, of new tokens, of biases of lora_B, of experts in one tensor) is not s·B·A of one matrix, so it cannot be joined with others to one adapter"
                .formatted(tensor))
        .withTensor(tensor)
        .withRemedy("make a whole model");
  }

  /// Whether a model replaces the tensor.
  public boolean isWhole() {
    return isWhole;
  }

  /// What the factors are called; empty where nothing was added.
  public Optional<LayerKeys> keys() {
    return keys;
  }

  /// Σ of the ranks.
  ///
  /// @throws ArithmeticException if there are too many
  public int rank() {
    long rank = terms.stream().mapToLong(term -> term.product().rights().getFirst().rows()).sum();
    return Math.toIntExact(rank);
  }

  /// `lora_B` of all, [out, Σ rank], each times its factor and scale.
  public DenseMatrix left() throws IOException {
    LayerKeys own = keys.orElseThrow();
    DenseMatrix all = DenseMatrix.zeros(Math.toIntExact(own.outputs()), rank());
    int column = 0;
    for (Term term : terms) {
      Factor b =
          own.isTurned()
              ? term.product().rights().getFirst().transposed()
              : term.product().lefts().getFirst();
      b.copyTo(all, 0, column, term.factor() * term.product().scale());
      column += (int) b.columns();
    }
    return all;
  }

  /// `lora_A` of all, [Σ rank, in].
  public DenseMatrix right() throws IOException {
    LayerKeys own = keys.orElseThrow();
    long inputs = own.inputs().elements() / own.inputs().dims().getFirst();
    DenseMatrix all = DenseMatrix.zeros(rank(), Math.toIntExact(inputs));
    int row = 0;
    for (Term term : terms) {
      Factor a =
          own.isTurned()
              ? term.product().lefts().getFirst().transposed()
              : term.product().rights().getFirst();
      a.copyTo(all, row, 0, 1);
      row += (int) a.rows();
    }
    return all;
  }
}
