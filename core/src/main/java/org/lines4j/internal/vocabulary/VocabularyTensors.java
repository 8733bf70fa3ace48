package org.lines4j.internal.vocabulary;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.pairing.SliceTensor;
import org.lines4j.internal.source.DonorRows;
import org.lines4j.internal.source.MappedRows;
import org.lines4j.internal.source.RowMap;
import org.lines4j.internal.work.Source;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Which tensors have a row for each token.
///
/// They lie outside the layers, their first extent is the number of the model's embeddings, and the
/// module that they belong to has one of the names below: the part of a tensor's name before
/// `.weight` or `.bias`.
public final class VocabularyTensors {
  private static final Set<String> INPUT =
      Set.of(
          "embed_tokens",
          "embed_in",
          "wte",
          "word_embedding",
          "word_embeddings",
          "shared",
          "tok_embeddings",
          "token_embedding",
          "tokens_embed",
          "embeddings",
          "embedding");
  private static final Set<String> OUTPUT =
      Set.of(
          "lm_head",
          "lm_loss",
          "embed_out",
          "decoder",
          "predictions",
          "vocab_projector",
          "generator_lm_head",
          "output",
          "output_layer",
          "output_projection",
          "proj_out",
          "head");

  /// Of these, what classifiers call their heads, too.
  private static final Set<String> AMBIGUOUS =
      Set.of("decoder", "output", "output_layer", "output_projection", "proj_out", "head");

  private static final List<String> POSITIONS = List.of("position", "pos_embed", "wpe");

  private VocabularyTensors() {}

  /// How many embeddings a model has; empty where no tensor is known to hold any.
  ///
  /// @throws InputException if two differ in it
  public static OptionalLong rows(Checkpoint model) {
    List<TensorInfo> inputs =
        model.infos().stream()
            .filter(info -> INPUT.contains(module(info.name())))
            .filter(info -> info.dtype().isFloating() && info.shape().rank() == 2)
            .toList();
    for (TensorInfo info : inputs) {
      if (first(info.shape()) != first(inputs.getFirst().shape())) {
        throw new InputException(
            model.location(),
            "%s has %d rows and %s has %d: which of them is the vocabulary cannot be told"
                .formatted(
                    inputs.getFirst().name(),
                    first(inputs.getFirst().shape()),
                    info.name(),
                    first(info.shape())));
      }
    }
    return inputs.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(first(inputs.getFirst().shape()));
  }

  /// Whether a tensor is called like one that has a row for each token.
  public static boolean isNamed(SliceTensor tensor) {
    return tensor.side().isPresent() && isNamed(tensor.name());
  }

  /// Whether a tensor outside the layers is called like one that has a row for each token.
  public static boolean isNamed(String name) {
    String module = module(name);
    return INPUT.contains(module) || OUTPUT.contains(module);
  }

  /// Whether a stored tensor has a row for each token: it is called like one that has, and where
  /// heads of classifiers are called so, too, it has as many rows as there are embeddings.
  public static boolean hasRowForEachToken(Source stored) {
    if (!isNamed(stored.name())) {
      return false;
    }
    try {
      long own = first(stored.info().shape());
      return !AMBIGUOUS.contains(module(stored.name()))
          || rows(stored.checkpoint()).equals(OptionalLong.of(own));
    } catch (InputException _) {
      return true; // two sizes of vocabularies: it may be one of them
    }
  }

  /// Whether a tensor that is not called like one may have something for each token: one of its
  /// extents is each model's number of embeddings, which neither their width explains nor a name
  /// that speaks of positions.
  ///
  /// @param inputs of the models, as stored
  /// @param rows of each
  static boolean isDoubtful(SliceTensor tensor, List<Source> inputs, List<Long> rows) {
    Source first = inputs.getFirst();
    boolean explained =
        tensor.side().isEmpty()
            || !first.dtype().isFloating()
            || rows.getFirst() == width(first.checkpoint()).orElse(-1)
            || POSITIONS.stream().anyMatch(tensor.name()::contains);
    if (explained) {
      return false;
    }
    int rank = first.info().shape().rank();
    return IntStream.range(0, rank)
        .anyMatch(
            axis ->
                IntStream.range(0, inputs.size())
                    .allMatch(i -> extent(inputs.get(i).info().shape(), axis) == rows.get(i)));
  }

  /// −1 if it has none.
  private static long extent(Shape shape, int axis) {
    return axis < shape.rank() ? shape.dims().get(axis) : -1;
  }

  /// The width of a model's embeddings.
  private static OptionalLong width(Checkpoint model) {
    return model.infos().stream()
        .filter(info -> INPUT.contains(module(info.name())) && info.shape().rank() == 2)
        .mapToLong(info -> info.shape().dims().getLast())
        .findFirst();
  }

  /// A tensor with its rows from where `own` says.
  ///
  /// @param stored the same tensor of each model, which donors' rows come from
  static Source mapped(Source source, int[] own, DonorRows donors, List<Source> stored) {
    List<TensorSource> models = stored.stream().map(Source::tensor).toList();
    RowMap map = new RowMap(own, donors, models, source.dtype());
    return new Source(source.checkpoint(), new MappedRows(source.tensor(), map));
  }

  /// The first extent; 0 for a scalar.
  public static long first(Shape shape) {
    return Math.max(0, extent(shape, 0));
  }

  /// `lm_head` of `model.lm_head.weight`.
  private static String module(String name) {
    String[] parts = name.split("\\.", -1);
    String last = parts[parts.length - 1];
    boolean parameter = last.equals("weight") || last.equals("bias");
    return parameter && parts.length > 1 ? parts[parts.length - 2] : "";
  }
}
